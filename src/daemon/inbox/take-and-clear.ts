import { describeError, type FailureKind, translateError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { Catalogue, Hold } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { contentFingerprint, fingerprint } from '#core/settle.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { Taken } from '#daemon/intake/take.ts';
import type { Room } from '#daemon/space-guard.ts';
import type { TakeAs } from './examine.ts';
import type { HoldKeeper } from './hold.ts';
import { heldPathOf } from './hold-path.ts';
import type { InboxState } from './inbox-state.ts';
import type { SightingNotes } from './sighting-notes.ts';
import type { Sightings } from './sightings.ts';
import { changedSince } from './take-errors.ts';
import type { OfferedFile } from './taker.ts';
import { type InboxFile, statInboxFile } from './walk.ts';

/** Brings one file of an inbox into the archive, and then clears it away where it may be. */
export interface TakeAndClear {
  /** Fails with `changed` where it is not as it had settled; what happens to the original is told by the deps. */
  take(file: OfferedFile, as: TakeAs, room: Room): Promise<Taken>;
  forget(path: string): void;
}

export interface TakeAndClearDeps {
  readonly inbox: string;
  readonly state: InboxState;
  readonly hold: HoldKeeper;
  readonly catalogue: Catalogue;
  readonly intake: Intake;
  readonly sightings: Sightings;
  readonly notes: SightingNotes;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly signal: AbortSignal;
  /** Told that the original is another one by now. */
  readonly onChanged: (path: string) => void;
  /** Told that the original could not be cleared away yet. */
  readonly onFailure: (path: string, error: unknown) => void;
  /** Told what was taken, and as whose. */
  readonly onTaken: (path: string, belongs: Belongs | null) => void;
}

/** What may go well another time; a folder that must not be written to stays so. */
const passingFailures: ReadonlySet<FailureKind> = new Set(['io', 'full', 'busy', 'unreachable']);

/** Smaller files are in before anybody could read their progress. */
const showProgressFromBytes = 4 * 1024 * 1024;

export function createTakeAndClear(deps: TakeAndClearDeps): TakeAndClear {
  const { catalogue, clock, log, sightings, state, hold, notes } = deps;
  /** Videos whose file went on changing before it could be cleared away. */
  const continued = new Map<string, string>();

  /** The video that a file goes on with: it was taken before it was whole. */
  const continues = (path: string): string | null => {
    const row = catalogue.sightings.find(deps.inbox, path);
    const begun = row?.state === 'taken' ? null : (row?.versionId ?? null);
    return continued.get(path) ?? (begun === null ? null : catalogue.archive.videoOfVersion(begun));
  };

  /** It may have waited for its turn for hours. */
  const requireUnchanged = async ({ path, stat }: InboxFile): Promise<void> => {
    const now = await statInboxFile(state.root(), path);
    if (now !== null && fingerprint(now) === fingerprint(stat)) return;
    throw changedSince(path);
  };

  const takeIt = async (
    { path, stat, belongs: asPlaced }: OfferedFile,
    as: TakeAs,
    room: Room,
  ): Promise<Taken> => {
    const belongs: Belongs | null =
      asPlaced?.kind === 'listed' ? { kind: 'listed', videos: as.videos ?? [] } : asPlaced;
    const row = stat.sizeBytes >= showProgressFromBytes ? notes.state(path, 'taking', null) : null;
    const onProgress = (bytes: number) => {
      room.use(bytes);
      if (row !== null) notes.progress(row, bytes);
    };
    let held: Hold | null = null;
    const taken = await deps.intake.take({
      source: { path: `${state.root()}/${path}`, within: state.root() },
      continues: continues(path),
      belongs,
      sizeBytes: stat.sizeBytes,
      settledAs: fingerprint(stat),
      damaged: as.damaged,
      expects: as.expects,
      signal: deps.signal,
      ...(row === null ? {} : { onProgress }),
      alsoRecord: (result) => {
        const isDamaged = result.damaged !== null;
        const stays = (reason: string) => notes.taken(path, belongs, result, reason);
        if (isDamaged || !as.mayClear) return stays(isDamaged ? 'damaged' : 'unfinished');
        // The mode as it is now: another program may have moved in meanwhile.
        if (state.mode() === 'keep') return stays(result.outcome.kind);
        held = newHold(path, belongs, result);
        hold.record(held);
        sightings.forget(path);
      },
    });
    continued.delete(path);
    if (as.videos === null && (taken.damaged !== null || !as.mayClear)) tellUnfinished(path, taken);
    await clear(path, taken, held);
    deps.onTaken(path, belongs);
    return taken;
  };

  const tellUnfinished = (path: string, { damaged }: Taken) => {
    log.warn(
      { file: displayName(path), damaged },
      'A file was saved as it is: it is damaged or unfinished, and its original stays in the inbox.',
    );
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

  /** Everything is durable: the original may move, if it is to, and if it is still what was taken. */
  const clear = async (path: string, taken: Taken, held: Hold | null): Promise<void> => {
    const stat = await statInboxFile(state.root(), path).catch(() => null);
    if (stat === null || fingerprint(stat) !== fingerprint(taken.staged.stat)) {
      if (stat?.inode === taken.staged.stat.inode) continued.set(path, taken.outcome.video);
      deps.onChanged(path);
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
        if (!isPassing) notes.taken(path, held.belongs ?? null, taken, 'cannot-clear');
      });
      if (isPassing) return deps.onFailure(path, failure);
      log.warn(
        { file: displayName(path), error: describeError(error) },
        'A saved original could not be moved out of the inbox.',
      );
    }
  };

  return {
    async take(file, as, room) {
      await requireUnchanged(file);
      return takeIt(file, as, room);
    },
    forget(path) {
      continued.delete(path);
    },
  };
}
