/** A disk that reports an error is asked so often, within some minutes, before its error is taken for lasting. */
const tries = 6;

/** Whether an error on reading a copy, at this attempt (counted from 1), is one that does not pass by itself. */
export function isTakenForLasting(attempt: number): boolean {
  return attempt >= tries;
}
