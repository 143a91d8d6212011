import { describe, expect, it } from 'vitest';
import { digestOfHex } from '#core/digest.ts';
import { nameInboxes } from '#daemon/inbox/name-inboxes.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());

function see(inbox: string, path: string, state: 'settling' | 'taken' = 'taken', fingerprint = 'f'): void {
  const seen = { inbox, path, sizeBytes: 1, fingerprint, state, reason: null };
  open.catalogue.sightings.see(seen, 1);
}

function hold(inbox: string, id: string): void {
  open.catalogue.holds.add({
    ...{ id, inbox, path: 'a.mp4', heldPath: `.reelhold-hold/${id}/a.mp4` },
    ...{ digest: digestOfHex('a'.repeat(64)), video: 'v', sizeBytes: 1, fingerprint: 'f', heldAtMs: 1 },
  });
}

function wasAt(root: string): void {
  open.catalogue.notes.setCondition(
    'inbox:inbox',
    {
      ...{ root, state: 'watched', mode: 'consume', kind: 'loose', forcedBy: null, lastLookedAtMs: 1 },
      watching: { gap: null, type: null },
      ignored: { system: 0, unfinished: 0, 'other-program': 0, hidden: 0 },
      left: { total: 0, paths: [] },
    },
    1,
  );
}

const pathsOf = (inbox: string) => open.catalogue.sightings.list(inbox).map(({ path }) => path);
const holdsOf = (inbox: string) => open.catalogue.holds.list(inbox).map(({ id }) => id);

describe('rows of an earlier version', () => {
  it.each([
    ['first', ['/a', '/b']],
    ['last', ['/b', '/a']],
    ['not at all any more', ['/b', '/c']],
  ] as const)('belong to the folder they were written about, also where it is set %s', (_, inboxes) => {
    wasAt('/a');
    see('inbox', 'taken.mp4');
    hold('inbox', 'h');
    nameInboxes(open.catalogue, inboxes);
    expect([pathsOf('inbox'), holdsOf('inbox')]).toEqual([[], []]);
    expect([pathsOf('/a'), holdsOf('/a')]).toEqual([['taken.mp4'], ['h']]);
    expect(open.catalogue.notes.condition('inbox:inbox')).toBeNull();
    nameInboxes(open.catalogue, ['/b']);
    expect([pathsOf('/a'), holdsOf('/a')]).toEqual([['taken.mp4'], ['h']]);
  });

  it('that do not say which folder belong to the first', () => {
    see('inbox', 'taken.mp4');
    hold('inbox', 'h');
    nameInboxes(open.catalogue, ['/a', '/b']);
    expect([pathsOf('/a'), holdsOf('/a')]).toEqual([['taken.mp4'], ['h']]);
  });

  it('written after a newer version had been there hold before what that one knew', () => {
    wasAt('/a');
    see('/a', 'one.mp4', 'taken', 'older');
    see('/a', 'two.mp4', 'taken', 'older');
    see('inbox', 'one.mp4', 'taken', 'newer');
    nameInboxes(open.catalogue, ['/a']);
    expect(open.catalogue.sightings.find('/a', 'one.mp4')?.fingerprint).toBe('newer');
    expect(open.catalogue.sightings.find('/a', 'two.mp4')?.fingerprint).toBe('older');
  });
});

describe('rows of an inbox that is not set any more', () => {
  it('wait no longer, but what was taken is remembered', () => {
    for (const inbox of ['/a', '/gone', 'import']) {
      see(inbox, 'taken.mp4');
      see(inbox, 'waits.mp4', 'settling');
    }
    nameInboxes(open.catalogue, ['/a']);
    expect(pathsOf('/a')).toEqual(['taken.mp4', 'waits.mp4']);
    expect(pathsOf('/gone')).toEqual(['taken.mp4']);
    expect(pathsOf('import')).toEqual(['taken.mp4', 'waits.mp4']);
  });
});
