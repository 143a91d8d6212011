import { isVideoName } from '#core/candidates.ts';
import type { Damage } from '#core/damage.ts';
import type { ListedHash } from '#core/hash-list.ts';
import {
  creditOf,
  damageOf,
  type HoldBackCause,
  holdBackReason,
  isOfList,
  mayClearAfter,
  planHoldBack,
} from '#core/hold-back.ts';
import { nameOf } from '#core/inbox-path.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { fingerprint } from '#core/settle.ts';
import type { ListFiles } from './list-file.ts';
import { type LookInsideDeps, lookInside } from './look-inside.ts';
import { folderOfKey } from './names.ts';
import type { InboxFile } from './walk.ts';

/** How a file is taken. */
export interface TakeAs {
  readonly damaged: Damage | null;
  /** What a list names for it. */
  readonly expects: ListedHash | null;
  /** False for what came damaged or unfinished: its original stays where it is. */
  readonly mayClear: boolean;
  /** Of a list of hashes, the videos that it names; null for any other file. */
  readonly videos: readonly string[] | null;
}

export type Examination =
  | ({ readonly kind: 'take' } & TakeAs)
  | { readonly kind: 'wait'; readonly reason: string; readonly delayMs: number };

/** A settled file, and what it is to be taken as, which tells the project whose others it may have to wait for. */
export type SettledFile = InboxFile & { readonly belongs?: Belongs | null };

/** Looks inside settled files before they are taken, and remembers which are held back, and for how long. */
export interface Examiner {
  /** Fails with a `ReelholdError` where the file is gone, has changed, or cannot be read. */
  examine(file: SettledFile): Promise<Examination>;
  /** How a file is taken that the owner wants as it is, whatever holds it back. */
  asItIs(file: SettledFile): Promise<TakeAs>;
  forget(path: string): void;
}

export interface ExaminerDeps extends LookInsideDeps {
  readonly inbox: string;
  readonly catalogue: Catalogue;
  readonly lists: ListFiles;
  readonly clock: Clock;
  /** Asks for another look at a file that waited for what has come now. */
  readonly hasten: (path: string) => void;
}

interface Wait {
  readonly fingerprint: string;
  readonly cause: HoldBackCause;
  /** On the monotonic clock. */
  readonly sinceMs: number;
  readonly attempt: number;
}

export function createExaminer(deps: ExaminerDeps): Examiner {
  const { inbox, catalogue, clock } = deps;
  const waits = new Map<string, Wait>();

  /** As long as file and cause stay the same, also across a restart, it is one wait. */
  const noteWait = ({ path, stat }: InboxFile, cause: HoldBackCause): Wait => {
    const print = fingerprint(stat);
    const reason = holdBackReason(cause);
    const last = waits.get(path);
    const now = clock.monotonicMs();
    const next: Wait = { fingerprint: print, cause, sinceMs: now, attempt: 1 };
    if (last !== undefined) {
      if (last.fingerprint !== print || holdBackReason(last.cause) !== reason) return next;
      return { ...last, cause, attempt: last.attempt + 1 };
    }
    const row = catalogue.sightings.find(inbox, path);
    const isSame = row?.state === 'waiting' && row.reason === reason && row.fingerprint === print;
    return isSame ? { ...next, sinceMs: now - creditOf(row.changedAtMs, clock.nowMs()) } : next;
  };

  const hastenListed = () => {
    for (const [path, { cause }] of waits) if (isOfList(cause)) deps.hasten(path);
  };

  /** Programs copy a folder's files one by one, and some make each without a byte first. */
  const whyEmpty = ({ path, stat, belongs }: SettledFile): HoldBackCause | null => {
    if (stat.sizeBytes > 0) return null;
    if (isVideoName(nameOf(path))) return { kind: 'empty' };
    const isAmongOthers =
      belongs?.kind === 'project' &&
      catalogue.sightings.isAnyOpenBelow(inbox, folderOfKey(inbox, belongs.key));
    return isAmongOthers ? { kind: 'empty-among-others' } : null;
  };

  /** A list comes after what it names. */
  const find = async (file: SettledFile) => {
    const { cause, expects } = await lookInside(deps, file);
    const list = await deps.lists.judge(file.path);
    const wait: HoldBackCause | null =
      list === null || list.left === 0 ? null : { kind: 'listed', left: list.left };
    return { cause: cause ?? wait ?? whyEmpty(file), expects, videos: list?.videos ?? null };
  };

  return {
    async examine(file) {
      const { cause, ...found } = await find(file);
      if (cause === null) {
        waits.delete(file.path);
        if (found.expects !== null) hastenListed();
        return { kind: 'take', damaged: null, ...found, mayClear: true };
      }
      const wait = noteWait(file, cause);
      waits.set(file.path, wait);
      const plan = planHoldBack(cause, wait.attempt, clock.monotonicMs() - wait.sinceMs);
      if (plan.kind === 'wait') return { kind: 'wait', reason: holdBackReason(cause), delayMs: plan.delayMs };
      return { kind: 'take', damaged: plan.damaged, ...found, mayClear: mayClearAfter(cause) };
    },
    async asItIs(file) {
      const { cause, ...found } = await find(file);
      return { damaged: cause === null ? null : damageOf(cause), ...found, mayClear: mayClearAfter(cause) };
    },
    forget(path) {
      waits.delete(path);
    },
  };
}
