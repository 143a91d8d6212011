import { describeError } from '#core/errors.ts';
import { placeLane } from '#core/operation.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { createWorker, type Handler, type Worker } from '#daemon/worker.ts';

export interface PlaceLanesDeps {
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  /** What is done in a place's lane. */
  readonly handlersOf: (location: string) => Readonly<Record<string, Handler>>;
  readonly onDone: () => void;
}

/** A worker for each place, which comes and goes with it. */
export interface PlaceLanes {
  run(signal: AbortSignal): Promise<void>;
  poke(): void;
}

const syncEveryMs = 60_000;

export function createPlaceLanes(deps: PlaceLanesDeps): PlaceLanes {
  const { catalogue, clock, log } = deps;
  const workers = new Map<string, { readonly worker: Worker; readonly running: Promise<void> }>();
  let wake = new AbortController();

  const start = (location: string, signal: AbortSignal, onFailure: (error: unknown) => void) => {
    const worker = createWorker({
      ...{ catalogue, clock, log, onDone: deps.onDone },
      lane: placeLane(location),
      handlers: deps.handlersOf(location),
    });
    workers.set(location, { worker, running: worker.run(signal).catch(onFailure) });
  };

  return {
    poke() {
      wake.abort();
      for (const { worker } of workers.values()) worker.poke();
    },
    async run(signal) {
      const failed = new AbortController();
      const either = AbortSignal.any([signal, failed.signal]);
      const onFailure = (error: unknown) => {
        if (!signal.aborted) log.error({ error: describeError(error) }, 'The work at a place stopped.');
        failed.abort(error);
      };
      try {
        while (!either.aborted) {
          for (const { location } of catalogue.places.list()) {
            if (!workers.has(location)) start(location, either, onFailure);
          }
          await clock.sleep(syncEveryMs, AbortSignal.any([either, wake.signal]));
          if (wake.signal.aborted) wake = new AbortController();
        }
      } finally {
        await Promise.all([...workers.values()].map(({ running }) => running));
        workers.clear();
      }
      failed.signal.throwIfAborted();
    },
  };
}
