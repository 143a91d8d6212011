import type { VaultRefusal } from './archive-format.ts';
import { type FailureKind, isReelholdError } from './errors.ts';

const mendable = [
  'missing',
  'corrupt',
  'unreachable',
  'denied',
  'full',
  'read-only',
  'busy',
  'io',
] as const satisfies readonly FailureKind[];

/** A failure that time or the owner mends: a disk comes back, somebody makes room. */
export type MendableFailure = (typeof mendable)[number];

/** Which disk fails: the one with the videos, or the one with the catalogue and the installation's own facts. */
export type TroublePlace = 'vault' | 'settings';

/** Why the archive cannot be worked on just now, though Reelhold runs. */
export type Trouble =
  | { readonly state: 'refused'; readonly reason: VaultRefusal }
  | { readonly state: 'failing'; readonly place: TroublePlace; readonly failure: MendableFailure };

/** What trouble a failure of the archive means; null for a mistake of the program's, which no waiting mends. */
export function troubleOf(error: unknown): Trouble | null {
  // What failed while the archive was being closed matters less than why it was closed.
  if (error instanceof SuppressedError) return troubleOf(error.suppressed);
  if (!isReelholdError(error) || error.side === 'source') return null;
  const failure = mendable.find((kind) => kind === error.kind);
  if (failure === undefined) return null;
  if (error.side !== 'vault') return { state: 'failing', place: 'settings', failure };
  return isAway(failure)
    ? { state: 'refused', reason: 'not-connected' }
    : { state: 'failing', place: 'vault', failure };
}

/** A vault that is not found in the middle of the work is the same as one that is not found at the start. */
function isAway(failure: MendableFailure): boolean {
  return failure === 'missing' || failure === 'unreachable';
}

const diskFailures: ReadonlySet<MendableFailure> = new Set(['read-only', 'io']);

/**
 * Whether a failure in the middle of the work is one of the whole disk, so that the archive is better closed until
 * it is over. A full vault is none: the intake pauses and the rest goes on. Nor is one folder that may not be
 * written to. Without its catalogue nothing goes on.
 */
export function stopsWork(trouble: Trouble): boolean {
  if (trouble.state === 'refused' || trouble.place === 'settings') return true;
  return diskFailures.has(trouble.failure);
}

export function isSameTrouble(one: Trouble, other: Trouble): boolean {
  if (one.state === 'refused') return other.state === 'refused' && one.reason === other.reason;
  return other.state === 'failing' && one.place === other.place && one.failure === other.failure;
}

const firstDelayMs = 10_000;
const longestDelayMs = 5 * 60_000;
const shortRunMs = 2 * 60_000;

/** How many runs in a row ended soon after they began, this one included; ms. */
export function countShortRuns(before: number, ranMs: number): number {
  return ranMs < shortRunMs ? before + 1 : 0;
}

/**
 * How long until the archive is opened again, in ms. What cannot be opened is tried every 10 s. What opens and
 * soon fails again is tried ever more rarely, as each time a large file may be copied in vain.
 */
export function reopenDelayMs(shortRuns: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(Math.max(0, shortRuns - 1), 10));
}
