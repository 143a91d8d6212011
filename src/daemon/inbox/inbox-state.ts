import { realpath, stat } from 'node:fs/promises';
import type { InboxCondition } from '#core/conditions.ts';
import { codeOf, describeError, translateError } from '#core/errors.ts';
import { effectiveMode, type InboxKind, type InboxMode } from '#core/inbox-mode.ts';
import { type OwnerFound, ownerOf } from '#core/inbox-owner.ts';
import { type Mount, type Reach, reachOfFolder } from '#core/mount-info.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { gapOfError, type WatchGap, watchingOf } from '#core/watching.ts';
import type { WalkReport } from './walk.ts';

/** What is known of an inbox as a whole: which folder it is, whose, and how well it is watched. */
export interface InboxState {
  /** The folder itself, whatever links lead to it. */
  root(): string;
  mode(): InboxMode;
  /** How long nothing about a file may have changed: longer where writers are on another machine. */
  quietMs(): number;
  isThere(): boolean;
  /** Whether it was looked through since it was connected: before that nobody knows whose it is. */
  isKnown(): boolean;
  /** Whether it is there, and the path still names the folder that was connected. */
  isSame(): Promise<boolean>;
  /** Whether the path names another folder than was connected, or one where there was none, or none any more. */
  hasMoved(): Promise<boolean>;
  /** Finds out which folder the path names now; false where it names none. */
  connect(): Promise<boolean>;
  /** Finds out what is mounted there now: a drive below it comes without an event. */
  lookAtMounts(): Promise<void>;
  /** Whether a watcher hears of anything there. */
  canBeWatched(): boolean;
  /** Whether watching is not enough, so that all of it has to be looked through every few minutes. */
  isScanned(): boolean;
  noteTrouble(error: unknown): void;
  noteLooked(report: WalkReport, left: InboxCondition['left']): void;
  noteGone(): void;
}

interface Known {
  root: string;
  /** '' while there is none. */
  identity: string;
  reach: Reach;
  trouble: WatchGap | null;
  mode: InboxMode;
  forcedBy: OwnerFound | null;
  lastLookedAtMs: number | null;
  isKnown: boolean;
  /** Why it could not be reached, as it was last said. */
  obstacle: string | null;
  report: WalkReport | null;
  left: InboxCondition['left'];
}

const nothingIgnored: InboxCondition['ignored'] = {
  system: 0,
  unfinished: 0,
  'other-program': 0,
  hidden: 0,
};

export interface InboxStateDeps {
  readonly inbox: string;
  readonly root: string;
  readonly mode: InboxMode;
  readonly kind: InboxKind;
  readonly quietMs: number;
  /** At least so long where the inbox is on a drive that changes without a word. */
  readonly farQuietMs: number;
  readonly readMounts: () => Promise<readonly Mount[]>;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
}

export function createInboxState(deps: InboxStateDeps): InboxState {
  const { catalogue, clock, log } = deps;
  const known: Known = {
    root: deps.root,
    identity: '',
    reach: { reach: 'local', type: '' },
    trouble: null,
    mode: deps.mode,
    forcedBy: null,
    lastLookedAtMs: null,
    isKnown: false,
    obstacle: null,
    report: null,
    left: { total: 0, paths: [] },
  };

  const watching = () =>
    watchingOf({
      ...known.reach,
      trouble: known.trouble,
      hasOddNames: known.report?.hasUnwatchable === true,
      hasUnreadable: (known.report?.unreadable.length ?? 0) > 0,
    });

  const lookAtMounts = async () => {
    known.reach = reachOfFolder(known.root, await deps.readMounts());
  };

  const note = (state: InboxCondition['state']) => {
    const { mode, forcedBy, lastLookedAtMs, report, left } = known;
    const ignored = report?.ignored ?? nothingIgnored;
    const { root, kind } = deps;
    catalogue.notes.setCondition(
      `inbox:${deps.inbox}`,
      { root, state, mode, kind, forcedBy, watching: watching(), lastLookedAtMs, ignored, left },
      clock.nowMs(),
    );
  };

  const warnOfUnreadable = ({ unreadable }: WalkReport) => {
    if (unreadable.length === 0 || unreadable.length === known.report?.unreadable.length) return;
    log.warn(
      { inbox: deps.root, places: unreadable.length, first: unreadable[0] },
      'Part of the inbox cannot be looked at; it is tried again every 5 minutes.',
    );
  };

  const tellOwner = (forcedBy: OwnerFound | null) => {
    if (forcedBy === null || forcedBy.by === known.forcedBy?.by) return;
    log.info(
      { inbox: deps.root, ...forcedBy },
      'Another program uses this inbox: its files are left where they are.',
    );
  };

  /** That it is not there is said on the page; that it is, and cannot be reached, has a reason. */
  const tellObstacle = (cause: unknown) => {
    const error = translateError(cause, { operation: 'look at', object: deps.root });
    const isNews = error.kind !== 'missing' && error.message !== known.obstacle;
    known.obstacle = error.message;
    if (isNews) log.warn({ inbox: deps.root, error: error.message }, 'The inbox cannot be reached.');
  };

  /** The sign of who uses it may stand where nobody could look this time. */
  const ownerNow = ({ signs, unreadable }: WalkReport) =>
    ownerOf(signs, clock.nowMs()) ?? (unreadable.length > 0 ? known.forcedBy : null);

  return {
    root: () => known.root,
    mode: () => known.mode,
    quietMs: () => (known.reach.reach === 'local' ? deps.quietMs : Math.max(deps.quietMs, deps.farQuietMs)),
    isThere: () => known.identity !== '',
    isKnown: () => known.isKnown,
    isSame: async () => known.identity !== '' && (await identityOf(deps.root)) === known.identity,
    hasMoved: async () => (await identityOf(deps.root)) !== known.identity,
    canBeWatched: () => known.reach.reach !== 'network',
    isScanned: () => watching().gap !== null,
    lookAtMounts,
    async connect() {
      known.isKnown = false;
      try {
        const root = await realpath(deps.root);
        const identity = await identityOf(root);
        Object.assign(known, { root, identity, trouble: null });
        await lookAtMounts();
        known.obstacle = null;
      } catch (error) {
        known.identity = '';
        tellObstacle(error);
      }
      return known.identity !== '';
    },
    noteTrouble(error) {
      if (known.trouble !== null) return;
      known.trouble = gapOfError(codeOf(error));
      log.warn(
        { inbox: deps.root, error: describeError(error) },
        'Part of the inbox cannot be watched; it is looked through every 5 minutes.',
      );
    },
    noteLooked(report, left) {
      const { mode, forcedBy } = effectiveMode(deps.mode, ownerNow(report));
      tellOwner(forcedBy);
      warnOfUnreadable(report);
      const lastLookedAtMs = clock.nowMs();
      Object.assign(known, { mode, forcedBy, report, left, isKnown: true, lastLookedAtMs });
      note(watching().gap === null ? 'watched' : 'watched-partly');
    },
    noteGone: () => note('gone'),
  };
}

/** Which folder a path names, '' for none: another one when a drive is mounted over it, or it is made anew. */
async function identityOf(root: string): Promise<string> {
  try {
    const { dev, ino } = await stat(root, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return '';
  }
}
