import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  fsync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import { decodeName, displayName } from '#core/file-name.ts';
import { fingerprint } from '#core/settle.ts';
import { toFileStat } from './file-stat.ts';
import type { JobProgress, StagedFile, StageJob, StageProgress } from './hash-job.ts';
import { requireInside, sourceFlags } from './open-source.ts';
import { readBuffer } from './read-buffer.ts';
import { createStageHash, type StageHash } from './stage-hash.ts';

/**
 * Copies a file into staging and hashes it in the same pass, or clones it and hashes the clone; flushes it.
 * Fails with `changed` where the source is not the same file, with the same stat, at the end. Leaves nothing
 * behind where it fails.
 */
export async function stageFile(job: StageJob, progress: StageProgress): Promise<StagedFile> {
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
    attempt(() => requireInside(source, { path: job.source, within: job.within }), onSource);
    const { sizeBytes, ...staged } = await writeStaged(source, job, progress, onSource, onVault);
    // A share may end before the file does, and keep its stat.
    if (sizeBytes !== Number(before.size) || !isUnchanged(job, fingerprint(toFileStat(before)))) {
      discard(job.target);
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

async function writeStaged(
  source: number,
  job: StageJob,
  progress: StageProgress,
  onSource: Translate,
  onVault: Translate,
) {
  try {
    const reflinked = job.tryReflink && clone(source, job.target, onVault);
    const hash = await createStageHash(job.also);
    let sizeBytes: number;
    const copy = attempt(() => openSync(job.target, reflinked ? 'r' : 'wx', 0o444), onVault);
    try {
      sizeBytes = reflinked
        ? hashClone(copy, hash, progress, onVault, job.target)
        : await copyAndHash(source, copy, hash, progress, onSource, onVault, job.target);
      if (reflinked) attempt(() => makeReadOnly(copy), onVault);
      await flush(copy, onVault);
    } finally {
      closeSync(copy);
    }
    return { ...hash.digest(), reflinked, sizeBytes };
  } catch (error) {
    // What stood there before is not ours.
    if (!(error instanceof ReelholdError && codeOf(error.cause) === 'EEXIST')) discard(job.target);
    throw error;
  }
}

/** Not synchronous: flushes that wait together share the file system's commits. */
function flush(file: number, onVault: Translate): Promise<void> {
  return new Promise((resolve, reject) => {
    fsync(file, (error) => (error === null ? resolve() : reject(onVault(error))));
  });
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
    const code = codeOf(error);
    if (code === 'EEXIST') throw onVault(error);
    discard(target);
    if (code === 'EIO' || code === 'ENOSPC' || code === 'EROFS' || code === 'EDQUOT') throw onVault(error);
    return false;
  }
}

function hashClone(
  clone: number,
  hash: StageHash,
  progress: JobProgress,
  onVault: Translate,
  object: string,
): number {
  for (let done = 0; ; ) {
    const read = attempt(() => readSync(clone, readBuffer, 0, readBuffer.length, done), onVault);
    if (read === 0) return done;
    hash.update(readBuffer.subarray(0, read));
    done += read;
    report(progress, done, object);
  }
}

async function copyAndHash(
  source: number,
  copy: number,
  hash: StageHash,
  progress: StageProgress,
  onSource: Translate,
  onVault: Translate,
  object: string,
): Promise<number> {
  for (let done = 0; ; ) {
    const atMost = await progress.allowance(done, readBuffer.length);
    report(progress, done, object);
    const read = attempt(() => readSync(source, readBuffer, 0, atMost, done), onSource);
    if (read === 0) return done;
    // Written and hashed before anybody else has the thread, and its buffer.
    const bytes = readBuffer.subarray(0, read);
    attempt(() => writeFully(copy, bytes), onVault);
    hash.update(bytes);
    done += read;
    report(progress, done, object);
  }
}

/** Staging is wiped at the next start anyway: what cannot be removed now must not hide why. */
function discard(target: string): void {
  try {
    rmSync(target, { force: true });
  } catch {
    // said by the error that led here
  }
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
}

/** A clone has its source's mode. exFAT and some shares have no modes: the bytes are as safe without. */
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

/** The file of that name is still the one that was opened (its inode says so), and as it was then. */
function isUnchanged(job: StageJob, before: string): boolean {
  try {
    return fingerprint(toFileStat(lstatSync(Buffer.from(job.source), { bigint: true }))) === before;
  } catch {
    return false;
  }
}
