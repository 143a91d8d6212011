import type { Digest } from '#core/digest.ts';
import { firstBatch } from '#core/plan-proof.ts';
import { latestBelievedMs } from '#core/proof-dates.ts';
import { formatProofResult } from '#core/proof-result.ts';
import type { Handler } from '#daemon/worker.ts';
import { type ReadBackDeps, readBack } from './read-back.ts';

const pageSize = 200;

export interface VerifyDeps extends ReadBackDeps {
  /** Told of a copy that was known to be bad, and reads good again. */
  readonly onGoodAgain?: (digest: Digest) => void;
}

/**
 * Reads back every copy that should be at a place: those that are there, the longest unread first, then those that are
 * known to be bad, those first that were looked at longest ago. Each batch is recorded, so that nothing is lost when it
 * is stopped, and nothing is read twice when it goes on.
 */
export function createVerify(deps: VerifyDeps): Handler {
  const { catalogue, clock, location } = deps;

  const isGood = (digest: Digest) => catalogue.archive.copy(digest, location)?.state === 'present';

  return async ({ createdAtMs }, { signal, setProgress }) => {
    const allBytes = catalogue.proofs.heldBytes(location) + catalogue.proofs.bad(location).bytes;
    /** In this run: dates alone would have everything read again where the clock is set back meanwhile. */
    const asked = new Set<Digest>();
    let unread = 0;
    /** What was asked and is still due by its date. */
    let passedOver = 0;
    let latestMs = clock.nowMs();
    let wasSetBack = false;
    let [proven, doneBytes] = [0, 0];

    const nextBatch = () => {
      const believedMs = latestBelievedMs(clock.nowMs());
      // Of those that come first in a page, all may have been asked, where the clock was set back meanwhile.
      const limit = pageSize + (wasSetBack ? asked.size : passedOver);
      const isOpen = ({ digest }: { readonly digest: Digest }) => !asked.has(digest);
      const there = catalogue.proofs
        .longestUnread(location, believedMs, limit)
        .filter((copy) => (copy.provenAtMs ?? 0) < createdAtMs && isOpen(copy));
      if (there.length > 0) return { batch: firstBatch(there), isKnownBad: false };
      const others = catalogue.proofs.notThere(location, { beforeMs: createdAtMs, believedMs }, limit);
      return { batch: firstBatch(others.filter(isOpen)), isKnownBad: true };
    };

    for (;;) {
      const { batch, isKnownBad } = nextBatch();
      if (batch.length === 0) {
        const bad = catalogue.proofs.bad(location).files;
        return formatProofResult({ proven, bad, unread, unmended: 0 });
      }
      const outcome = await readBack(deps, batch, signal);
      proven += outcome.proven;
      for (const { digest } of batch) asked.add(digest);
      wasSetBack ||= clock.nowMs() < latestMs;
      latestMs = clock.nowMs();
      unread += outcome.unread.size;
      passedOver += outcome.unread.size;
      if (isKnownBad) for (const { digest } of batch) if (isGood(digest)) deps.onGoodAgain?.(digest);
      for (const { sizeBytes } of batch) doneBytes += sizeBytes;
      setProgress(Math.min(100, (100 * doneBytes) / Math.max(1, allBytes)));
    }
  };
}
