import type { Digest } from '#core/digest.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { requestLibrary } from '#daemon/request-library.ts';

/** How long after bytes came in they are read back: the first quiet minute. */
const proveAfterMs = 60_000;

/**
 * Asks for what follows when bytes came in: the readable tree, reading the new copies back in a quiet minute, and,
 * for those that nobody had yet, looking into them.
 */
export function requestFollowUps(
  { catalogue, location }: { readonly catalogue: Catalogue; readonly location: string },
  fresh: readonly Digest[],
  nowMs: number,
): void {
  const { operations } = catalogue;
  for (const subject of fresh) {
    operations.insert({ kind: 'probe', lane: 'media', subject, notBeforeMs: nowMs }, nowMs);
  }
  const notBeforeMs = nowMs + proveAfterMs;
  operations.insert({ kind: 'prove', lane: 'vault', subject: location, notBeforeMs }, nowMs);
  requestLibrary(catalogue, nowMs);
}
