import { mkdir } from 'node:fs/promises';
import { describeError } from '#core/errors.ts';
import type { InboxKind, InboxMode } from '#core/inbox-mode.ts';
import type { Mount } from '#core/mount-info.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { HashLists } from '#core/ports/hash-lists.ts';
import type { Log } from '#core/ports/log.ts';
import type { SourceFiles } from '#core/ports/source-files.ts';
import type { ChangeGuard } from '#daemon/change-guard.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import { isShort, type SpaceGuard } from '#daemon/space-guard.ts';
import { createExaminer } from './examine.ts';
import { createFolderNames } from './folder-names.ts';
import { createHoldKeeper } from './hold.ts';
import { createInboxState } from './inbox-state.ts';
import { createLateFiles } from './late-files.ts';
import { createListFiles } from './list-file.ts';
import { createListedFiles } from './listed-files.ts';
import { createLook } from './look.ts';
import { createSightings } from './sightings.ts';
import { createTakeAnyway, type TakenAnyway } from './take-anyway.ts';
import { createTaker } from './taker.ts';
import { createWake } from './wake.ts';
import type { WatchFolder } from './watch.ts';

export interface InboxDeps {
  /** Its name in rows. */
  readonly inbox: string;
  readonly root: string;
  readonly mode: InboxMode;
  readonly kind: InboxKind;
  readonly quietMs: number;
  readonly watch: WatchFolder;
  readonly readMounts: () => Promise<readonly Mount[]>;
  /** How often all of it is looked through where watching is not enough. */
  readonly scanEveryMs?: number;
  /** How long nothing may have changed, at least, on a drive that changes without a word. */
  readonly farQuietMs?: number;
  readonly catalogue: Catalogue;
  readonly intake: Intake;
  readonly space: SpaceGuard;
  /** Asked before an original is removed. */
  readonly changes: ChangeGuard;
  readonly clock: Clock;
  readonly log: Log;
  readonly location: string;
  readonly newId: () => string;
  readonly files: SourceFiles;
  readonly hashLists: HashLists;
}

/** A watched folder whose videos are taken when they have settled. */
export interface Inbox {
  /** Its name in rows. */
  readonly name: string;
  /** Watches and looks until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks at everything now. */
  lookAround(signal: AbortSignal): Promise<void>;
  /** Looks at held originals, and removes those whose time has come, unless much changes at once. */
  clear(spaceIsShort: boolean, signal: AbortSignal): Promise<void>;
  /** Takes a file that is not taken by itself, or that is held back: now, or as soon as it has stopped changing. */
  takeAnyway(path: string): Promise<TakenAnyway>;
  /** Finds its folder, for who looks and takes without running it; false where it is not there. */
  connect(): Promise<boolean>;
}

const identityEveryMs = 15_000;
const defaultScanEveryMs = 5 * 60_000;
const defaultFarQuietMs = 60_000;
/** Folders come with much in them: they are looked through together. */
const unclearDelayMs = 1_000;
/** What is left alone is listed in good time: a folder of pictures comes in a crowd. */
const leftDelayMs = 60_000;
/** Events come in crowds: they are answered together. */
const breathMs = 100;
/** Whatever failed is likely to fail again at once. */
const afterFailureMs = 5_000;

export function createInbox(deps: InboxDeps): Inbox {
  const { catalogue, clock, log, scanEveryMs = defaultScanEveryMs, farQuietMs = defaultFarQuietMs } = deps;
  const wake = createWake();
  /** What a watcher named since the last turn. */
  const touched = new Set<string>();
  /** What has to be looked at for another reason: that is no news of a writer. */
  const unsure = new Set<string>();
  let passWantedAtMs: number | null = null;
  let lastPassMs = Number.NEGATIVE_INFINITY;
  let isHoldCheckWanted = false;
  let passing: Promise<void> | null = null;

  const addTo = (paths: Set<string>) => (path: string) => {
    paths.add(path);
    wake.now();
  };
  const wantPass = (inMs: number) => {
    const atMs = clock.monotonicMs() + inMs;
    passWantedAtMs = Math.min(passWantedAtMs ?? atMs, atMs);
    wake.now();
  };

  const state = createInboxState({ ...deps, farQuietMs });
  const common = { ...deps, state, quietMs: state.quietMs };
  const sightings = createSightings(common);
  const hold = createHoldKeeper(common);
  const below = { ...deps, root: state.root };
  const reading = { ...below, names: createFolderNames(below) };
  const hasten = (path: string) => {
    sightings.hasten(path);
    wake.now();
  };
  const listed = createListedFiles(reading);
  const lists = createListFiles({ ...reading, listed, mode: state.mode });
  const examiner = createExaminer({ ...reading, listed, lists, hasten });
  const late = createLateFiles({ ...common, wantLook: wantPass });
  const taker = createTaker({
    ...{ ...common, hold, examiner, sightings },
    lookAgain: addTo(unsure),
    onWaiting: wake.now,
    onTaken: late.noteTaken,
  });
  const look = createLook({
    ...{ ...common, sightings, taker, late },
    onLeft: () => wantPass(leftDelayMs),
    onProject: () => wantPass(unclearDelayMs),
  });
  const takeAnyway = createTakeAnyway({ ...common, sightings, taker, look });

  const lookAtAll = async (): Promise<void> => {
    await state.lookAtMounts();
    await look.around();
  };

  const passOnce = async (): Promise<void> => {
    passing ??= lookAtAll().finally(() => {
      passing = null;
    });
    await passing;
  };

  const pass = async (): Promise<void> => {
    passWantedAtMs = null;
    lastPassMs = clock.monotonicMs();
    try {
      await passOnce();
      isHoldCheckWanted = true;
    } catch (error) {
      state.noteGone();
      throw error;
    }
  };

  const lookAt = async (paths: Set<string>, isEvent: boolean): Promise<void> => {
    const now = [...paths];
    paths.clear();
    await look.at(now, isEvent);
  };

  const clear: Inbox['clear'] = async (spaceIsShort, signal) => {
    if (!(await state.isSame())) return;
    if (state.mode() === 'keep' && catalogue.holds.list(deps.inbox).length === 0) return;
    try {
      await hold.check({ spaceIsShort, signal });
    } catch (error) {
      log.warn(
        { inbox: deps.root, error: describeError(error) },
        'The hold of the inbox could not be looked through.',
      );
    }
  };

  /** Whoever waits for room goes on as soon as there is some; originals go early where that makes room. */
  const makeRoom = async (signal: AbortSignal): Promise<void> => {
    const level = await deps.space.measure();
    if (isShort(level)) await clear(true, signal);
    if (level === 'enough' || level === 'low') taker.resume();
  };

  let watcher: AsyncDisposable | null = null;
  const reconnect = async (): Promise<void> => {
    await watcher?.[Symbol.asyncDispose]();
    watcher = null;
    // What it told was of another folder; this one is looked through as a whole.
    touched.clear();
    unsure.clear();
    if (!(await state.connect())) return state.noteGone();
    wantPass(0);
    if (!state.canBeWatched()) return;
    watcher = deps.watch(state.root(), {
      onFile: addTo(touched),
      onUnclear: () => wantPass(unclearDelayMs),
      onSign: () => wantPass(0),
      onUse: () => {
        if (state.mode() === 'consume') wantPass(0);
      },
      onTrouble: state.noteTrouble,
    });
  };

  const lookAtWhatIsDue = async (signal: AbortSignal): Promise<void> => {
    const now = clock.monotonicMs();
    const isPassDue = passWantedAtMs !== null && passWantedAtMs <= now;
    const isScanDue = state.isScanned() && now - lastPassMs >= scanEveryMs;
    if (isPassDue || isScanDue) await pass();
    if (!state.isKnown()) return;
    await lookAt(touched, true);
    await lookAt(unsure, false);
    await look.at(sightings.due(), false);
    await hold.lookAtDue();
    if (isHoldCheckWanted) {
      isHoldCheckWanted = false;
      await clear(false, signal);
    }
    if (taker.isWaiting()) await makeRoom(signal);
  };

  /** A turn that fails is made up for by a look through everything. Gives how long to pause after it, ms. */
  const turn = async (isFirst: boolean, signal: AbortSignal): Promise<number> => {
    try {
      if (isFirst || (await state.hasMoved())) await reconnect();
      if (state.isThere()) await lookAtWhatIsDue(signal);
      return breathMs;
    } catch (error) {
      log.warn(
        { inbox: deps.root, error: describeError(error) },
        'The inbox could not be looked at; trying again.',
      );
      wantPass(identityEveryMs);
      return afterFailureMs;
    }
  };

  /** Nothing is due in an inbox that is not there, but that it comes back. */
  const nextWakeMs = (): number => {
    const now = clock.monotonicMs();
    const times: (number | null)[] = [];
    if (state.isThere()) times.push(passWantedAtMs);
    if (state.isKnown()) times.push(sightings.nextDueMs(), hold.nextDueMs());
    if (state.isKnown() && state.isScanned()) times.push(lastPassMs + scanEveryMs);
    const due = times.filter((time) => time !== null);
    return Math.max(0, Math.min(now + identityEveryMs, ...due) - now);
  };

  return {
    name: deps.inbox,
    lookAround: passOnce,
    clear,
    async takeAnyway(path) {
      try {
        return await takeAnyway(path);
      } finally {
        // What is listed as left alone is so no longer.
        wantPass(unclearDelayMs);
      }
    },
    connect: state.connect,
    async run(signal) {
      await mkdir(deps.root, { recursive: true }).catch((error: unknown) => {
        log.warn({ inbox: deps.root, error: describeError(error) }, 'The inbox folder could not be made.');
      });
      for (let isFirst = true; !signal.aborted; isFirst = false) {
        await clock.sleep(await turn(isFirst, signal), signal);
        await wake.sleep(nextWakeMs(), clock, signal);
      }
      await watcher?.[Symbol.asyncDispose]();
      await Promise.all([taker.stop(), hold.stop()]);
    },
  };
}
