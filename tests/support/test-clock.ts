import { systemClock } from '#clock.ts';
import type { Clock } from '#core/ports/clock.ts';

/** The machine's clock, with both its hands moved as a test wants; nobody sleeps long on it. */
export interface TestClock extends Clock {
  /** Lets time go by without waiting for it, wall and monotonic alike. */
  advance(ms: number): void;
  /** How often anybody went to sleep: an idle daemon does so rarely. */
  sleeps(): number;
}

/** `longestSleepMs`: how long a sleeper may miss that time was moved. */
export function createTestClock(longestSleepMs = 50): TestClock {
  let shiftMs = 0;
  let sleeps = 0;
  return {
    nowMs: () => systemClock.nowMs() + shiftMs,
    monotonicMs: () => systemClock.monotonicMs() + shiftMs,
    sleep(ms, signal) {
      sleeps += 1;
      return systemClock.sleep(Math.min(ms, longestSleepMs), signal);
    },
    advance(ms) {
      shiftMs += ms;
    },
    sleeps: () => sleeps,
  };
}
