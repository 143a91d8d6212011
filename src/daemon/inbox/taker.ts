import {
  describeError,
  type FailureKind,
  isReelholdError,
  ReelholdError,
  translateError,
} from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import { retryDelayMs } from '#core/operation.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { Catalogue, Hold } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { contentFingerprint, fingerprint } from '#core/settle.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { Taken } from '#daemon/intake/take.ts';
import type { Room, SpaceGuard } from '#daemon/space-guard.ts';
import type { HoldKeeper } from './hold.ts';
import { heldPathOf } from './hold-path.ts';
import type { InboxState } from './inbox-state.ts';
import type { Sightings } from './sightings.ts';
import { type InboxFile, statInboxFile } from './walk.ts';

export interface TakerDeps {
  readonly inbox: string;
  readonly state: InboxState;
  readonly hold: HoldKeeper;
  readonly catalogue: Catalogue;
  readonly intake: Intake;
  readonly space: SpaceGuard;
  readonly sightings: Sightings;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  /** Asks for a look at a file that changed while it was being taken. */
  readonly lookAgain: (path: string) => void;
}

/** What may go well another time; a folder that must not be written to stays so. */
const passingFailures: ReadonlySet<FailureKind> = new Set(['io', 'full', 'busy', 'unreachable']);

/** A file that has settled, and the video of which it is; `belongs` is null for a video of its own. */
export interface OfferedFile extends InboxFile {
  readonly belongs: Belongs | null;
}

/** Takes settled files of an inbox, a few at a time, and then clears them away as the inbox's mode says. */
export interface Taker {
  offer(file: OfferedFile): void;
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
/** Smaller files are in before anybody could read their progress. */
const showProgressFromBytes = 4 * 1024 * 1024;

export function createTaker(deps: TakerDeps): Taker {
  const { catalogue, clock, log, sightings, state, hold } = deps;
  const queue = new Map<string, OfferedFile>();
  const waitingForRoom = new Map<string, OfferedFile>();
  const running = new Map<string, Promise<void>>();
  const deferred = new Set<string>();
  const attempts = new Map<string, number>();
  /** Videos whose file went on changing before it could be cleared away. */
  const continued = new Map<string, string>();
  const stopping = new AbortController();
  let runningBytes = 0;

  const hasTurn = ({ stat }: InboxFile) =>
    running.size < 2 || (running.size < filesAtOnce && runningBytes + stat.sizeBytes <= bytesAtOnce);

  const next = () => {
    while (!stopping.signal.aborted) {
      const file = queue.values().next().value;
      if (file === undefined || !hasTurn(file)) return;
      queue.delete(file.path);
      runningBytes += file.stat.sizeBytes;
      running.set(
        file.path,
        takeOne(file).then(() => onOver(file)),
      );
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
      using room = await deps.space.admit(file.stat.sizeBytes);
      if (room === null) return waitForRoom(file);
      await requireUnchanged(file);
      await takeWithRoom(file, room);
      attempts.delete(file.path);
    } catch (error) {
      onFailure(file.path, error);
    }
  };

  const waitForRoom = (file: OfferedFile) => {
    waitingForRoom.set(file.path, file);
    noteState(file.path, 'waiting', 'no-room');
  };

  /** It may have waited for its turn for hours. */
  const requireUnchanged = async ({ path, stat }: InboxFile): Promise<void> => {
    const now = await statInboxFile(state.root(), path);
    if (now !== null && fingerprint(now) === fingerprint(stat)) return;
    const facts = { operation: 'read', object: displayName(path), side: 'source' } as const;
    throw new ReelholdError({ ...facts, kind: 'changed' }, 'it changed after it had settled');
  };

  const takeWithRoom = async ({ path, stat, belongs }: OfferedFile, room: Room): Promise<void> => {
    const row = stat.sizeBytes >= showProgressFromBytes ? noteState(path, 'taking', null) : null;
    const onProgress = (bytes: number) => {
      room.use(bytes);
      if (row !== null) showProgress(row, bytes);
    };
    let held: Hold | null = null;
    const taken = await deps.intake.take({
      source: { path: `${state.root()}/${path}`, within: state.root() },
      continues: continued.get(path) ?? null,
      belongs,
      sizeBytes: stat.sizeBytes,
      settledAs: fingerprint(stat),
      signal: stopping.signal,
      ...(row === null ? {} : { onProgress }),
      alsoRecord: (result) => {
        // The mode as it is now: another program may have moved in meanwhile.
        if (state.mode() === 'keep') return noteTaken(path, result, result.outcome.kind);
        held = newHold(path, belongs, result);
        hold.record(held);
        sightings.forget(path);
      },
    });
    continued.delete(path);
    await clear(path, taken, held);
  };

  /** Called by a timer, where nobody would catch anything: what cannot be shown now is shown next time. */
  const showProgress = (row: number, bytes: number) => {
    try {
      catalogue.sightings.setProgress(row, bytes);
    } catch (error) {
      log.debug({ error: describeError(error) }, 'The progress of a copy could not be noted.');
    }
  };

  const newHold = (path: string, belongs: Belongs | null, { digest, outcome, staged }: Taken): Hold => {
    const id = deps.newId();
    return {
      id,
      inbox: deps.inbox,
      path,
      heldPath: heldPathOf(id, path),
      digest,
      video: outcome.video,
      sizeBytes: staged.sizeBytes,
      fingerprint: contentFingerprint(staged.stat),
      heldAtMs: clock.nowMs(),
      belongs,
    };
  };

  /** The file stays where it is; its row keeps it from being taken again for as long as it does not change. */
  const noteTaken = (path: string, { staged, outcome }: Taken, reason: string) => {
    const print = fingerprint(staged.stat);
    const seen = { inbox: deps.inbox, path, sizeBytes: staged.sizeBytes, fingerprint: print };
    const of = 'version' in outcome ? { versionId: outcome.version } : {};
    catalogue.sightings.see({ ...seen, ...of, state: 'taken', reason }, clock.nowMs());
    sightings.release(path);
  };

  /** Everything is durable: the original may move, if it is to, and if it is still what was taken. */
  const clear = async (path: string, taken: Taken, held: Hold | null): Promise<void> => {
    const stat = await statInboxFile(state.root(), path).catch(() => null);
    if (stat === null || fingerprint(stat) !== fingerprint(taken.staged.stat)) {
      if (stat?.inode === taken.staged.stat.inode) continued.set(path, taken.outcome.video);
      deferred.add(path);
      if (held !== null) hold.cancel(held);
      return;
    }
    if (held === null) return;
    try {
      await hold.place(held);
    } catch (error) {
      // The video is safe in the vault; the original just stays where it is, until the disk may do better.
      const failure = translateError(error, { operation: 'empty the inbox of', object: displayName(path) });
      const isPassing = passingFailures.has(failure.kind);
      catalogue.together(() => {
        hold.cancel(held);
        if (!isPassing) noteTaken(path, taken, 'cannot-clear');
      });
      if (isPassing) return onFailure(path, failure);
      log.warn(
        { file: displayName(path), error: describeError(error) },
        'A saved original could not be moved out of the inbox.',
      );
    }
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
      noteState(path, 'waiting', reason);
    } catch (rowError) {
      log.warn({ error: describeError(rowError) }, 'The catalogue could not note that a file waits.');
    }
  };

  /** Writes only where something changes; gives the row's id. */
  const noteState = (path: string, to: 'taking' | 'waiting', reason: string | null): number | null => {
    const row = catalogue.sightings.find(deps.inbox, path);
    if (row !== null && (row.state !== to || row.reason !== reason)) {
      catalogue.sightings.update(row.id, { state: to, reason }, clock.nowMs());
    }
    return row?.id ?? null;
  };

  const withdraw = (path: string) => {
    queue.delete(path);
    waitingForRoom.delete(path);
  };

  return {
    offer(file) {
      waitingForRoom.delete(file.path);
      queue.set(file.path, file);
      next();
    },
    withdraw,
    forget(path) {
      withdraw(path);
      continued.delete(path);
      attempts.delete(path);
    },
    defer(path) {
      if (!running.has(path)) return false;
      deferred.add(path);
      return true;
    },
    isWaiting: () => waitingForRoom.size > 0,
    resume() {
      for (const [path, file] of waitingForRoom) queue.set(path, file);
      waitingForRoom.clear();
      next();
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled(running.values());
    },
  };
}
