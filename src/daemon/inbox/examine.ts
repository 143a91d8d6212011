import type { Damage } from '#core/damage.ts';
import { isReelholdError, ReelholdError } from '#core/errors.ts';
import { examineContent } from '#core/examination/examine-content.ts';
import { companionBytes, isBusyDate, isMarkedBusy } from '#core/examination/finder-mark.ts';
import { type Flaw, follow } from '#core/examination/reading.ts';
import { displayName } from '#core/file-name.ts';
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
import type { SourceFiles } from '#core/ports/source-files.ts';
import { fingerprint } from '#core/settle.ts';
import type { FolderNames } from './folder-names.ts';
import type { ListedFiles } from './listed-files.ts';
import type { InboxFile } from './walk.ts';

/** How a file is taken. */
export interface TakeAs {
  readonly damaged: Damage | null;
  /** What a list names for it. */
  readonly expects: ListedHash | null;
  /** False for what came damaged or unfinished: its original stays where it is. */
  readonly mayClear: boolean;
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

export interface ExaminerDeps {
  readonly inbox: string;
  readonly root: () => string;
  readonly catalogue: Catalogue;
  readonly files: SourceFiles;
  readonly names: FolderNames;
  readonly listed: ListedFiles;
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
  const { inbox, catalogue, listed, clock } = deps;
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

  const findCause = async (
    file: InboxFile,
  ): Promise<{ cause: HoldBackCause | null; expects: ListedHash | null }> => {
    const own = await lookInside(deps, file);
    const list = await listed.of(file.path);
    const expects = list?.kind === 'named' ? list.expects : null;
    if (own !== null) return { cause: own, expects };
    if (list?.kind === 'unread') return { cause: { kind: 'unread-list' }, expects };
    if (list !== null && list.missing > 0) return { cause: { kind: 'list', missing: list.missing }, expects };
    return { cause: null, expects };
  };

  return {
    async examine(file) {
      const { cause, expects } = await findCause(file);
      if (cause === null) {
        waits.delete(file.path);
        if (expects !== null) hastenListed();
        return { kind: 'take', damaged: null, expects, mayClear: true };
      }
      const wait = noteWait(file, cause);
      waits.set(file.path, wait);
      const plan = planHoldBack(cause, wait.attempt, clock.monotonicMs() - wait.sinceMs);
      if (plan.kind === 'take') return { kind: 'take', damaged: plan.damaged, expects, mayClear: false };
      return { kind: 'wait', reason: holdBackReason(cause), delayMs: plan.delayMs };
    },
    async asItIs(file) {
      const { cause, expects } = await findCause(file);
      return { damaged: cause === null ? null : damageOf(cause), expects, mayClear: cause === null };
    },
    forget(path) {
      waits.delete(path);
    },
  };
}

/** What the file itself, and the Finder's companion beside it, say. */
async function lookInside(deps: Places, file: InboxFile): Promise<HoldBackCause | null> {
  const { flaw, isBusy } = await lookAtContent(deps, file);
  if (isBusy || (await hasBusyCompanion(deps, file.path))) return { kind: 'finder', flaw };
  return flaw === null ? null : { kind: 'flaw', flaw };
}

type Places = Pick<ExaminerDeps, 'root' | 'files' | 'names'>;

async function lookAtContent(
  { root, files }: Places,
  file: InboxFile,
): Promise<{ flaw: Flaw | null; isBusy: boolean }> {
  await using source = await files.open({ path: `${root()}/${file.path}`, within: root() });
  const object = displayName(file.path);
  const facts = { operation: 'look into', object, side: 'source' } as const;
  if (source === null) throw new ReelholdError({ ...facts, kind: 'missing' }, 'it is not there');
  if (fingerprint(source.stat) !== fingerprint(file.stat)) {
    throw new ReelholdError({ ...facts, kind: 'changed' }, 'it changed after it had settled');
  }
  const { sizeBytes, blocks } = source.stat;
  const content = { sizeBytes, hasHole: hasHole(sizeBytes, blocks) };
  const flaw = await follow(examineContent(content), (range) => source.read(range));
  return { flaw, isBusy: source.createdAtMs !== null && isBusyDate(source.createdAtMs) };
}

/** `stat` counts blocks of 512 bytes, whatever the file system's own are. */
function hasHole(sizeBytes: number, blocks: bigint): boolean {
  return Number(blocks) * 512 < sizeBytes;
}

async function hasBusyCompanion({ root, files, names }: Places, path: string): Promise<boolean> {
  const nameAt = path.lastIndexOf('/') + 1;
  const name = `._${path.slice(nameAt)}`;
  if (!(await names.in(path.slice(0, Math.max(0, nameAt - 1)))).has(name)) return false;
  const beside = `${path.slice(0, nameAt)}${name}`;
  await using companion = await files
    .open({ path: `${root()}/${beside}`, within: root() })
    .catch((error: unknown) => {
      if (isReelholdError(error, 'denied')) return null;
      throw error;
    });
  return companion !== null && isMarkedBusy(await companion.read({ at: 0, length: companionBytes }));
}
