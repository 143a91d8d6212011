import { realpath, stat } from 'node:fs/promises';
import type { InboxOwner } from '#core/candidates.ts';
import type { InboxCondition } from '#core/conditions.ts';
import { effectiveMode, type InboxMode } from '#core/inbox-mode.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { WalkReport } from './walk.ts';

/** What is known of an inbox as a whole: which folder it is, whose, and how well it is watched. */
export interface InboxState {
  /** The folder itself, whatever links lead to it. */
  root(): string;
  mode(): InboxMode;
  isThere(): boolean;
  /** Whether it was looked through since it was connected: before that nobody knows whose it is. */
  isKnown(): boolean;
  /** Whether it is there, and the path still names the folder that was connected. */
  isSame(): Promise<boolean>;
  /** Whether the path names another folder than was connected, or one where there was none, or none any more. */
  hasMoved(): Promise<boolean>;
  /** Finds out which folder the path names now; false where it names none. */
  connect(): Promise<boolean>;
  /** Part of it is not watched, or could not be looked at. */
  isPartial(): boolean;
  noteTrouble(message: string): void;
  noteLooked(report: WalkReport): void;
  noteGone(): void;
}

interface Known {
  root: string;
  /** '' while there is none. */
  identity: string;
  troubles: number;
  mode: InboxMode;
  forcedBy: InboxOwner | null;
  lastLookedAtMs: number | null;
  isKnown: boolean;
  report: WalkReport | null;
}

export function createInboxState(deps: {
  readonly inbox: 'inbox';
  readonly root: string;
  readonly mode: InboxMode;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
}): InboxState {
  const { catalogue, clock, log } = deps;
  const known: Known = {
    root: deps.root,
    identity: '',
    troubles: 0,
    mode: deps.mode,
    forcedBy: null,
    lastLookedAtMs: null,
    isKnown: false,
    report: null,
  };

  const isPartial = () =>
    known.troubles > 0 || known.report?.hasUnwatchable === true || (known.report?.unreadable.length ?? 0) > 0;

  const note = (state: InboxCondition['state']) => {
    const { mode, forcedBy, lastLookedAtMs, report } = known;
    const counts = { ignored: report?.ignored ?? 0, notVideos: report?.notTaken ?? 0 };
    catalogue.notes.setCondition(
      `inbox:${deps.inbox}`,
      { root: deps.root, state, mode, forcedBy, lastLookedAtMs, ...counts },
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

  const tellOwner = (forcedBy: InboxOwner | null) => {
    if (forcedBy === null || forcedBy === known.forcedBy) return;
    log.info(
      { inbox: deps.root, forcedBy },
      'Another program uses this inbox: its files are left where they are.',
    );
  };

  return {
    root: () => known.root,
    mode: () => known.mode,
    isThere: () => known.identity !== '',
    isKnown: () => known.isKnown,
    isSame: async () => known.identity !== '' && (await identityOf(deps.root)) === known.identity,
    hasMoved: async () => (await identityOf(deps.root)) !== known.identity,
    isPartial,
    async connect() {
      known.isKnown = false;
      try {
        const root = await realpath(deps.root);
        Object.assign(known, { root, identity: await identityOf(root), troubles: 0 });
      } catch {
        known.identity = '';
      }
      return known.identity !== '';
    },
    noteTrouble(message) {
      if (known.troubles === 0)
        log.warn(
          { inbox: deps.root, error: message },
          'Part of the inbox cannot be watched; it is looked through every 5 minutes.',
        );
      known.troubles += 1;
    },
    noteLooked(report) {
      // The sign of the owner may stand where nobody could look this time.
      const owner = report.owner ?? (report.unreadable.length > 0 ? known.forcedBy : null);
      const { mode, forcedBy } = effectiveMode(deps.mode, owner);
      tellOwner(forcedBy);
      warnOfUnreadable(report);
      Object.assign(known, { mode, forcedBy, report, isKnown: true, lastLookedAtMs: clock.nowMs() });
      note(isPartial() ? 'watched-partly' : 'watched');
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
