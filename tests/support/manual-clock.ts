import type { Clock } from '#core/ports/clock.ts';

/** A clock that stands still until a test moves it on. */
export interface ManualClock extends Clock {
  /** Moves both times on, and wakes whoever sleeps no longer than that. */
  advance(ms: number): Promise<void>;
  /** Sets the wall time, as a person or a time server does; nobody wakes. */
  setWall(ms: number): void;
  /** How many sleep. */
  sleepers(): number;
}

/** Starts a clock at noon of a day. */
export function createManualClock(startMs = Date.UTC(2026, 10, 22, 12)): ManualClock {
  let wallMs = startMs;
  let monotonicMs = 0;
  const sleeping = new Set<{ readonly untilMs: number; readonly wake: () => void }>();

  return {
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    sleepers: () => sleeping.size,
    setWall(ms) {
      wallMs = ms;
    },
    sleep(ms, signal) {
      if (signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const sleeper = {
          untilMs: monotonicMs + ms,
          wake: () => {
            sleeping.delete(sleeper);
            signal.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleeping.add(sleeper);
        signal.addEventListener('abort', sleeper.wake);
      });
    },
    async advance(ms) {
      wallMs += ms;
      monotonicMs += ms;
      for (const sleeper of [...sleeping]) if (sleeper.untilMs <= monotonicMs) sleeper.wake();
      await new Promise(setImmediate);
    },
  };
}
