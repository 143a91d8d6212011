import { describe, expect, it } from 'vitest';
import type { MediaFacts } from '#core/ports/media.ts';
import { shownSize } from '#core/shown-size.ts';

const facts: MediaFacts = {
  container: 'mov',
  durationMs: 1000,
  width: 1920,
  height: 1080,
  rotationDegrees: 0,
  videoCodec: 'hevc',
  audioCodec: null,
  frameRate: 30,
  recordedAtMs: null,
};

describe('the shown size', () => {
  it.each([
    [0, 1920, 1080],
    [90, 1080, 1920],
    [180, 1920, 1080],
    [270, 1080, 1920],
    [null, 1920, 1080],
  ] as const)('of a video turned by %s is %d x %d', (rotationDegrees, width, height) => {
    expect(shownSize({ ...facts, rotationDegrees })).toEqual({ width, height });
  });

  it('is unknown where one side is', () => {
    expect(shownSize({ ...facts, width: null })).toBeNull();
    expect(shownSize({ ...facts, height: null })).toBeNull();
  });
});
