import { describe, expect, it } from 'vitest';
import { en } from '#views/locales/en.ts';

describe('what is said of a version that came in damaged', () => {
  it.each([
    [
      'cut-off',
      'Came in damaged: its end is missing. It is kept as it came, and its original was left where it was. Copy a good one in, and it becomes the next version.',
    ],
    [
      'of which a newer Reelhold knows',
      'Came in damaged. It is kept as it came, and its original was left where it was. Copy a good one in, and it becomes the next version.',
    ],
    [
      'marked-unfinished',
      'May not be whole: a Mac said to the last that it was still copying it. Its original was left where it was. If it plays to its end, all is well; if not, copy a good one in, and it becomes the next version.',
    ],
  ])('is what is wrong, and what can be done: %s', (damaged, words) => {
    expect(en.video.damaged(damaged)).toBe(words);
  });
});
