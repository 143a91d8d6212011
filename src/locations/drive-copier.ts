import { randomUUID } from 'node:crypto';
import { lstat, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { digestOfHex } from '#core/digest.ts';
import { codeOf, isReelholdError, ReelholdError } from '#core/errors.ts';
import type { DiskWork, Throttle } from '#core/ports/disk-work.ts';
import type { OutgoingFile, PlaceContext, PutOutcome } from '#core/ports/location.ts';
import { abortedError, onDrive, requireInside } from './drive-errors.ts';
import { type MediumReader, openMedium, proveCopy } from './drive-proof.ts';
import { stagedPath, stagingFolder } from './drive-staging.ts';
import { mapInOrder } from './map-in-order.ts';
import type { PinnedFolder } from './pinned-folder.ts';

const operation = 'copy to the drive';
/** While one file is flushed the next one is copied. */
const copiesAtOnce = 2;

export interface CopierDeps {
  readonly work: DiskWork;
  readonly folder: PinnedFolder;
  readonly writer: string;
  /** What limits how fast it may be written to; undefined where nothing does. */
  readonly throttle?: Throttle | undefined;
}

interface Staged {
  readonly kind: 'staged';
  readonly file: OutgoingFile;
  readonly temp: string;
}

/**
 * Brings a group of files to a drive. Each is copied under another name, flushed and read back from the medium
 * before it gets its own: so a name never stands for bytes that did not arrive.
 */
export async function copyGroup(
  deps: CopierDeps,
  files: readonly OutgoingFile[],
  context: PlaceContext,
): Promise<PutOutcome[]> {
  const { work, folder } = deps;
  const progress = sharedProgress(files.length, context);
  await work.makeFolder(stagingFolder(folder.path)).catch(() => undefined); // each copy says why it cannot be made
  const staged = await mapInOrder(files, copiesAtOnce, (file, index) =>
    stageUnlessThere(deps, file, progress.part(index)),
  );
  const medium = await openMedium(work, folder, context.signal);
  const outcomes: PutOutcome[] = [];
  for (const [index, found] of staged.entries()) {
    outcomes.push(found.kind === 'staged' ? await place(deps, found, medium, progress.part(index)) : found);
  }
  return flushNames(deps, files, outcomes);
}

/** Each file's bytes count half when they are copied, and half when they are read back. */
function sharedProgress(count: number, { signal, onProgress }: PlaceContext) {
  const done = new Array<number>(2 * count).fill(0);
  const teller = (slot: number) => (bytes: number) => {
    done[slot] = Math.max(done[slot] ?? 0, bytes);
    onProgress?.(Math.floor(done.reduce((sum, each) => sum + each, 0) / 2), null);
  };
  return {
    part: (index: number): CopySteps => ({
      signal,
      onCopied: teller(2 * index),
      onReadBack: teller(2 * index + 1),
    }),
  };
}

interface CopySteps {
  readonly signal: AbortSignal;
  readonly onCopied: (bytesDone: number) => void;
  readonly onReadBack: (bytesDone: number) => void;
}

async function stageUnlessThere(
  deps: CopierDeps,
  file: OutgoingFile,
  steps: CopySteps,
): Promise<Staged | PutOutcome> {
  requireInside(file.path);
  try {
    return (await judgeStanding(deps.folder.path, file)) ?? (await stage(deps, file, steps));
  } catch (error) {
    return { kind: 'failed', error: onDrive(error, operation, file.path) };
  }
}

/** Null where nothing stands under the name. */
async function judgeStanding(root: string, file: OutgoingFile): Promise<PutOutcome | null> {
  try {
    const standing = await lstat(join(root, file.path));
    const isAlike = standing.isFile() && standing.size === file.sizeBytes;
    return isAlike ? { kind: 'there', proof: null, hashes: {} } : { kind: 'differs' };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function stage({ work, folder, writer, throttle }: CopierDeps, file: OutgoingFile, steps: CopySteps) {
  const { signal, onCopied } = steps;
  if (signal.aborted) throw abortedError(operation, file.path);
  await requireRoom(folder.path, file);
  const temp = stagedPath(folder.path, writer);
  try {
    const hex = await work.copy(file.source, temp, { signal, onProgress: onCopied, throttle });
    onCopied(file.sizeBytes);
    if (digestOfHex(hex) === file.digest) return { kind: 'staged', file, temp } as const;
    await rm(temp, { force: true });
    return { kind: 'bad-source' } as const;
  } catch (error) {
    const isSource = isReelholdError(error) && error.side === 'source';
    return { kind: 'failed', error: isSource ? error : onDrive(error, operation, file.path) } as const;
  }
}

/** A large file that cannot fit is not copied for an hour first. */
async function requireRoom(root: string, { path, sizeBytes }: OutgoingFile): Promise<void> {
  const { bavail, bsize } = await statfs(root);
  if (bavail * bsize >= sizeBytes) return;
  throw new ReelholdError({ kind: 'full', operation, object: path }, 'no space left on the drive');
}

/** Gives a staged file its name, once its bytes came back from the medium as they were sent. */
async function place(
  deps: CopierDeps,
  staged: Staged,
  medium: MediumReader,
  { signal, onReadBack }: CopySteps,
  makeWay: () => Promise<void> = async () => {},
): Promise<PutOutcome> {
  const { file, temp } = staged;
  const finding = await medium.compare(temp, file, { signal, onProgress: onReadBack });
  try {
    if (finding.kind === 'unknown' && finding.error.kind !== 'unsupported') throw finding.error;
    if (finding.kind === 'corrupt') throw notGivenBack(file.path);
    await makeWay();
    const standing = await judgeStanding(deps.folder.path, file);
    if (standing !== null) {
      await rm(temp, { force: true });
      return standing;
    }
    await makeFolderOf(deps, file.path);
    // Not atomic where somebody else brings the same name now; but then it is of the same bytes.
    await rename(temp, join(deps.folder.path, file.path));
    return { kind: 'stored', proof: finding.kind === 'good' ? 'read-back' : null, hashes: {} };
  } catch (error) {
    await rm(temp, { force: true }).catch(() => undefined); // the next time it is cleared
    return { kind: 'failed', error: onDrive(error, operation, file.path) };
  }
}

function notGivenBack(path: string): ReelholdError {
  return new ReelholdError(
    {
      kind: 'io',
      operation,
      object: path,
      hint: 'If this comes again, the drive or its cable is failing: use another one.',
    },
    'the drive does not give back what was written to it',
  );
}

/** What was prepared as a folder of the drive may have become a link, or the mount of another disk. */
async function makeFolderOf({ work, folder }: CopierDeps, path: string): Promise<void> {
  const parent = dirname(join(folder.path, path));
  await work.makeFolder(parent);
  if ((await stat(parent)).dev === folder.device) return;
  throw new ReelholdError({ kind: 'unsupported', operation, object: path }, 'its folder is on another disk');
}

/** A name that could not be flushed is not stored: after a power cut it may be gone. */
async function flushNames(
  { work, folder }: CopierDeps,
  files: readonly OutgoingFile[],
  outcomes: readonly PutOutcome[],
): Promise<PutOutcome[]> {
  const stored = files.filter((_, index) => outcomes[index]?.kind === 'stored');
  const failures = new Map<string, ReelholdError>();
  if (stored.length > 0) {
    const parents = new Set(stored.map(({ path }) => dirname(path)));
    // exFAT has no journal: a name that came and the one that went are two writes.
    for (const parent of [...parents, basename(stagingFolder(folder.path))]) {
      await work.flushFolder(join(folder.path, parent)).catch((error: unknown) => {
        for (const each of parents) failures.set(each, onDrive(error, operation, parent));
      });
    }
  }
  return outcomes.map((outcome, index) => {
    const error = failures.get(dirname(files[index]?.path ?? ''));
    return outcome.kind === 'stored' && error !== undefined ? { kind: 'failed', error } : outcome;
  });
}

/** Puts good bytes in the place of bad ones, which go to `quarantine/`. Good bytes that stand there stay. */
export async function replaceCopy(
  deps: CopierDeps,
  file: OutgoingFile,
  context: PlaceContext,
): Promise<PutOutcome> {
  requireInside(file.path);
  const { work, folder } = deps;
  const { signal } = context;
  const standing = await openMedium(work, folder, signal);
  const finding = await proveCopy(standing, folder.path, file, { signal });
  if (finding.kind === 'good') return { kind: 'there', proof: 'read-back', hashes: {} };
  const steps = sharedProgress(1, context).part(0);
  await work.makeFolder(stagingFolder(folder.path));
  const staged = await stage(deps, file, steps);
  if (staged.kind !== 'staged') return staged;
  const medium = await openMedium(work, folder, signal);
  // The bad bytes go only once the new ones came back.
  const makeWay = async () => (finding.kind === 'missing' ? undefined : keepAside(deps, file.path));
  const outcome = await place(deps, staged, medium, steps, makeWay);
  return (await flushNames(deps, [file], [outcome]))[0] ?? outcome;
}

async function keepAside({ work, folder }: CopierDeps, path: string): Promise<void> {
  await work.makeFolder(join(folder.path, 'quarantine'));
  await rename(join(folder.path, path), join(folder.path, 'quarantine', `${basename(path)}-${randomUUID()}`));
  await work.flushFolder(join(folder.path, 'quarantine'));
}
