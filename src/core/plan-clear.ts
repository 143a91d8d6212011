/** An original that waits in an inbox's hold. Times in ms of the wall clock. */
export interface HeldOriginal {
  readonly heldAtMs: number;
  /** When the vault's copy was last read back from the disk; null where it has not been yet. */
  readonly provenAtMs: number | null;
  /** False where the vault's copy is not `present`. */
  readonly copyPresent: boolean;
  /** What was taken of it is marked as damaged: its owner may still need it. */
  readonly cameDamaged: boolean;
}

export type ClearDecision = 'wait' | 'prove-first' | 'remove';

/** As long an original waits in the hold, at the least. */
export const holdMs = 24 * 60 * 60 * 1000;

/**
 * Decides whether an original may go. It goes after a day, or earlier where space is short, but never before
 * the vault's copy was read back after the original came to wait. What came damaged never goes. A clock set back
 * leaves it waiting.
 */
export function planClear(held: HeldOriginal, nowMs: number, spaceIsShort: boolean): ClearDecision {
  if (held.cameDamaged) return 'wait';
  const isDue = spaceIsShort || nowMs - held.heldAtMs >= holdMs;
  if (!isDue) return 'wait';
  const isProven = held.copyPresent && held.provenAtMs !== null;
  return isProven ? 'remove' : 'prove-first';
}
