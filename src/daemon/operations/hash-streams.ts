import type { Digest } from '#core/digest.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { StreamHasher } from '#core/ports/media.ts';
import { streamsKey } from '#core/same-streams.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { Handler } from '#daemon/worker.ts';

/** It reads whole files, which can wait until nothing else comes in. */
const quietMs = 60_000;

/** Asks for a look at the streams of those videos of which they are not known. */
export function requestStreams({ operations }: Catalogue, nowMs: number): void {
  const notBeforeMs = nowMs + quietMs;
  operations.insert({ kind: 'hash-streams', lane: 'media', subject: '', notBeforeMs }, nowMs);
}

/**
 * Finds out what the picture and the sound of each video are, so that the same in another wrapper is recognised: one
 * file at a time, each once, after the lane's other work, and not while files are taken.
 */
export function createHashStreams(deps: {
  readonly store: BlobStore;
  readonly catalogue: Catalogue;
  readonly intake: Pick<Intake, 'isBusy'>;
  readonly hasher: StreamHasher;
  readonly clock: Clock;
}): Handler {
  const { store, catalogue, clock } = deps;

  const isOthersTurn = () => {
    const dueMs = catalogue.operations.nextDueMs('media');
    return dueMs !== null && dueMs <= clock.nowMs();
  };

  return async (_operation, { signal }) => {
    /** What cannot be asked about now does not keep the others waiting. */
    const unasked = new Map<Digest, unknown>();
    for (let done = 0; ; done += 1) {
      const page = catalogue.media.unhashed(unasked.size + 1);
      const next = page.find(({ digest }) => !unasked.has(digest));
      if (next === undefined) {
        for (const error of unasked.values()) throw error;
        return `${done} done`;
      }
      if (deps.intake.isBusy() || isOthersTurn()) {
        requestStreams(catalogue, clock.nowMs());
        return `${done} done, goes on`;
      }
      try {
        const ref = catalogue.archive.blobRef(next.digest);
        const file = ref === null ? null : store.localPath(ref);
        if (file === null) return 'no-file';
        const outcome = await deps.hasher.hashStreams(file, next.sizeBytes, signal);
        if (outcome.kind === 'unavailable') return outcome.kind;
        const key = outcome.kind === 'hashes' ? streamsKey(outcome.hashes) : null;
        catalogue.media.setStreams(next.digest, key);
      } catch (error) {
        signal.throwIfAborted();
        unasked.set(next.digest, error);
      }
    }
  };
}
