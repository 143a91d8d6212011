import type { Digest } from '#core/digest.ts';
import { firstBatch } from '#core/plan-proof.ts';
import { latestBelievedMs } from '#core/proof-dates.ts';
import type { Handler } from '#daemon/worker.ts';
import { type ReadBackDeps, readBack } from './read-back.ts';

const pageSize = 200;

/** What reading everything at a place back came to. */
export interface Verified {
  readonly proven: number;
  readonly bad: number;
  /** Could not be asked about. */
  readonly unread: number;
}

/** Reads every copy of a place back, the longest unread first; each batch is recorded, so that nothing is lost when it is stopped. */
export function createVerify(deps: ReadBackDeps): Handler {
  const { catalogue, clock, location } = deps;
  return async ({ createdAtMs }, { signal, setProgress }) => {
    const heldBytes = catalogue.proofs.heldBytes(location);
    const unread = new Set<Digest>();
    let [proven, bad, doneBytes] = [0, 0, 0];
    for (;;) {
      const open = catalogue.proofs
        .longestUnread(location, latestBelievedMs(clock.nowMs()), pageSize + unread.size)
        .filter(({ digest, provenAtMs }) => (provenAtMs ?? 0) < createdAtMs && !unread.has(digest));
      if (open.length === 0) {
        const verified: Verified = { proven, bad, unread: unread.size };
        return JSON.stringify(verified);
      }
      const batch = firstBatch(open);
      const outcome = await readBack(deps, batch, signal);
      proven += outcome.proven;
      bad += outcome.bad;
      for (const digest of outcome.unread.keys()) unread.add(digest);
      for (const { sizeBytes } of batch) doneBytes += sizeBytes;
      setProgress(Math.min(100, (100 * doneBytes) / Math.max(1, heldBytes)));
    }
  };
}
