import { describeError } from '#core/errors.ts';
import type { FixedLane } from '#core/operation.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { ChangeGuard } from './change-guard.ts';
import type { Inbox } from './inbox/inbox.ts';
import { watchLibrary } from './library-watch.ts';
import type { LibraryGuard } from './operations/check-library.ts';
import { createPlaceLanes, type PlaceLanesDeps } from './places/place-lanes.ts';
import { plannedJobs, runScheduler } from './scheduler.ts';
import { isShort, type SpaceGuard } from './space-guard.ts';
import { createWorker, type Handler, type Worker } from './worker.ts';

export interface DaemonDeps {
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly inboxes: readonly Pick<Inbox, 'run' | 'lookAround' | 'clear'>[];
  readonly space: SpaceGuard;
  readonly changes: ChangeGuard;
  readonly handlers: Readonly<Record<FixedLane, Readonly<Record<string, Handler>>>>;
  /** The places other than the vault: a lane for each, and who looks whether they are there. */
  readonly places: {
    readonly handlersOf: PlaceLanesDeps['handlersOf'];
    readonly watch: (onCame: () => void, signal: AbortSignal) => Promise<void>;
  };
  /** The readable tree to watch, and how to look at one of its paths; null where there is none. */
  readonly library: { readonly root: string; readonly look: LibraryGuard['look'] } | null;
  readonly timeZone: string;
  /** Grows whenever another process wrote to the catalogue. */
  readonly foreignWrites: () => number;
}

export interface Daemon {
  /**
   * Works until the signal is aborted, then finishes what must be finished; rejects with what stopped one of its
   * parts, when the others have stopped too.
   */
  run(signal: AbortSignal): Promise<void>;
  /** Says that there may be operations to run. */
  poke(): void;
}

const spaceEveryMs = 60_000;
const foreignEveryMs = 500;
const historyMs = 30 * 24 * 60 * 60 * 1000;

/** Inboxes, lanes and clock, running side by side. */
export function createDaemon(deps: DaemonDeps): Daemon {
  const { catalogue, clock, log, inboxes, space, changes } = deps;
  const poke = () => {
    for (const worker of workers) worker.poke();
    placeLanes.poke();
  };

  /** One that cannot be looked at keeps nobody from looking at the others. */
  const lookAroundAll = async (signal: AbortSignal) => {
    const looked = await Promise.allSettled(inboxes.map((inbox) => inbox.lookAround(signal)));
    for (const outcome of looked) if (outcome.status === 'rejected') throw outcome.reason;
  };

  const clearAll = async (spaceIsShort: boolean, signal: AbortSignal) => {
    for (const inbox of inboxes) await inbox.clear(spaceIsShort, signal);
  };

  const own: Partial<Record<FixedLane, Readonly<Record<string, Handler>>>> = {
    intake: {
      'look-around': async (_operation, { signal }) => {
        await lookAroundAll(signal);
        return undefined;
      },
      'clear-hold': async (_operation, { signal }) => {
        await clearAll(isShort(await space.measure()), signal);
        // Also where no original is due: the page has to say it.
        return changes.mayRemove() ? undefined : 'many videos changed at once: nothing is removed';
      },
    },
    vault: {
      tidy: async () => {
        catalogue.operations.prune(clock.nowMs() - historyMs);
        return undefined;
      },
    },
  };
  const lanes: readonly FixedLane[] = ['intake', 'media', 'library', 'vault'];
  const workers: readonly Worker[] = lanes.map((lane) =>
    createWorker({
      ...{ lane, catalogue, clock, log },
      handlers: { ...deps.handlers[lane], ...own[lane] },
      onDone: () => poke(),
    }),
  );

  const { handlersOf } = deps.places;
  const placeLanes = createPlaceLanes({ catalogue, clock, log, handlersOf, onDone: () => poke() });

  /** The command line inserts operations from its own process. */
  const watchForeignWrites = async (signal: AbortSignal) => {
    let seen = deps.foreignWrites();
    while (!signal.aborted) {
      await clock.sleep(foreignEveryMs, signal);
      const now = deps.foreignWrites();
      if (now !== seen) poke();
      seen = now;
    }
  };

  const watchSpace = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      if (isShort(await space.measure())) await clearAll(true, signal);
      await clock.sleep(spaceEveryMs, signal);
    }
  };

  const watchTree = ({ root, look }: NonNullable<DaemonDeps['library']>, signal: AbortSignal) =>
    watchLibrary(root, log, (path) => {
      look(path, signal).catch((error: unknown) => {
        log.warn({ path, error: describeError(error) }, 'A file of the library could not be looked at.');
      });
    });

  return {
    poke,
    async run(asked) {
      const stop = new AbortController();
      const signal = AbortSignal.any([asked, stop.signal]);
      /** One that stops takes the others along: the archive is closed when all of them have let go of it. */
      const guarded = async (what: string, run: () => Promise<void>) => {
        try {
          await run();
        } catch (error) {
          if (signal.aborted) return;
          log.error({ part: what, error: describeError(error) }, 'A part of the daemon stopped.');
          stop.abort(error);
        }
      };
      const left = catalogue.operations.recover();
      if (left > 0) log.info({ operations: left }, 'Work that was cut off goes on.');
      const schedule = {
        jobs: plannedJobs(),
        catalogue,
        clock,
        log,
        timeZone: deps.timeZone,
        onInsert: poke,
      };
      await using libraryWatch = deps.library === null ? null : watchTree(deps.library, signal);
      void libraryWatch;
      await Promise.all([
        ...inboxes.map((inbox) => guarded('inbox', () => inbox.run(signal))),
        guarded('scheduler', () => runScheduler(schedule, signal)),
        guarded('space', () => watchSpace(signal)),
        guarded('foreign writes', () => watchForeignWrites(signal)),
        guarded('places', () => placeLanes.run(signal)),
        guarded('looking for places', () => deps.places.watch(poke, signal)),
        ...workers.map((worker, index) => guarded(lanes[index] ?? '', () => worker.run(signal))),
      ]);
      stop.signal.throwIfAborted();
    },
  };
}
