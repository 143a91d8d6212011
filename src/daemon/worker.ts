import { describeError, isReelholdError } from '#core/errors.ts';
import { keepFailure } from '#core/kept-failure.ts';
import { afterFailure, type Lane, type Operation } from '#core/operation.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';

export interface RunContext {
  readonly signal: AbortSignal;
  /** Per cent. */
  readonly setProgress: (percent: number) => void;
}

/** What an operation came to: a word for its history, or nothing; it throws where it failed. */
export type Handler = (operation: Operation, context: RunContext) => Promise<string | undefined>;

/** Runs a lane's operations one after the other, and sleeps while none is due. */
export interface Worker {
  run(signal: AbortSignal): Promise<void>;
  /** Says that there may be something to do. */
  poke(): void;
  /** Runs whatever is due now, and returns when nothing is. */
  drain(signal: AbortSignal): Promise<void>;
}

const longestSleepMs = 60_000;
const progressEveryMs = 500;

export function createWorker(deps: {
  readonly lane: Lane;
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  /** Told after each operation that was done: it may have asked for others. */
  readonly onDone?: () => void;
}): Worker {
  const { catalogue, clock, log } = deps;
  let wake = new AbortController();

  const runNext = async (signal: AbortSignal): Promise<boolean> => {
    const operation = catalogue.operations.claim(deps.lane, clock.nowMs());
    if (operation === null) return false;
    try {
      const handler = deps.handlers[operation.kind];
      if (handler === undefined) throw new TypeError(`nobody knows how to do "${operation.kind}"`);
      const result = await handler(operation, { signal, setProgress: throttledProgress(operation.id) });
      const outcome = { state: 'done', notBeforeMs: operation.notBeforeMs, error: null } as const;
      catalogue.operations.finish(
        operation.id,
        { ...outcome, ...(result === undefined ? {} : { result }) },
        clock.nowMs(),
      );
      deps.onDone?.();
    } catch (error) {
      onFailure(operation, error, signal);
    }
    return true;
  };

  const onFailure = (operation: Operation, error: unknown, signal: AbortSignal) => {
    if (signal.aborted) {
      catalogue.operations.finish(
        operation.id,
        { state: 'pending', notBeforeMs: operation.notBeforeMs, error: null },
        clock.nowMs(),
      );
      return;
    }
    const failure = { retryable: isReelholdError(error) && error.retryable, message: describeError(error) };
    const outcome = afterFailure(operation.attempt, failure, clock.nowMs());
    catalogue.operations.finish(operation.id, { ...outcome, failure: keepFailure(error) }, clock.nowMs());
    const facts = {
      operation: operation.kind,
      subject: operation.subject,
      attempt: operation.attempt,
      error: failure.message,
    };
    log.warn(
      facts,
      failure.retryable ? 'An operation failed; it is tried again later.' : 'An operation failed.',
    );
  };

  /** Called by timers, where nobody would catch anything. */
  const throttledProgress = (id: number) => {
    let lastMs = Number.NEGATIVE_INFINITY;
    return (percent: number) => {
      if (clock.monotonicMs() - lastMs < progressEveryMs) return;
      lastMs = clock.monotonicMs();
      try {
        catalogue.operations.setProgress(id, percent);
      } catch (error) {
        log.debug({ error: describeError(error) }, 'The progress of an operation could not be noted.');
      }
    };
  };

  const sleepUntilDue = async (signal: AbortSignal): Promise<void> => {
    const dueMs = catalogue.operations.nextDueMs(deps.lane);
    const waitMs =
      dueMs === null ? longestSleepMs : Math.min(longestSleepMs, Math.max(0, dueMs - clock.nowMs()));
    await clock.sleep(waitMs, AbortSignal.any([signal, wake.signal]));
    if (wake.signal.aborted) wake = new AbortController();
  };

  return {
    poke: () => wake.abort(),
    async drain(signal) {
      while (!signal.aborted && (await runNext(signal))) {
        // each run may have made the next one due
      }
    },
    async run(signal) {
      while (!signal.aborted) if (!(await runNext(signal))) await sleepUntilDue(signal);
    },
  };
}
