import { describe, expect, it } from 'vitest';
import { judgeMassChange } from '#core/mass-change.ts';

describe('what comes in a day', () => {
  it.each([
    ['nothing', { videos: 0, changed: 0, probed: 0, unreadable: 0 }, 'none'],
    ['a day of editing', { videos: 100, changed: 15, probed: 20, unreadable: 1 }, 'none'],
    ['many edits in a large archive', { videos: 1000, changed: 60, probed: 60, unreadable: 0 }, 'none'],
    ['a card with a few broken clips', { videos: 50, changed: 0, probed: 40, unreadable: 9 }, 'none'],
    ['a third of all videos anew', { videos: 90, changed: 30, probed: 30, unreadable: 0 }, 'many-changed'],
    [
      'videos that no longer are any',
      { videos: 90, changed: 12, probed: 12, unreadable: 12 },
      'no-longer-videos',
    ],
  ] as const)('is judged: %s', (_, changes, expected) => {
    expect(judgeMassChange(changes)).toBe(expected);
  });
});
