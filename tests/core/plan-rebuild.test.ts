import { describe, expect, it } from 'vitest';
import { needsNewWriter, planRebuild, type RebuildFacts } from '#core/plan-rebuild.ts';

const mark = (archive: string) => ({ format: 1, archive, createdAt: '' });
const empty: RebuildFacts = {
  ...{ knownArchive: null, hasCatalogue: false, vaultMark: null },
  ...{ hasOtherFiles: false, hasArchiveFiles: false },
};

describe('making an archive anew', () => {
  it.each([
    ['begins on an empty machine', {}, 'go'],
    ['goes on where it was', { knownArchive: 'a', hasArchiveFiles: true }, 'go'],
    ['goes on beside its catalogue', { knownArchive: 'a', hasCatalogue: true }, 'go'],
    [
      'fills a vault of the same archive',
      { vaultMark: mark('a'), hasArchiveFiles: true, hasOtherFiles: true },
      'go',
    ],
    ['is refused where another archive is held', { knownArchive: 'b' }, 'holds-another-archive'],
    ['is refused where another one stands', { vaultMark: mark('b') }, 'vault-of-another-archive'],
    [
      'is refused where another one stands, whatever this installation held',
      { knownArchive: 'a', vaultMark: mark('b') },
      'vault-of-another-archive',
    ],
    ['is refused where nobody knows what stands there', { vaultMark: 'unreadable' }, 'unreadable-mark'],
    ['is refused where files of others stand', { hasOtherFiles: true }, 'not-empty'],
    ['is refused among blobs of nobody knows what', { hasArchiveFiles: true }, 'not-empty'],
    ['is refused beside a catalogue of nobody knows what', { hasCatalogue: true }, 'unknown-catalogue'],
  ] as const)('%s', (_, facts, result) => {
    const plan = planRebuild('a', { ...empty, ...facts });
    expect(plan.kind === 'go' ? 'go' : plan.reason).toBe(result);
  });

  it('never goes on writing as somebody who has written before', () => {
    expect(needsNewWriter('me', new Set(['other', 'me']))).toBe(true);
    expect(needsNewWriter('me', new Set(['other']))).toBe(false);
  });
});
