import { describe, expect, it } from 'vitest';
import { type ShotVersion, suggestEdits } from '#core/suggest-edits.ts';

const shot = (name: string, change: Partial<ShotVersion> = {}): ShotVersion => ({
  video: `video of ${name}`,
  title: name,
  name,
  recordedAtMs: Date.UTC(2026, 10, 21),
  cameraMake: 'Apple',
  cameraModel: 'iPhone 15 Pro',
  ...change,
});
const pairs = (versions: readonly ShotVersion[]) =>
  suggestEdits(versions).map(({ from, into }) => [from, into]);

describe('an edit made on an iPhone', () => {
  it('is found by number, moment and camera, whatever the order', () => {
    const both = [
      shot('IMG_1234.MOV'),
      shot('IMG_E1234.MOV', { recordedAtMs: Date.UTC(2026, 10, 21) + 900 }),
    ];
    const expected = [['video of IMG_E1234.MOV', 'video of IMG_1234.MOV']];
    expect(pairs(both)).toEqual(expected);
    expect(pairs(both.toReversed())).toEqual(expected);
  });

  it('is the edit of the clip of its moment, where numbers came round', () => {
    const older = shot('img_1234.mov', { video: 'last year', recordedAtMs: Date.UTC(2025, 1, 1) });
    expect(pairs([older, shot('IMG_E1234.MOV'), shot('IMG_1234.MOV')])).toEqual([
      ['video of IMG_E1234.MOV', 'video of IMG_1234.MOV'],
    ]);
  });

  it.each([
    ['another number', shot('IMG_1235.MOV')],
    ['another moment', shot('IMG_1234.MOV', { recordedAtMs: Date.UTC(2026, 10, 22) })],
    ['another camera', shot('IMG_1234.MOV', { cameraModel: 'iPhone 12' })],
    ['no camera', shot('IMG_1234.MOV', { cameraMake: null, cameraModel: null })],
    ['one video with it already', shot('IMG_1234.MOV', { video: 'video of IMG_E1234.MOV' })],
    ['another name', shot('MVI_1234.MOV')],
  ])('is none of a clip of %s', (_, other) => {
    expect(pairs([other, shot('IMG_E1234.MOV')])).toEqual([]);
  });
});
