import { describeError, isReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import type { InboxMode } from '#core/inbox-mode.ts';
import { retryDelayMs } from '#core/operation.ts';
import type { Catalogue, Hold } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { contentFingerprint, fingerprint } from '#core/settle.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { Taken } from '#daemon/intake/take.ts';
import type { SpaceGuard } from '#daemon/space-guard.ts';
import type { HoldKeeper } from './hold.ts';
import { heldPathOf } from './hold-path.ts';
import type { Sightings } from './sightings.ts';
import { type InboxFile, statInboxFile } from './walk.ts';

export interface TakerDeps {
  readonly inbox: string;
  readonly root: () => string;
  readonly mode: () => InboxMode;
  readonly hold: () => HoldKeeper;
  readonly catalogue: Catalogue;
  readonly intake: Intake;
  readonly space: SpaceGuard;
  readonly sightings: Sightings;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly lookAgain: (path: string) => void;
}

/** Takes settled files of an inbox, a few at a time, and then clears them away as the inbox's mode says. */
export interface Taker {
  offer(file: InboxFile): void;
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
  const { catalogue, clock, log, sightings } = deps;
  const queue = new Map<string, InboxFile>();
  const waitingForRoom = new Map<string, InboxFile>();
  const attempts = new Map<string, number>();
  const running = new Map<string, Promise<void>>();
  let runningBytes = 0;
  const stopping = new AbortController();

  const hasRoomFor = ({ stat }: InboxFile) =>
    running.size < 2 || (running.size < filesAtOnce && runningBytes + stat.sizeBytes <= bytesAtOnce);

  const next = () => {
    while (!stopping.signal.aborted) {
      const file = queue.values().next().value;
      if (file === undefined || !hasRoomFor(file)) return;
      queue.delete(file.path);
      runningBytes += file.stat.sizeBytes;
      running.set(
        file.path,
        takeOne(file).finally(() => {
          running.delete(file.path);
          runningBytes -= file.stat.sizeBytes;
          next();
        }),
      );
    }
  };

  const takeOne = async (file: InboxFile): Promise<void> => {
    const sighting = catalogue.sightings.find(deps.inbox, file.path);
    if (sighting === null) return;
    try {
      using room = await deps.space.admit(file.stat.sizeBytes);
      if (room === null) {
        waitingForRoom.set(file.path, file);
        catalogue.sightings.update(sighting.id, { state: 'waiting', reason: 'no-room' }, clock.nowMs());
        return;
      }
      await takeWithRoom(file, sighting.id);
      attempts.delete(file.path);
    } catch (error) {
      onFailure(file, sighting.id, error);
    }
  };

  const takeWithRoom = async (file: InboxFile, id: number): Promise<void> => {
    const root = deps.root();
    const mode = deps.mode();
    const isLarge = file.stat.sizeBytes >= showProgressFromBytes;
    if (isLarge) catalogue.sightings.update(id, { state: 'taking', reason: null }, clock.nowMs());
    const { taken, hold } = await recordWhile(file, id, mode, root, isLarge);
    if (hold !== null) await clear(hold, taken);
  };

  const recordWhile = async (
    file: InboxFile,
    id: number,
    mode: InboxMode,
    root: string,
    isLarge: boolean,
  ) => {
    let hold: Hold | null = null;
    const taken = await deps.intake.take({
      source: { path: `${root}/${file.path}`, within: root },
      continues: null,
      sizeBytes: file.stat.sizeBytes,
      signal: stopping.signal,
      ...(isLarge ? { onProgress: (bytes: number) => catalogue.sightings.setProgress(id, bytes) } : {}),
      alsoRecord: (result) => {
        if (mode === 'keep') return noteTaken(file.path, result, result.outcome.kind);
        catalogue.sightings.forget(id);
        hold = newHold(file.path, result);
        catalogue.holds.add(hold);
      },
    });
    return { taken, hold: hold as Hold | null };
  };

  const newHold = (path: string, { digest, outcome, staged }: Taken): Hold => {
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
    };
  };

  /** The file stays where it is; its row keeps it from being taken again for as long as it does not change. */
  const noteTaken = (path: string, { staged }: Pick<Taken, 'staged'>, reason: string) => {
    catalogue.sightings.see(
      {
        inbox: deps.inbox,
        path,
        sizeBytes: staged.sizeBytes,
        fingerprint: fingerprint(staged.stat),
        state: 'taken',
        reason,
      },
      clock.nowMs(),
    );
  };

  /** Everything is durable: the original may move, if it is still what was taken. */
  const clear = async (hold: Hold, taken: Taken): Promise<void> => {
    const stat = await statInboxFile(deps.root(), hold.path);
    sightings.forget(hold.path);
    if (stat === null || fingerprint(stat) !== fingerprint(taken.staged.stat)) {
      catalogue.holds.remove(hold.id);
      return deps.lookAgain(hold.path);
    }
    try {
      await deps.hold().place(hold);
    } catch (error) {
      // The video is safe in the vault; the original just stays where it is.
      catalogue.together(() => {
        catalogue.holds.remove(hold.id);
        noteTaken(hold.path, taken, 'cannot-clear');
      });
      log.warn(
        { file: displayName(hold.path), error: describeError(error) },
        'A saved original could not be moved out of the inbox.',
      );
    }
  };

  const onFailure = (file: InboxFile, id: number, error: unknown) => {
    if (isReelholdError(error, 'aborted')) return;
    if (isReelholdError(error, 'missing') && error.side === 'source') return sightings.forget(file.path);
    if (isReelholdError(error, 'changed')) {
      catalogue.sightings.update(id, { state: 'settling', reason: null }, clock.nowMs());
      return sightings.restart(file.path, 0);
    }
    const attempt = (attempts.get(file.path) ?? 0) + 1;
    attempts.set(file.path, attempt);
    const reason = isReelholdError(error) ? `${error.side ?? 'vault'}-${error.kind}` : 'failed';
    catalogue.sightings.update(id, { state: 'waiting', reason }, clock.nowMs());
    sightings.restart(file.path, retryDelayMs(attempt));
    log.warn(
      { file: displayName(file.path), attempt, error: describeError(error) },
      'A file could not be taken; it stays in the inbox and is tried again.',
    );
  };

  return {
    offer(file) {
      if (waitingForRoom.has(file.path) || running.has(file.path)) return;
      queue.set(file.path, file);
      next();
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
