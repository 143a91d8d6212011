import type { Clock } from '#core/ports/clock.ts';

/** A sleep that can be cut short; a wake-up that comes before the sleep is not lost. */
export interface Wake {
  now(): void;
  sleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void>;
}

export function createWake(): Wake {
  let current = new AbortController();
  return {
    now: () => current.abort('awake'), // a reason of our own spares the making of an error
    async sleep(ms, clock, signal) {
      await clock.sleep(ms, AbortSignal.any([signal, current.signal]));
      if (current.signal.aborted) current = new AbortController();
    },
  };
}
