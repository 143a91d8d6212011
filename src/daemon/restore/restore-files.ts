import { blobPath, type Digest } from '#core/digest.ts';
import { describeError, isReelholdError, ReelholdError } from '#core/errors.ts';
import {
  besidePath,
  damagedPath,
  isLessDamaged,
  judgeStanding,
  missingRoom,
  type RestoreFile,
} from '#core/plan-restore.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import type { RestoreTarget } from '#core/ports/restore-target.ts';

/** What became of a file. */
export type RestoreOutcome =
  /** `path` is another than the file's own where something else stands there. */
  | { readonly kind: 'brought' | 'there'; readonly path: string }
  /** No place has good bytes of it; the least bad stand at `path`, under a name that says so. */
  | { readonly kind: 'damaged'; readonly path: string; readonly reasons: readonly string[] }
  /** No place could give it; of each, why. */
  | { readonly kind: 'failed'; readonly reasons: readonly string[] };

export interface RestoreDeps {
  readonly target: RestoreTarget;
  /** Where a file may be read, best first. */
  readonly sourcesOf: (file: RestoreFile) => readonly ArchiveSource[];
}

export interface RestoreOptions {
  readonly signal: AbortSignal;
  readonly onOutcome: (file: RestoreFile, outcome: RestoreOutcome) => void;
  /** Told how many bytes of a file are done. */
  readonly onProgress: (file: RestoreFile, bytesDone: number) => void;
}

/** So many files are on their way at once: flushes that wait side by side cost a disk little more than one. */
const atOnce = 4;
/** Nobody has so many files of one name; it ends a loop. */
const mostBeside = 1000;

/** How much there is to bring, and whether there is room for what does not stand there yet. Fails with `full`. */
export async function measureRestore(
  files: Iterable<RestoreFile>,
  target: RestoreTarget,
  signal: AbortSignal,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const total = { files: 0, bytes: 0 };
  let neededBytes = 0;
  for (const file of files) {
    signal.throwIfAborted();
    total.files += 1;
    total.bytes += file.sizeBytes;
    const isThere = judgeStanding(await target.look(file.path), file) === 'may-be-it';
    if (!isThere) neededBytes += file.sizeBytes;
  }
  const missingBytes = missingRoom(neededBytes, await target.freeBytes());
  if (missingBytes === 0) return total;
  const facts = { kind: 'full', operation: 'bring', object: `${total.files} files`, side: 'vault' } as const;
  const hint = 'Nothing was copied. Choose a larger disk, or fewer videos (--query, --video).';
  throw new ReelholdError({ ...facts, hint }, `there is no room for ${missingBytes} bytes of them`);
}

/**
 * Brings files to a folder, each from the best place that has good bytes of it. What stands there already is left, and
 * nothing is replaced: a file whose name is taken by another gets a number. Where no place has good bytes of one, the
 * least bad come under a name that says so; its own name stays free for good ones. One that cannot be brought does not stop
 * the others; a target that is full or gone does.
 */
export async function restoreFiles(
  files: Iterable<RestoreFile>,
  deps: RestoreDeps,
  options: RestoreOptions,
): Promise<void> {
  const queue = files[Symbol.iterator]();
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const lane = async () => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      signal.throwIfAborted();
      const outcome = await bringFile(next.value, deps, { ...options, signal });
      options.onOutcome(next.value, outcome);
    }
  };
  const lanes = Array.from({ length: atOnce }, () =>
    lane().catch((error: unknown) => {
      failing.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(lanes);
  await Promise.all(lanes).catch((error: unknown) => {
    // The others were only broken off by the first to fail.
    throw options.signal.aborted ? error : (failing.signal.reason ?? error);
  });
}

/** Where a file goes: the first of its names that is free, or that it has already. */
type Spot = { readonly kind: 'free' | 'there'; readonly path: string };

async function findSpot(file: RestoreFile, target: RestoreTarget, signal: AbortSignal): Promise<Spot> {
  for (let n = 1; n <= mostBeside; n += 1) {
    const path = besidePath(file.path, n);
    const judged = judgeStanding(await target.look(path), file);
    if (judged === 'free') return { kind: 'free', path };
    if (judged === 'may-be-it' && (await target.digest(path, signal)) === file.digest) {
      return { kind: 'there', path };
    }
  }
  const facts = { kind: 'unsupported', operation: 'write', object: file.path, side: 'vault' } as const;
  throw new ReelholdError(facts, 'other files have its name, with every number');
}

async function bringFile(
  file: RestoreFile,
  deps: RestoreDeps,
  options: RestoreOptions,
): Promise<RestoreOutcome> {
  const { target } = deps;
  const reasons: string[] = [];
  let damaged: Draft | null = null;
  try {
    const spot = await findSpot(file, target, options.signal);
    if (spot.kind === 'there') return { kind: 'there', path: spot.path };
    for (const source of deps.sourcesOf(file)) {
      const fetch = () => fetchDraft(file, source, target, options, reasons);
      const draft: Draft | null = await fetch().catch(async (error: unknown) => {
        if (damaged === null || !isReelholdError(error, 'full')) throw error;
        // The room of what is damaged is for what may be good.
        await target.discard(damaged.path);
        damaged = null;
        return await fetch();
      });
      if (draft?.digest === file.digest) {
        return await placeDraft(file, draft.path, spot.path, target, options.signal);
      }
      if (draft !== null) damaged = await keepBetter(file, damaged, draft, target);
    }
    if (damaged !== null) return await bringDamaged(file, damaged, reasons, target, options.signal);
  } catch (error) {
    if (endsAll(error, options.signal)) throw error;
    reasons.push(describeError(error));
  } finally {
    if (damaged !== null) await target.discard(damaged.path).catch(() => undefined); // the outcome says more
  }
  return { kind: 'failed', reasons };
}

/** What came from a place, whole and flushed: the file itself, or damaged bytes of it. */
interface Draft {
  readonly path: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** Null where the place cannot be read, or has nothing of it. What is not good is noted among the reasons. */
async function fetchDraft(
  file: RestoreFile,
  source: ArchiveSource,
  target: RestoreTarget,
  { signal, onProgress }: RestoreOptions,
  reasons: string[],
): Promise<Draft | null> {
  const path = target.draft();
  const wanted = { path: blobPath(file), sizeBytes: file.sizeBytes, digest: file.digest };
  try {
    const context = { signal, onProgress: (bytes: number) => onProgress(file, bytes) };
    const digest = await source.copy(wanted, path, context);
    if (digest === file.digest) return { path, digest, sizeBytes: file.sizeBytes };
    reasons.push(`${source.name}: the copy there is damaged`);
    const sizeBytes = await target.measure(path);
    if (sizeBytes > 0) return { path, digest, sizeBytes };
    await target.discard(path);
  } catch (error) {
    if (!isReelholdError(error) || error.kind === 'aborted' || error.side === 'vault')
      throw asOfTarget(error, file);
    reasons.push(`${source.name}: ${describeError(error)}`);
  }
  return null;
}

/** Of two that are damaged one is kept, the first of equal ones: its place is the better. */
async function keepBetter(
  file: RestoreFile,
  kept: Draft | null,
  draft: Draft,
  target: RestoreTarget,
): Promise<Draft> {
  if (kept === null) return draft;
  const isBetter = isLessDamaged(draft, kept, file);
  await target.discard((isBetter ? kept : draft).path);
  return isBetter ? draft : kept;
}

/** The same damaged bytes come once, however often they are asked for. */
async function bringDamaged(
  file: RestoreFile,
  { path: draft, digest, sizeBytes }: Draft,
  reasons: readonly string[],
  target: RestoreTarget,
  signal: AbortSignal,
): Promise<RestoreOutcome> {
  const marked = { ...file, path: damagedPath(file.path), digest, sizeBytes };
  const { path } = await placeDraft(marked, draft, marked.path, target, signal);
  return { kind: 'damaged', path, reasons };
}

/** Looks again each time that the name is taken: somebody may take it between the look and the move. */
async function placeDraft(
  file: RestoreFile,
  draft: string,
  path: string,
  target: RestoreTarget,
  signal: AbortSignal,
): Promise<{ readonly kind: 'brought' | 'there'; readonly path: string }> {
  try {
    for (let spot: Spot = { kind: 'free', path }; ; spot = await findSpot(file, target, signal)) {
      if (spot.kind === 'there') return { kind: 'there', path: spot.path };
      if ((await target.place(draft, spot.path, file.modifiedAtMs)) === 'placed') {
        return { kind: 'brought', path: spot.path };
      }
    }
  } finally {
    await target.discard(draft).catch(() => undefined); // what became of the file says more
  }
}

/** The threads that copy speak of the vault, which is what they write to most. */
function asOfTarget(error: unknown, file: RestoreFile): unknown {
  if (!isReelholdError(error) || error.side !== 'vault') return error;
  const facts = { kind: error.kind, operation: 'write', object: file.path, side: 'vault' } as const;
  const detail = error.message.slice(error.message.lastIndexOf(': ') + 2);
  return new ReelholdError(facts, detail, { cause: error });
}

/** What goes wrong with every other file too. */
function endsAll(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted || !isReelholdError(error)) return true;
  return error.side === 'vault' && ['full', 'read-only', 'unreachable'].includes(error.kind);
}
