/** Time as an argument. */
export interface Clock {
  /** Wall time in ms since 1970; may jump. */
  nowMs(): number;
  /** Ms on a clock that never jumps; means nothing across restarts. */
  monotonicMs(): number;
  /** Resolves after the time, or at once when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
