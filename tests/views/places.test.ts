import { describe, expect, it } from 'vitest';
import type { AwayReason } from '#core/ports/location.ts';
import { enPlaces } from '#views/locales/en-places.ts';

const reasons: readonly AwayReason[] = [
  ...([
    'not-connected',
    'empty-mount-point',
    'not-prepared',
    'another-place',
    'another-archive',
    'clone',
  ] as const),
  ...(['another-writer', 'newer-format', 'unreadable-mark', 'sign-in', 'denied', 'quota'] as const),
  ...(['read-only', 'failing', 'no-tool'] as const),
];

describe('what is said of a place that cannot be used', () => {
  it('is a sentence of its own for each reason, with the name that the owner gave it', () => {
    const sentences = reasons.map((reason) => enPlaces.away(reason, 'Blue drive'));
    expect(new Set(sentences).size).toBe(reasons.length);
    for (const sentence of sentences) expect(sentence).toContain('Blue drive');
  });

  it('never speaks as an engineer does', () => {
    for (const reason of reasons) {
      expect(enPlaces.away(reason, 'it')).not.toMatch(/mount point|hash|blob|remote|job|writer|clone/i);
    }
  });
});

describe('what is said of a place on the disk of the videos', () => {
  it.each([
    ['same', /counts as no further copy/],
    ['unknown', /cannot be told.*counts as no further copy/],
  ] as const)('(%s) is that it does not count', (relation, words) => {
    expect(enPlaces.sharesDisk(relation, 'Blue drive')).toMatch(words);
  });

  it('is nothing where it is on another one', () => {
    expect(enPlaces.sharesDisk('apart', 'Blue drive')).toBeNull();
  });
});
