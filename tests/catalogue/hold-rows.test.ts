import { describe, expect, it } from 'vitest';
import type { Hold } from '#core/ports/catalogue.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());
const rows = () => open.catalogue.holds;
const hold = (id: string, change: Partial<Hold> = {}): Hold => ({
  id,
  inbox: 'inbox',
  path: 'caf\uDCE9.mp4',
  heldPath: `.reelhold-hold/${id}/caf\uDCE9.mp4`,
  digest: digestOf(id),
  video: 'v',
  sizeBytes: 3,
  fingerprint: 'f',
  heldAtMs: 5,
  belongs: { kind: 'beside', video: 'v', partKind: 'sidecar' },
  ...change,
});

describe('a held original', () => {
  it('is kept as it was, names of any bytes included', () => {
    rows().add(hold('a'));
    expect(rows().list('inbox')).toEqual([hold('a')]);
    expect(rows().find('inbox', '.reelhold-hold/a/caf\uDCE9.mp4')).toEqual(hold('a'));
    expect(rows().find('inbox', '.reelhold-hold/a/caf\uFFFD.mp4')).toBeNull();
    expect(rows().find('other', '.reelhold-hold/a/caf\uDCE9.mp4')).toBeNull();
  });

  it('is listed by its inbox, the longest held first', () => {
    rows().add(hold('late', { heldAtMs: 9 }));
    rows().add(hold('early', { heldAtMs: 1 }));
    rows().add(hold('other', { inbox: 'other' }));
    expect(
      rows()
        .list('inbox')
        .map(({ id }) => id),
    ).toEqual(['early', 'late']);
  });

  it('is never added twice under one id: which of them would be removed?', () => {
    rows().add(hold('a'));
    expect(() => rows().add(hold('a', { heldAtMs: 6 }))).toThrow('UNIQUE');
  });

  it('may become another video’s, unless other bytes stand there by then', () => {
    rows().add(hold('a'));
    rows().add(hold('b'));
    const rome = { belongs: { kind: 'beside', video: 'rome', partKind: 'other' }, video: 'rome' } as const;
    rows().setBelongs(hold('a', rome));
    rows().setBelongs({ ...hold('b', rome), digest: digestOf('older') });
    rows().setBelongs(hold('gone', rome));
    expect(rows().list('inbox')).toEqual([hold('a', rome), hold('b')]);
  });

  it('is gone when it was removed, and removing it again does nothing', () => {
    rows().add(hold('a'));
    rows().add(hold('b'));
    rows().remove('a');
    rows().remove('a');
    expect(
      rows()
        .list('inbox')
        .map(({ id }) => id),
    ).toEqual(['b']);
  });
});
