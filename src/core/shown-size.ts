import type { MediaFacts } from '#core/ports/media.ts';

/** Gives the size a player shows the video in, which is turned where the camera was; null where unknown. */
export function shownSize(
  facts: Pick<MediaFacts, 'width' | 'height' | 'rotationDegrees'>,
): { width: number; height: number } | null {
  const { width, height, rotationDegrees } = facts;
  if (width === null || height === null) return null;
  const isTurned = rotationDegrees === 90 || rotationDegrees === 270;
  return isTurned ? { width: height, height: width } : { width, height };
}
