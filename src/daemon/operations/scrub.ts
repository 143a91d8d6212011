import type { Digest } from '#core/digest.ts';
import type { Lane } from '#core/operation.ts';
import {
  firstBatch,
  type Pace,
  type ProofPace,
  type ProofSettings,
  paceOf,
  planProof,
} from '#core/plan-proof.ts';
import { latestBelievedMs } from '#core/proof-dates.ts';
import { describeShare } from '#core/proof-result.ts';
import type { Handler } from '#daemon/worker.ts';
import { type ReadBackDeps, readBack, requestHealing } from './read-back.ts';

const pageSize = 200;

export interface ScrubDeps extends ReadBackDeps {
  readonly settings: () => ProofSettings;
  /** Which lane it runs in; the vault's where it is not said. */
  readonly lane?: Lane;
  /** How often a share is read, ms: nightly, or whenever a drive comes; a night where it is not said. */
  readonly everyMs?: () => number;
  /** As much as is begun at once, where that is less than usual. */
  readonly batchBytes?: () => number;
  /** When to go on, where the place's hours are over; ms of the wall clock. Null while there is no need to wait. */
  readonly resumesAtMs?: () => number | null;
  /** Told how long reading everything back takes. */
  readonly notePace?: (pace: ProofPace) => void;
}

/**
 * Reads a night's share of a place back from its medium itself, the longest unread first, and has what is not as
 * it should be tried again. Each batch is recorded, so that it goes on where it was, however it was stopped. The
 * lane's other work goes first: between two batches it makes way, and comes back with `subject` saying, in ms, when
 * the night began.
 */
export function createScrub(deps: ScrubDeps): Handler {
  const { catalogue, clock, location, lane = 'vault', healing = { kind: 'heal', lane } } = deps;

  /** A subject is unique among all lanes. */
  const prefix = lane === 'vault' ? '' : `${location} `;

  const nextBatch = (pace: Pace, unread: ReadonlyMap<Digest, unknown>) => {
    const nowMs = clock.nowMs();
    const longest = catalogue.proofs
      .longestUnread(location, latestBelievedMs(nowMs), pageSize + unread.size)
      .filter(({ digest }) => !unread.has(digest));
    return firstBatch(planProof(longest, nowMs, pace), deps.batchBytes?.());
  };

  /** Good bytes may have appeared meanwhile, or the disk may read again; as much of it as a night has room for. */
  const retryTroubled = () => {
    const nowMs = clock.nowMs();
    const copies = catalogue.proofs.troubled(location, pageSize);
    for (const { digest } of firstBatch(copies)) {
      requestHealing(catalogue, healing, digest, nowMs, nowMs);
    }
  };

  const isOthersTurn = () => {
    const dueMs = catalogue.operations.nextDueMs(lane);
    return dueMs !== null && dueMs <= clock.nowMs();
  };

  const goOnLater = (beganMs: number, notBeforeMs: number) => {
    const subject = `${prefix}${beganMs}`;
    catalogue.operations.insert({ kind: 'scrub', lane, subject, notBeforeMs }, clock.nowMs());
  };

  return async ({ subject, createdAtMs }, { signal }) => {
    const night = subject.slice(prefix.length);
    const isNewNight = night === '';
    const beganMs = isNewNight ? createdAtMs : Number(night);
    const heldBytes = catalogue.proofs.heldBytes(location);
    const everyMs = deps.everyMs?.();
    const pace = { ...deps.settings(), heldBytes, ...(everyMs === undefined ? {} : { everyMs }) };
    deps.notePace?.(paceOf(heldBytes, pace));
    if (isNewNight) retryTroubled();
    let readBytes = catalogue.proofs.bytesProvenBetween(location, beganMs, clock.nowMs());
    let [proven, bad] = [0, 0];
    /** What could not be asked about does not keep the others waiting. */
    const unread = new Map<Digest, unknown>();
    const words = (goesOn: boolean) => {
      const unmended = Math.max(0, catalogue.proofs.bad(location).files - bad);
      return describeShare({ proven, bad, unmended }, goesOn);
    };
    for (;;) {
      const batch = nextBatch({ ...pace, readBytes }, unread);
      if (batch.length === 0) break;
      const outcome = await readBack(deps, batch, signal);
      for (const { sizeBytes } of batch) readBytes += sizeBytes;
      for (const [digest, error] of outcome.unread) unread.set(digest, error);
      proven += outcome.proven;
      bad += outcome.bad;
      const resumesAtMs = deps.resumesAtMs?.() ?? null;
      if (resumesAtMs !== null || isOthersTurn()) {
        goOnLater(beganMs, resumesAtMs ?? clock.nowMs());
        return words(true);
      }
    }
    for (const error of unread.values()) throw error;
    return words(false);
  };
}
