import { describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { arePapersDue, notePapers } from '#core/papers-due.ts';
import { digestOf } from '#tests/support/digests.ts';

const script = digestOf('script');
const digests = [script, digestOf('words')];
const hourMs = dayMs / 24;

describe('what stands at a place for people', () => {
  it.each([
    ['was never read back', 'remote', null, digests, true],
    ['was read back an hour ago', 'remote', notePapers(digests, dayMs - hourMs), digests, false],
    ['was read back half a day ago', 'remote', notePapers(digests, dayMs / 2), digests, true],
    ['was read back at a time to come', 'remote', notePapers(digests, dayMs + hourMs), digests, true],
    [
      'should say something else since',
      'remote',
      notePapers(digests, dayMs - hourMs),
      [script, digestOf('others')],
      true,
    ],
    ['should be one more since', 'remote', notePapers(digests.slice(1), dayMs - hourMs), digests, true],
    ['was noted in a way that cannot be read', 'remote', '{}', digests, true],
    ['was read back an hour ago', 'drive', notePapers(digests, dayMs - hourMs), digests, true],
  ] as const)('%s, at a %s: is read as is right', (_, placeKind, noted, now, isDue) => {
    expect(arePapersDue(placeKind, now, noted, dayMs)).toBe(isDue);
  });
});
