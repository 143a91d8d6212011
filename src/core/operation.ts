export type OperationState = 'pending' | 'running' | 'done' | 'failed';
/** Each place has a lane of its own, by its id, so that one that is slow or away keeps no other waiting. */
export type PlaceLane = `location:${string}`;
export type FixedLane = 'intake' | 'media' | 'library' | 'vault';
export type Lane = FixedLane | PlaceLane;

/** A durable piece of work: a row that is queue, retry state and history at once. Times in ms, wall clock. */
export interface Operation {
  readonly id: number;
  readonly kind: string;
  readonly lane: Lane;
  /** What it is done to: a digest, a path, a location; '' where the kind says it all. */
  readonly subject: string;
  readonly state: OperationState;
  readonly attempt: number;
  readonly notBeforeMs: number;
  readonly createdAtMs: number;
  readonly error: string | null;
}

/** Nothing is planned further ahead: what seems to be was planned by a clock that was wrong. In ms. */
export const farthestAheadMs = 8 * 24 * 60 * 60_000;

function isDue({ state, notBeforeMs }: Operation, nowMs: number): boolean {
  return state === 'pending' && (notBeforeMs <= nowMs || notBeforeMs > nowMs + farthestAheadMs);
}

/** The operation a lane should run now: of those due, the oldest; null where none is due. */
export function nextOperation(rows: readonly Operation[], nowMs: number): Operation | null {
  const due = rows.filter((row) => isDue(row, nowMs));
  return due.reduce<Operation | null>(
    (best, row) => (best === null || isBefore(row, best) ? row : best),
    null,
  );
}

function isBefore(a: Operation, b: Operation): boolean {
  return a.createdAtMs !== b.createdAtMs ? a.createdAtMs < b.createdAtMs : a.id < b.id;
}

const firstDelayMs = 10_000;
const longestDelayMs = 30 * 60_000;

/** How long to wait before the next try, in ms: 10 s, doubling, at most 30 min. `attempt` counts from 1. */
export function retryDelayMs(attempt: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt - 1, 20));
}

export interface Failure {
  readonly retryable: boolean;
  readonly message: string;
}

/** What becomes of an operation whose run failed: tried again later for as long as the cause may go. */
export function afterFailure(
  attempt: number,
  failure: Failure,
  nowMs: number,
): Pick<Operation, 'state' | 'notBeforeMs' | 'error'> {
  if (!failure.retryable) return { state: 'failed', notBeforeMs: nowMs, error: failure.message };
  return { state: 'pending', notBeforeMs: nowMs + retryDelayMs(attempt), error: failure.message };
}

/** What is done in a place's lane. */
export type PlaceWorkKind = 'mirror' | 'list' | 'scrub' | 'verify' | 'heal-copy' | 'erase-copies' | 'drill';

/** The same work as the owner asks for it: now, whatever the place's hours. */
export function askedNow(kind: PlaceWorkKind): `${PlaceWorkKind}-now` {
  return `${kind}-now`;
}

/** The lane of a place. */
export function placeLane(location: string): PlaceLane {
  return `location:${location}`;
}
