import { describeError, isReelholdError, ReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import { retryDelayMs } from '#core/operation.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { Taken } from '#daemon/intake/take.ts';
import type { SpaceGuard } from '#daemon/space-guard.ts';
import type { Examiner, TakeAs } from './examine.ts';
import type { HoldKeeper } from './hold.ts';
import type { InboxState } from './inbox-state.ts';
import { createSightingNotes } from './sighting-notes.ts';
import type { Sightings } from './sightings.ts';
import { createTakeAndClear } from './take-and-clear.ts';
import { type InboxFile, statInboxFile } from './walk.ts';

export interface TakerDeps {
  readonly inbox: string;
  readonly state: InboxState;
  readonly hold: HoldKeeper;
  readonly examiner: Examiner;
  readonly catalogue: Catalogue;
  readonly intake: Intake;
  readonly space: SpaceGuard;
  readonly sightings: Sightings;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  /** Asks for a look at a file that changed while it was being taken. */
  readonly lookAgain: (path: string) => void;
  /** Told that a file waits for room, so that some may be made. */
  readonly onWaiting: () => void;
}

/**
 * Takes settled files of an inbox that look whole, a few at a time, and then clears them away as the inbox's mode
 * says. What came damaged or unfinished stays.
 */
export interface Taker {
  offer(file: InboxFile): void;
  /**
   * Takes a file as it is now, whatever it looks like inside and whether it has settled; its original stays.
   * Fails with a `ReelholdError` where it is gone, changes meanwhile, or there is no room for it.
   */
  takeAnyway(path: string): Promise<Taken>;
  /** Takes a file back that has not had its turn: it is no longer as it was offered. */
  withdraw(path: string): void;
  /** As `withdraw`, for a file that is gone. */
  forget(path: string): void;
  /** True where the file is being taken right now: it is looked at again when that is over. */
  defer(path: string): boolean;
  /** Whether files wait for room in the vault. */
  isWaiting(): boolean;
  /** Tries again what waits for room. */
  resume(): void;
  /** Breaks off what is being taken, and resolves when nothing is. */
  stop(): Promise<void>;
}

/** Small files go many at a time, so that they are made durable together; large ones a few. */
const filesAtOnce = 128;
const bytesAtOnce = 256 * 1024 * 1024;

export function createTaker(deps: TakerDeps): Taker {
  const { log, sightings, state, examiner } = deps;
  const notes = createSightingNotes(deps);
  const queue = new Map<string, InboxFile>();
  const waitingForRoom = new Map<string, InboxFile>();
  const resumed = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const deferred = new Set<string>();
  const attempts = new Map<string, number>();
  const stopping = new AbortController();
  let runningBytes = 0;
  const archive = createTakeAndClear({
    ...deps,
    notes,
    signal: stopping.signal,
    onChanged: (path) => deferred.add(path),
    onFailure: (path, error) => onFailure(path, error),
  });

  const hasTurn = ({ stat }: InboxFile) =>
    running.size < 2 || (running.size < filesAtOnce && runningBytes + stat.sizeBytes <= bytesAtOnce);

  const next = () => {
    while (!stopping.signal.aborted) {
      const file = queue.values().next().value;
      if (file === undefined || !hasTurn(file)) return;
      queue.delete(file.path);
      begin(file, takeOne(file));
    }
  };

  const begin = (file: InboxFile, taking: Promise<void>) => {
    runningBytes += file.stat.sizeBytes;
    running.set(
      file.path,
      taking.then(() => onOver(file)),
    );
  };

  const onOver = ({ path, stat }: InboxFile) => {
    running.delete(path);
    runningBytes -= stat.sizeBytes;
    if (deferred.delete(path)) deps.lookAgain(path);
    next();
  };

  const takeOne = async (file: InboxFile): Promise<void> => {
    try {
      const found = await examiner.examine(file);
      if (found.kind === 'wait') {
        sightings.delay(file.path, found.delayMs);
        notes.state(file.path, 'waiting', found.reason);
      } else if ((await take(file, found)) === null) waitForRoom(file);
    } catch (error) {
      onFailure(file.path, error);
    }
  };

  /** Null where there is no room for it. */
  const take = async (file: InboxFile, as: TakeAs): Promise<Taken | null> => {
    using room = await deps.space.admit(file.stat.sizeBytes);
    if (room === null) return null;
    resumed.delete(file.path);
    const taken = await archive.take(file, as, room);
    attempts.delete(file.path);
    return taken;
  };

  const takeAsItIs = async (file: InboxFile): Promise<Taken> => {
    const taken = await take(file, await examiner.asItIs(file));
    if (taken !== null) return taken;
    const facts = {
      operation: 'copy into the vault',
      object: displayName(file.path),
      side: 'vault',
    } as const;
    throw new ReelholdError({ ...facts, kind: 'full' }, 'there is no room for it');
  };

  /** As soon as it is not being taken anyhow. */
  const beginAnyway = async (path: string): Promise<{ readonly taking: Promise<Taken> }> => {
    for (;;) {
      await running.get(path);
      const stat = await statInboxFile(state.root(), path);
      if (running.has(path)) continue;
      const facts = { operation: 'take', object: displayName(path), side: 'source' } as const;
      if (stat === null) throw new ReelholdError({ ...facts, kind: 'missing' }, 'it is not there');
      withdraw(path);
      const taking = takeAsItIs({ path, stat });
      begin(
        { path, stat },
        taking.then(
          () => undefined,
          () => undefined,
        ),
      );
      return { taking };
    }
  };

  const waitForRoom = (file: InboxFile) => {
    waitingForRoom.set(file.path, file);
    notes.state(file.path, 'waiting', 'no-room');
    // One that was only tried again asks for nothing new: it would be tried without end.
    if (!resumed.delete(file.path)) deps.onWaiting();
  };

  const onFailure = (path: string, error: unknown) => {
    if (isReelholdError(error, 'aborted')) return;
    const isGone = isReelholdError(error, 'missing') && error.side === 'source';
    if (isGone || isReelholdError(error, 'changed')) {
      deferred.add(path);
      return;
    }
    const attempt = (attempts.get(path) ?? 0) + 1;
    attempts.set(path, attempt);
    sightings.delay(path, retryDelayMs(attempt));
    log.warn(
      { file: displayName(path), attempt, error: describeError(error) },
      'A file could not be taken; it stays in the inbox and is tried again.',
    );
    try {
      const reason = isReelholdError(error) ? `${error.side ?? 'vault'}-${error.kind}` : 'failed';
      notes.state(path, 'waiting', reason);
    } catch (rowError) {
      log.warn({ error: describeError(rowError) }, 'The catalogue could not note that a file waits.');
    }
  };

  const withdraw = (path: string) => {
    queue.delete(path);
    waitingForRoom.delete(path);
    resumed.delete(path);
  };

  return {
    offer(file) {
      waitingForRoom.delete(file.path);
      queue.set(file.path, file);
      next();
    },
    async takeAnyway(path) {
      const { taking } = await beginAnyway(path);
      return taking;
    },
    withdraw,
    forget(path) {
      withdraw(path);
      archive.forget(path);
      attempts.delete(path);
      examiner.forget(path);
    },
    defer(path) {
      if (!running.has(path)) return false;
      deferred.add(path);
      return true;
    },
    isWaiting: () => waitingForRoom.size > 0,
    resume() {
      for (const [path, file] of waitingForRoom) {
        queue.set(path, file);
        resumed.add(path);
      }
      waitingForRoom.clear();
      next();
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled(running.values());
    },
  };
}
