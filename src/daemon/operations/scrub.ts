import type { Digest } from '#core/digest.ts';
import { firstBatch, type Pace, type ProofSettings, paceOf, planProof } from '#core/plan-proof.ts';
import { latestBelievedMs } from '#core/proof-dates.ts';
import type { Handler } from '#daemon/worker.ts';
import { type ReadBackDeps, readBack } from './read-back.ts';

const pageSize = 200;

/**
 * Reads a night's share of the vault back from the disk itself, the longest unread first, and has what is not as
 * it should be tried again. Each batch is recorded, so that it goes on where it was, however it was stopped. The
 * lane's other work goes first: between two batches it makes way, and comes back with `subject` saying, in ms, when
 * the night began.
 */
export function createScrub(deps: ReadBackDeps & { readonly settings: () => ProofSettings }): Handler {
  const { catalogue, clock, location } = deps;

  const nextBatch = (pace: Pace, unread: ReadonlyMap<Digest, unknown>) => {
    const nowMs = clock.nowMs();
    const longest = catalogue.proofs
      .longestUnread(location, latestBelievedMs(nowMs), pageSize + unread.size)
      .filter(({ digest }) => !unread.has(digest));
    return firstBatch(planProof(longest, nowMs, pace));
  };

  /** Good bytes may have appeared meanwhile, or the disk may read again; as much of it as a night has room for. */
  const retryTroubled = () => {
    const nowMs = clock.nowMs();
    const copies = catalogue.proofs.troubled(location, pageSize);
    for (const { digest } of firstBatch(copies)) {
      catalogue.operations.insert(
        { kind: 'heal', lane: 'vault', subject: digest, notBeforeMs: nowMs },
        nowMs,
      );
    }
  };

  const isOthersTurn = () => {
    const dueMs = catalogue.operations.nextDueMs('vault');
    return dueMs !== null && dueMs <= clock.nowMs();
  };

  const goOnLater = (beganMs: number) => {
    const nowMs = clock.nowMs();
    const subject = String(beganMs);
    catalogue.operations.insert({ kind: 'scrub', lane: 'vault', subject, notBeforeMs: nowMs }, nowMs);
  };

  return async ({ subject, createdAtMs }, { signal }) => {
    const isNewNight = subject === '';
    const beganMs = isNewNight ? createdAtMs : Number(subject);
    const pace = { ...deps.settings(), heldBytes: catalogue.proofs.heldBytes(location) };
    catalogue.notes.setCondition('proofs', paceOf(pace.heldBytes, pace), clock.nowMs());
    if (isNewNight) retryTroubled();
    let readBytes = catalogue.proofs.bytesProvenBetween(location, beganMs, clock.nowMs());
    let [proven, bad] = [0, 0];
    /** What could not be asked about does not keep the others waiting. */
    const unread = new Map<Digest, unknown>();
    for (;;) {
      const batch = nextBatch({ ...pace, readBytes }, unread);
      if (batch.length === 0) break;
      const outcome = await readBack(deps, batch, signal);
      for (const { sizeBytes } of batch) readBytes += sizeBytes;
      for (const [digest, error] of outcome.unread) unread.set(digest, error);
      proven += outcome.proven;
      bad += outcome.bad;
      if (isOthersTurn()) {
        goOnLater(beganMs);
        return `${proven} proven, ${bad} bad, goes on`;
      }
    }
    for (const error of unread.values()) throw error;
    return `${proven} proven, ${bad} bad`;
  };
}
