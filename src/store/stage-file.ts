import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import { decodeName, displayName } from '#core/file-name.ts';
import { fingerprint } from '#core/settle.ts';
import { toFileStat } from './file-stat.ts';
import type { HashJob, JobProgress, StagedFile } from './hash-job.ts';

type StageJob = Extract<HashJob, { kind: 'stage' }>;

const chunkBytes = 1024 * 1024;
const chunk = Buffer.allocUnsafeSlow(chunkBytes);
/** A link is not followed, a FIFO does not block, a terminal does not become ours. */
const sourceFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Copies a file into staging and hashes it in the same pass, or clones it and hashes the clone; flushes it.
 * Fails with `changed` where the source is not the same file, with the same stat, at the end. Leaves nothing
 * behind where it fails.
 */
export function stageFile(job: StageJob, progress: JobProgress): StagedFile {
  const object = displayName(decodeName(job.source));
  const onSource = (error: unknown) => translateError(error, { operation: 'read', object, side: 'source' });
  const onVault = (error: unknown) =>
    translateError(error, { operation: 'copy into the vault', object, side: 'vault' });
  const source = attempt(() => openSync(Buffer.from(job.source), sourceFlags), onSource);
  try {
    const before = attempt(() => fstatSync(source, { bigint: true }), onSource);
    if (!before.isFile()) {
      throw new ReelholdError(
        { kind: 'denied', operation: 'read', object, side: 'source' },
        'it is not a regular file',
      );
    }
    attempt(() => requireInside(source, job), onSource);
    const staged = writeStaged(source, job, progress, onSource, onVault);
    if (!isUnchanged(source, job, fingerprint(toFileStat(before)))) {
      rmSync(job.target, { force: true });
      throw new ReelholdError(
        { kind: 'changed', operation: 'read', object, side: 'source' },
        'it changed meanwhile',
      );
    }
    return { ...staged, stat: toFileStat(before) };
  } finally {
    closeSync(source);
  }
}

type Translate = (error: unknown) => ReelholdError;

function attempt<T>(action: () => T, translate: Translate): T {
  try {
    return action();
  } catch (error) {
    throw translate(error);
  }
}

/** A folder on the way may have become a link since it was walked: the open file itself says where it is. */
function requireInside(source: number, job: StageJob): void {
  if (job.within === null) return;
  const root = Buffer.from(job.within);
  const actual = actualPath(source, job);
  if (actual.subarray(0, root.length).equals(root) && actual[root.length] === 0x2f) return;
  const object = displayName(decodeName(job.source));
  throw new ReelholdError(
    { kind: 'denied', operation: 'read', object, side: 'source' },
    'it is outside the inbox',
  );
}

function actualPath(source: number, job: StageJob): Buffer {
  try {
    return readlinkSync(`/proc/self/fd/${source}`, 'buffer');
  } catch {
    return realpathSync(Buffer.from(job.source), 'buffer');
  }
}

function writeStaged(
  source: number,
  job: StageJob,
  progress: JobProgress,
  onSource: Translate,
  onVault: Translate,
) {
  try {
    const reflinked = job.tryReflink && clone(source, job.target, onVault);
    const hash = createHash('sha256');
    if (reflinked) hashClone(job.target, hash, progress, onVault);
    else copyAndHash(source, job.target, hash, progress, onSource, onVault);
    return { hex: hash.digest('hex'), reflinked };
  } catch (error) {
    rmSync(job.target, { force: true });
    throw error;
  }
}

/** True where the file system shares the bytes; false where it cannot. */
function clone(source: number, target: string, onVault: Translate): boolean {
  try {
    copyFileSync(
      `/proc/self/fd/${source}`,
      target,
      constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE,
    );
    return true;
  } catch (error) {
    rmSync(target, { force: true });
    const code = codeOf(error);
    if (code === 'EIO' || code === 'ENOSPC' || code === 'EROFS' || code === 'EDQUOT') throw onVault(error);
    return false;
  }
}

function hashClone(target: string, hash: Hash, progress: JobProgress, onVault: Translate): void {
  const clone = attempt(() => openSync(target, 'r'), onVault);
  try {
    for (let done = 0; ; ) {
      const read = attempt(() => readSync(clone, chunk, 0, chunkBytes, done), onVault);
      if (read === 0) break;
      hash.update(chunk.subarray(0, read));
      done += read;
      report(progress, done, target);
    }
    attempt(() => finish(clone), onVault);
  } finally {
    closeSync(clone);
  }
}

function copyAndHash(
  source: number,
  target: string,
  hash: Hash,
  progress: JobProgress,
  onSource: Translate,
  onVault: Translate,
): void {
  const copy = attempt(() => openSync(target, 'wx', 0o600), onVault);
  try {
    for (let done = 0; ; ) {
      const read = attempt(() => readSync(source, chunk, 0, chunkBytes, done), onSource);
      if (read === 0) break;
      const bytes = chunk.subarray(0, read);
      attempt(() => writeFully(copy, bytes), onVault);
      hash.update(bytes);
      done += read;
      report(progress, done, target);
    }
    attempt(() => finish(copy), onVault);
  } finally {
    closeSync(copy);
  }
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
}

function finish(file: number): void {
  makeReadOnly(file);
  fsyncSync(file);
}

/** exFAT and some shares have no modes: the bytes are as safe without. */
function makeReadOnly(file: number): void {
  try {
    fchmodSync(file, 0o444);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error;
  }
}

function report(progress: JobProgress, bytesDone: number, object: string): void {
  progress.setBytesDone(bytesDone);
  if (progress.isAborted())
    throw new ReelholdError({ kind: 'aborted', operation: 'copy', object }, 'stopped');
}

/** Both the open file and the file of that name are what was opened. */
function isUnchanged(source: number, job: StageJob, before: string): boolean {
  try {
    const open = toFileStat(fstatSync(source, { bigint: true }));
    const named = toFileStat(lstatSync(Buffer.from(job.source), { bigint: true }));
    return fingerprint(open) === before && fingerprint(named) === before;
  } catch {
    return false;
  }
}
