import { dayMs } from '#core/assess.ts';

/** When the archive's copies were last read back, all together. Times in ms of the wall clock. */
export interface ProofDates {
  readonly proofs: number;
  /** How many of them are dated after what the clock says now, beyond the slack. */
  readonly ahead: number;
  readonly latestMs: number | null;
  /** The latest of the others. */
  readonly latestBelievedMs: number | null;
}

/** Proofs dated after this are not believed: a day is more than zones and drift make. */
export function latestBelievedMs(nowMs: number): number {
  return nowMs + dayMs;
}

/**
 * Whether it is the clock that is wrong, and not the dates: most proofs lie in its future. A machine without a
 * clock of its own starts years ago; one proof from a day on which the clock ran ahead says nothing against it.
 */
export function isClockBehind({ proofs, ahead }: ProofDates): boolean {
  return 2 * ahead > proofs;
}

/** The time by which proofs are judged: the clock's, or that of the latest proof while the clock is behind. */
export function judgingMs(dates: ProofDates, nowMs: number): number {
  return isClockBehind(dates) ? Math.max(nowMs, dates.latestMs ?? nowMs) : nowMs;
}
