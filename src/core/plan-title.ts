import { isGenericName } from '#core/generic-names.ts';
import type { KnownVideo } from '#core/plan-intake.ts';
import { titleOf } from '#core/safe-name.ts';
import type { SidecarFacts } from '#core/sidecar-facts.ts';

/**
 * The title that a sidecar gives its video: only where the video's own says nothing, and is the one that it got from
 * a file's name, so that the owner gave it none; null where it keeps its own.
 */
export function titleFromSidecar(
  video: KnownVideo,
  fileNames: readonly string[],
  facts: SidecarFacts,
): string | null {
  const isFromFile = fileNames.some((name) => titleOf(name) === video.title);
  if (facts.title === null || !isFromFile || video.trashed) return null;
  return isGenericName(`${video.title}.mp4`) ? facts.title : null;
}
