import { systemClock } from '#clock.ts';
import type { Clock } from '#core/ports/clock.ts';

/** The machine's clock, whose wall time somebody sets; nobody sleeps long on it. */
export interface ModelClock extends Clock {
  /** Lets time go by without waiting for it, wall and monotonic alike. */
  advance(ms: number): void;
  /** Sets the wall time alone, as a person, a time server or an empty battery does. */
  setWall(ms: number): void;
}

const longestSleepMs = 10;

export function createModelClock(): ModelClock {
  let wallShiftMs = 0;
  let monotonicShiftMs = 0;
  return {
    nowMs: () => Math.floor(systemClock.nowMs() + wallShiftMs),
    monotonicMs: () => systemClock.monotonicMs() + monotonicShiftMs,
    sleep: (ms, signal) => systemClock.sleep(Math.min(ms, longestSleepMs), signal),
    advance(ms) {
      wallShiftMs += ms;
      monotonicShiftMs += ms;
    },
    setWall(ms) {
      wallShiftMs = ms - systemClock.nowMs();
    },
  };
}
