import type { Digest } from '#core/digest.ts';
import { firstBatch } from '#core/plan-proof.ts';
import { latestBelievedMs } from '#core/proof-dates.ts';
import { describeShare } from '#core/proof-result.ts';
import type { Handler } from '#daemon/worker.ts';
import { type ReadBackDeps, readBack } from './read-back.ts';

const pageSize = 200;

/**
 * Reads back, from the disk itself, the vault's copies that never were: what was hashed on the way in was the
 * source. Gives way to the intake, and writes what it found into the journal.
 */
export function createProve(
  deps: Omit<ReadBackDeps, 'location'> & {
    /** Told when copies are proven that were not: what follows needs bytes that are good. */
    readonly onProven?: () => void;
  },
): Handler {
  const { catalogue, clock } = deps;

  return async ({ subject: location }, { signal }) => {
    let proven = 0;
    let bad = 0;
    /** What could not be asked about does not keep the others waiting. */
    const unread = new Map<Digest, unknown>();
    for (;;) {
      const believedMs = latestBelievedMs(clock.nowMs());
      const never = catalogue.proofs
        .longestUnread(location, believedMs, pageSize + unread.size)
        .filter(({ digest, provenAtMs }) => provenAtMs === null && !unread.has(digest));
      if (never.length === 0) {
        if (proven > 0) deps.onProven?.();
        for (const error of unread.values()) throw error;
        return describeShare({ proven, bad, unmended: 0 }, false);
      }
      const outcome = await readBack({ ...deps, location }, firstBatch(never), signal);
      proven += outcome.proven;
      bad += outcome.bad;
      for (const [digest, error] of outcome.unread) unread.set(digest, error);
    }
  };
}
