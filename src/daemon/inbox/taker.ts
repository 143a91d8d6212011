import { describeError, isReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import { retryDelayMs } from '#core/operation.ts';
import type { Belongs } from '#core/plan-parts.ts';
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
import { noRoom } from './take-errors.ts';
import { type InboxFile, requireInboxFile } from './walk.ts';

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
  /** Told what was taken, and as whose. */
  readonly onTaken: (path: string, belongs: Belongs | null) => void;
}

/** A file that has settled, and the video of which it is; `belongs` is null for a video of its own. */
export interface OfferedFile extends InboxFile {
  readonly belongs: Belongs | null;
}

/**
 * Takes settled files of an inbox that look whole, a few at a time, and then clears them away as the inbox's mode
 * says. What came damaged or unfinished stays.
 */
export interface Taker {
  offer(file: OfferedFile): void;
  /**
   * Takes a file as it is now, whatever holds it back; the original of one that is damaged or unfinished stays.
   * Fails with a `ReelholdError` where it is gone, changes meanwhile, or there is no room for it.
   */
  takeAnyway(path: string, belongs: Belongs | null): Promise<Taken>;
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

/** A list that names no video is no video itself, however long it waits. */
const listOfNoneMs = 30 * 60_000;

/** Small files go many at a time, so that they are made durable together; large ones a few. */
const filesAtOnce = 128;
const bytesAtOnce = 256 * 1024 * 1024;

export function createTaker(deps: TakerDeps): Taker {
  const { log, sightings, state, examiner } = deps;
  const notes = createSightingNotes(deps);
  const queue = new Map<string, OfferedFile>();
  const waitingForRoom = new Map<string, OfferedFile>();
  const running = new Map<string, Promise<unknown>>();
  const resumed = new Set<string>();
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
      void start(file, takeOne(file));
    }
  };

  const start = async <T>(file: InboxFile, taking: Promise<T>): Promise<T> => {
    runningBytes += file.stat.sizeBytes;
    running.set(file.path, taking);
    try {
      return await taking;
    } finally {
      onOver(file);
    }
  };

  const onOver = ({ path, stat }: InboxFile) => {
    running.delete(path);
    runningBytes -= stat.sizeBytes;
    if (deferred.delete(path)) deps.lookAgain(path);
    next();
  };

  const takeOne = async (file: OfferedFile): Promise<void> => {
    try {
      const found = await examiner.examine(file);
      if (found.kind === 'wait') return wait(file.path, found.reason, found.delayMs);
      if (file.belongs?.kind === 'listed' && found.videos?.length === 0) {
        return wait(file.path, 'list-of-no-video', listOfNoneMs);
      }
      if ((await take(file, found)) === null) waitForRoom(file);
    } catch (error) {
      onFailure(file.path, error);
    }
  };

  const wait = (path: string, reason: string, delayMs: number) => {
    sightings.delay(path, delayMs);
    notes.state(path, 'waiting', reason);
  };

  /** Null where there is no room for it. */
  const take = async (file: OfferedFile, as: TakeAs): Promise<Taken | null> => {
    using room = await deps.space.admit(file.stat.sizeBytes);
    if (room === null) return null;
    resumed.delete(file.path);
    const taken = await archive.take(file, as, room);
    attempts.delete(file.path);
    return taken;
  };

  const takeAsItIs = async (file: OfferedFile): Promise<Taken> => {
    try {
      const taken = await take(file, await examiner.asItIs(file));
      if (taken === null) throw noRoom(file.path);
      return taken;
    } catch (error) {
      onFailure(file.path, error);
      throw error;
    }
  };

  const waitForRoom = (file: OfferedFile) => {
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
    async takeAnyway(path, belongs) {
      for (;;) {
        await running.get(path)?.catch(() => {}); // whoever began it hears of it
        const file = { path, stat: await requireInboxFile(state.root(), path), belongs };
        if (running.has(path)) continue;
        withdraw(path);
        return await start(file, takeAsItIs(file));
      }
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
