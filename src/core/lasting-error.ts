import { dayMs } from './assess.ts';

/** A disk that reports an error is asked so often, within some minutes, before its error is taken for lasting. */
const tries = 6;

/** What a service says that nobody knows may be an outage, and moving a copy aside costs an upload. */
const leastAtRemoteMs = 2 * dayMs;

/** The same for a copy at a remote, asked for since `sinceMs`: it has to have failed for two days. */
export function isTakenForLastingAtRemote(attempt: number, sinceMs: number, nowMs: number): boolean {
  return isTakenForLasting(attempt) && nowMs - sinceMs >= leastAtRemoteMs;
}

/** Whether an error on reading a copy, at this attempt (counted from 1), is one that does not pass by itself. */
export function isTakenForLasting(attempt: number): boolean {
  return attempt >= tries;
}
