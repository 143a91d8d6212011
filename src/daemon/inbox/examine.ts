import type { Damage } from '#core/damage.ts';
import type { ListedHash } from '#core/hash-list.ts';
import {
  creditOf,
  damageOf,
  type HoldBackCause,
  holdBackReason,
  isOfList,
  planHoldBack,
} from '#core/hold-back.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { fingerprint } from '#core/settle.ts';
import type { ListFiles } from './list-file.ts';
import { type LookInsideDeps, lookInside } from './look-inside.ts';
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

/** Looks inside settled files before they are taken, and remembers which are held back, and for how long. */
export interface Examiner {
  /** Fails with a `ReelholdError` where the file is gone, has changed, or cannot be read. */
  examine(file: InboxFile): Promise<Examination>;
  /** How a file is taken that the owner wants as it is, whatever holds it back. */
  asItIs(file: InboxFile): Promise<TakeAs>;
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

  /** A list comes after what it names. */
  const find = async (file: InboxFile) => {
    const { cause, expects } = await lookInside(deps, file);
    const list = await deps.lists.judge(file.path);
    const wait: HoldBackCause | null =
      list === null || list.left === 0 ? null : { kind: 'listed', left: list.left };
    return { cause: cause ?? wait, expects, videos: list?.videos ?? null };
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
      if (plan.kind === 'take') return { kind: 'take', damaged: plan.damaged, ...found, mayClear: false };
      return { kind: 'wait', reason: holdBackReason(cause), delayMs: plan.delayMs };
    },
    async asItIs(file) {
      const { cause, ...found } = await find(file);
      return { damaged: cause === null ? null : damageOf(cause), ...found, mayClear: cause === null };
    },
    forget(path) {
      waits.delete(path);
    },
  };
}
