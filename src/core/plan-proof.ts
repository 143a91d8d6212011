import { dayMs } from '#core/assess.ts';
import type { BlobRef } from '#core/digest.ts';
import { latestBelievedMs } from '#core/proof-dates.ts';

export interface CopyToProve extends BlobRef {
  readonly sizeBytes: number;
  /** When its bytes were last read and compared, ms of the wall clock; null where never. */
  readonly provenAtMs: number | null;
}

/** What the owner set. */
export interface ProofSettings {
  /** How long a proof holds, ms: everything is read again within this time. */
  readonly promiseMs: number;
  /** What is read in one night at the most, bytes; null for as much as the promise takes. */
  readonly budgetBytes: number | null;
}

export interface Pace extends ProofSettings {
  /** All that has to be read within the promise, bytes. */
  readonly heldBytes: number;
  /** What was read this night already, bytes. */
  readonly readBytes: number;
  /** How often there is a night, ms: a drive that is plugged in once a month has one then; a day where not said. */
  readonly everyMs?: number;
}

/** How much more is read in a night than a steady pace needs, for nights on which the machine is off. */
const slack = 1.5;
/** How much more than that, at the most, where copies come to the end of their promise. */
const catchUp = 16;
/** How long before its end a promise becomes urgent, as a part of it, and in nights, at the least. */
const urgentPart = 1 / 8;
const urgentNights = 2;
/** How long a copy that was read is let rest, as a part of the promise, and at the most: no night reads it twice. */
const restPart = 1 / 4;
const restAtMostMs = dayMs / 2;

/**
 * Which copies to read back now, the longest unread first: those never read, then those whose date cannot be
 * believed, then the oldest. What is due soon fits into a night's share, so that an archive is never read whole
 * every night; what comes to the end of its promise may take a multiple of it, and the first of them however
 * large it is. An explicit budget bounds all of it. Nothing but the budget is needed to stop a clock that jumped
 * from having everything read at once.
 */
export function planProof(copies: readonly CopyToProve[], nowMs: number, pace: Pace): readonly CopyToProve[] {
  const { share, limit } = nightly(pace);
  const everyMs = pace.everyMs ?? dayMs;
  const due: CopyToProve[] = [];
  let bytes = pace.readBytes;
  for (const copy of copies.toSorted((a, b) => rank(a, nowMs) - rank(b, nowMs))) {
    if (rests(copy, nowMs, pace.promiseMs)) continue;
    const isUrgent = isEndingSoon(copy, nowMs, pace.promiseMs, everyMs);
    const fits = bytes + copy.sizeBytes <= (isUrgent ? limit : share);
    if (!fits && !(isUrgent && bytes === 0)) continue;
    due.push(copy);
    bytes += copy.sizeBytes;
  }
  return due;
}

function nightly({ promiseMs, budgetBytes, heldBytes, everyMs = dayMs }: Pace) {
  const nights = Math.max(1, promiseMs / everyMs);
  const ceiling = budgetBytes ?? Number.POSITIVE_INFINITY;
  const share = Math.ceil((slack * heldBytes) / nights);
  return { share: Math.min(share, ceiling), limit: Math.min(catchUp * share, ceiling) };
}

const neverRead = -2 * Number.MAX_SAFE_INTEGER;
const notBelieved = -Number.MAX_SAFE_INTEGER;

/** Smaller goes first. */
function rank({ provenAtMs }: CopyToProve, nowMs: number): number {
  if (provenAtMs === null) return neverRead;
  return provenAtMs > latestBelievedMs(nowMs) ? notBelieved : provenAtMs;
}

function rests({ provenAtMs }: CopyToProve, nowMs: number, promiseMs: number): boolean {
  if (provenAtMs === null || provenAtMs > latestBelievedMs(nowMs)) return false;
  return nowMs - provenAtMs < Math.min(restPart * promiseMs, restAtMostMs);
}

function isEndingSoon(
  { provenAtMs }: CopyToProve,
  nowMs: number,
  promiseMs: number,
  everyMs: number,
): boolean {
  if (provenAtMs === null || provenAtMs > latestBelievedMs(nowMs)) return true;
  return nowMs - provenAtMs >= promiseMs - Math.max(urgentPart * promiseMs, urgentNights * everyMs);
}

const batchCopies = 200;
const batchBytes = 4 * 1024 ** 3;

/** As many of the first as are recorded together: what a power cut makes to be read once more stays bounded. */
export function firstBatch<T extends { readonly sizeBytes: number }>(
  copies: readonly T[],
  mostBytes = batchBytes,
): readonly T[] {
  let bytes = 0;
  const end = copies.findIndex((copy, index) => {
    bytes += copy.sizeBytes;
    return index > 0 && (index >= batchCopies || bytes > mostBytes);
  });
  return end < 0 ? copies : copies.slice(0, end);
}

/** How long it takes to read everything, and how long it may, in whole days. */
export interface ProofPace {
  readonly neededDays: number;
  readonly promisedDays: number;
}

/** What the settings come to for so many bytes; without a budget the promise sets the pace, and is kept. */
export function paceOf(heldBytes: number, { promiseMs, budgetBytes }: ProofSettings): ProofPace {
  const promisedDays = Math.max(1, Math.floor(promiseMs / dayMs));
  if (budgetBytes === null)
    return { neededDays: Math.min(promisedDays, Math.ceil(promisedDays / slack)), promisedDays };
  return { neededDays: Math.max(1, Math.ceil(heldBytes / Math.max(1, budgetBytes))), promisedDays };
}
