import { isVideoName } from '#core/candidates.ts';
import type { Digest } from '#core/digest.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { sidecarFormatOf } from '#core/sidecar-facts.ts';
import { requestLibrary } from '#daemon/request-library.ts';

/** How long after bytes came in they are read back: the first quiet minute. */
const proveAfterMs = 60_000;

/** Bytes that nobody had, under the name they came with. */
export interface FreshFile {
  readonly digest: Digest;
  readonly name: string;
  readonly isPart: boolean;
}

/** How a file is looked into; null for one that has nothing to say. */
function lookInto({ name, isPart }: Omit<FreshFile, 'digest'>): 'probe' | 'read-sidecar' | null {
  if (!isPart || isVideoName(name)) return 'probe';
  return sidecarFormatOf(name) === null ? null : 'read-sidecar';
}

/**
 * Asks for what follows when bytes came in: the readable tree, reading the new copies back in a quiet minute, and,
 * for those that nobody had yet, looking into them.
 */
export function requestFollowUps(
  { catalogue, location }: { readonly catalogue: Catalogue; readonly location: string },
  fresh: readonly FreshFile[],
  nowMs: number,
): void {
  const { operations } = catalogue;
  for (const file of fresh) {
    const kind = lookInto(file);
    if (kind !== null)
      operations.insert({ kind, lane: 'media', subject: file.digest, notBeforeMs: nowMs }, nowMs);
  }
  const notBeforeMs = nowMs + proveAfterMs;
  operations.insert({ kind: 'prove', lane: 'vault', subject: location, notBeforeMs }, nowMs);
  requestLibrary(catalogue, nowMs);
}
