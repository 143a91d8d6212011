import { mkdir, realpath, stat } from 'node:fs/promises';
import { type InboxOwner, judgeName } from '#core/candidates.ts';
import type { SpaceLevel } from '#core/disk-space.ts';
import { describeError, isReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import { effectiveMode, type InboxMode } from '#core/inbox-mode.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { SpaceGuard } from '#daemon/space-guard.ts';
import { createHoldKeeper, type HoldKeeper } from './hold.ts';
import { isHeldPath } from './hold-path.ts';
import { createSightings } from './sightings.ts';
import { createTaker } from './taker.ts';
import { statInboxFile, type WalkReport, walkInbox } from './walk.ts';
import { watchInbox } from './watch.ts';

export interface InboxDeps {
  /** Its name in rows. */
  readonly inbox: 'inbox';
  readonly root: string;
  readonly mode: InboxMode;
  readonly quietMs: number;
  readonly catalogue: Catalogue;
  readonly intake: Intake;
  readonly space: SpaceGuard;
  readonly clock: Clock;
  readonly log: Log;
  readonly location: string;
  readonly newId: () => string;
}

/** A watched folder whose videos are taken when they have settled. */
export interface Inbox {
  /** Watches and looks until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks at everything now. */
  lookAround(signal: AbortSignal): Promise<void>;
  /** Removes held originals whose time has come. */
  clear(spaceIsShort: boolean, signal: AbortSignal): Promise<void>;
}

const identityEveryMs = 15_000;
const partialPassEveryMs = 5 * 60_000;
const folderDebounceMs = 1_000;
/** Events come in crowds: they are answered together. */
const breathMs = 100;

export function createInbox(deps: InboxDeps): Inbox {
  const { catalogue, clock, log, quietMs } = deps;
  const sightings = createSightings({ inbox: deps.inbox, catalogue, clock, quietMs });
  const state = {
    root: deps.root,
    identity: '',
    troubles: 0,
    mode: deps.mode,
    forcedBy: null as InboxOwner | null,
  };
  const wake = createWake();
  let passWantedAtMs: number | null = 0;
  let lastPassMs = Number.NEGATIVE_INFINITY;
  let holdDueMs: number | null = null;
  let passing: Promise<void> | null = null;

  const holdKeeper = (): HoldKeeper => createHoldKeeper({ ...deps, root: state.root, quietMs });
  let hold = holdKeeper();

  const taker = createTaker({
    ...deps,
    root: () => state.root,
    mode: () => state.mode,
    hold: () => hold,
    sightings,
    lookAgain: (path) => void look(path, true),
  });

  const wantPass = (inMs: number) => {
    const at = clock.monotonicMs() + inMs;
    passWantedAtMs = passWantedAtMs === null ? at : Math.min(passWantedAtMs, at);
    wake.now();
  };

  const look = async (path: string, isEvent: boolean): Promise<void> => {
    if (isHeldPath(path)) {
      holdDueMs = clock.monotonicMs();
      return wake.now();
    }
    if (path === '' || judgeName(path) !== 'video') return;
    const fileStat = await statInboxFile(state.root, path);
    if (fileStat === null) {
      if ((await identityOf(deps.root)) === state.identity) sightings.forget(path);
    } else if (sightings.see({ path, stat: fileStat }, isEvent)) {
      taker.offer({ path, stat: fileStat });
    }
    wake.now();
  };

  const pass = async (): Promise<void> => {
    passWantedAtMs = null;
    lastPassMs = clock.monotonicMs();
    const before = await identityOf(deps.root);
    if (before === null) return noteCondition(null);
    const seen = new Set<string>();
    const report = await walkInbox(state.root, (files) => {
      const settled = catalogue.together(() =>
        files.filter((file) => {
          seen.add(file.path);
          return sightings.see(file, false);
        }),
      );
      for (const file of settled) taker.offer(file);
    });
    applyOwner(report);
    const isSameFolder = (await identityOf(deps.root)) === before;
    if (isSameFolder) forgetVanished(seen);
    noteCondition(report);
    holdDueMs = clock.monotonicMs();
  };

  /** Files that somebody took out of the inbox; the folder itself is there, and was all the time. */
  const forgetVanished = (seen: ReadonlySet<string>) => {
    for (const row of catalogue.sightings.list(deps.inbox)) {
      if (!seen.has(row.path) && row.state !== 'taking') sightings.forget(row.path);
    }
  };

  const applyOwner = ({ owner }: WalkReport) => {
    const { mode, forcedBy } = effectiveMode(deps.mode, owner);
    if (forcedBy !== state.forcedBy && forcedBy !== null) {
      log.info(
        { inbox: deps.root, forcedBy },
        'Another program uses this inbox: its files are left where they are.',
      );
    }
    Object.assign(state, { mode, forcedBy });
  };

  const noteCondition = (report: WalkReport | null) => {
    catalogue.notes.setCondition(
      `inbox:${deps.inbox}`,
      {
        root: deps.root,
        state: report === null ? 'gone' : state.troubles > 0 ? 'watched-partly' : 'watched',
        mode: state.mode,
        forcedBy: state.forcedBy,
        lastLookedAtMs: report === null ? null : clock.nowMs(),
        ignored: report?.ignored ?? 0,
        notVideos: report?.notVideos ?? 0,
      },
      clock.nowMs(),
    );
  };

  const passOnce = async (): Promise<void> => {
    passing ??= pass().finally(() => {
      passing = null;
    });
    try {
      await passing;
    } catch (error) {
      log.warn(
        { inbox: deps.root, error: describeError(error) },
        'The inbox could not be looked through; trying again.',
      );
      noteCondition(null);
      wantPass(identityEveryMs);
    }
  };

  /** What a process that died was taking is looked at afresh. */
  const resetTaking = () => {
    for (const row of catalogue.sightings.list(deps.inbox)) {
      if (row.state === 'taking')
        catalogue.sightings.update(row.id, { state: 'settling', reason: null }, clock.nowMs());
    }
  };

  const clear: Inbox['clear'] = async (spaceIsShort, signal) => {
    if (state.mode === 'keep' && catalogue.holds.list(deps.inbox).length === 0) return;
    try {
      const waitMs = await hold.check({ spaceIsShort, signal });
      holdDueMs = waitMs === null ? null : clock.monotonicMs() + waitMs;
    } catch (error) {
      log.warn(
        { inbox: deps.root, error: describeError(error) },
        'The hold of the inbox could not be looked through.',
      );
      holdDueMs = null;
    }
  };

  /** Whoever waits for room goes on as soon as there is some; originals go early where that makes room. */
  const applySpace = async (level: SpaceLevel, signal: AbortSignal) => {
    if (level !== 'enough') await clear(true, signal);
    if (level !== 'paused') taker.resume();
  };

  const connect = async (): Promise<AsyncDisposable | null> => {
    const identity = await identityOf(deps.root);
    state.identity = identity ?? '';
    if (identity === null) {
      noteCondition(null);
      return null;
    }
    Object.assign(state, { root: await realpath(deps.root), troubles: 0 });
    hold = holdKeeper();
    wantPass(0);
    return watchInbox(state.root, {
      onFile: (path) => void look(path, true).catch((error: unknown) => onLookFailed(path, error)),
      onFolder: () => wantPass(folderDebounceMs),
      onTrouble: (message) => {
        if (state.troubles === 0)
          log.warn(
            { inbox: deps.root, error: message },
            'Part of the inbox cannot be watched; it is looked through every 5 minutes.',
          );
        state.troubles += 1;
      },
    });
  };

  const onLookFailed = (path: string, error: unknown) => {
    log.warn(
      { file: displayName(path), error: describeError(error) },
      'A file in the inbox could not be looked at.',
    );
    wantPass(identityEveryMs);
  };

  const nextWakeMs = (): number => {
    const times = [sightings.nextDueMs(), passWantedAtMs, holdDueMs, clock.monotonicMs() + identityEveryMs];
    if (state.troubles > 0) times.push(lastPassMs + partialPassEveryMs);
    return Math.max(0, Math.min(...times.filter((time) => time !== null)) - clock.monotonicMs());
  };

  return {
    clear,
    lookAround: passOnce,
    async run(signal) {
      await mkdir(deps.root, { recursive: true }).catch((error: unknown) => {
        log.warn({ inbox: deps.root, error: describeError(error) }, 'The inbox folder could not be made.');
      });
      resetTaking();
      let watcher = await connect();
      while (!signal.aborted) {
        const now = clock.monotonicMs();
        if ((await identityOf(deps.root)) !== (state.identity || null)) {
          await watcher?.[Symbol.asyncDispose]();
          watcher = await connect();
        }
        const isPassDue = passWantedAtMs !== null && passWantedAtMs <= now;
        const isPartialDue = state.troubles > 0 && now - lastPassMs >= partialPassEveryMs;
        if (state.identity !== '' && (isPassDue || isPartialDue)) await passOnce();
        for (const path of sightings.due())
          await look(path, false).catch((error: unknown) => onLookFailed(path, error));
        if (holdDueMs !== null && holdDueMs <= clock.monotonicMs()) await clear(false, signal);
        if (taker.isWaiting()) await applySpace(await deps.space.measure(), signal);
        await clock.sleep(breathMs, signal);
        await wake.sleep(nextWakeMs(), clock, signal);
      }
      await watcher?.[Symbol.asyncDispose]();
      await taker.stop();
    },
  };
}

/** Which folder a path names: it changes when a drive is mounted over it, or the folder is made anew. */
async function identityOf(root: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(root, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (isReelholdError(error)) throw error;
    return null;
  }
}

/** A sleep that can be cut short. */
function createWake() {
  let current = new AbortController();
  return {
    now: () => current.abort(),
    async sleep(ms: number, clock: Clock, signal: AbortSignal) {
      await clock.sleep(ms, AbortSignal.any([signal, current.signal]));
      if (current.signal.aborted) current = new AbortController();
    },
  };
}
