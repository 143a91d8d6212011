import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import type { JobProgress } from './hash-job.ts';
import { readBuffer } from './read-buffer.ts';

/** Where a short read is taken up again: no disk in use has larger sectors. */
const sectorBytes = 4096;

/**
 * Hashes a file by reading it from the medium, not from the page cache: SHA-256 as hexadecimal digits.
 * Where the file system cannot read past its cache, the file's cached pages are dropped first; where neither
 * is possible it fails with `unsupported`, because what the cache says proves nothing about the disk.
 */
export function hashFromMedium(path: string, progress: JobProgress): string {
  try {
    const file = openPastCache(path);
    try {
      return hashReads(
        {
          read: (target, position) => readSync(file, target, 0, target.length, position),
          sizeBytes: () => fstatSync(file).size,
        },
        path,
        progress,
      );
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw translateError(error, { operation: 'read back', object: path, side: 'vault' });
  }
}

function openPastCache(path: string): number {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
  try {
    return openSync(path, flags | constants.O_DIRECT);
  } catch (error) {
    if (codeOf(error) !== 'EINVAL') throw error;
  }
  dropCache(path);
  return openSync(path, flags);
}

/** GNU dd's `nocache` is posix_fadvise(DONTNEED) on the whole file, which Node cannot call itself. */
function dropCache(path: string): void {
  const { status } = spawnSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none'], {
    stdio: 'ignore',
  });
  if (status === 0) return;
  throw new ReelholdError(
    { kind: 'unsupported', operation: 'read back', object: path, side: 'vault' },
    'this disk cannot be read past the cache',
  );
}

/** An open file, as far as it is read here. @internal */
export interface ReadableFile {
  /** Fills the target from the position on, or a part of it; gives how many bytes came, 0 at the end. */
  read(target: Buffer, position: number): number;
  sizeBytes(): number;
}

/**
 * Hashes all bytes of a file. Every read starts where the medium may have a sector, and what it gives of what was
 * hashed already is left out: a network's file system may give less than was asked for in the middle of a file.
 * Fails with `io` where the bytes end before the file does, as that says nothing about them.
 *
 * @internal
 */
export function hashReads(file: ReadableFile, object: string, progress: JobProgress): string {
  const hash = createHash('sha256');
  let sizeBytes = file.sizeBytes();
  for (let done = 0; ; ) {
    const known = done % sectorBytes;
    const read = file.read(readBuffer, done - known);
    if (read > known) hash.update(readBuffer.subarray(known, read));
    done += Math.max(0, read - known);
    progress.setBytesDone(done);
    if (progress.isAborted()) throw failure('aborted', object, 'stopped');
    const isFull = read === readBuffer.length;
    if (done >= sizeBytes && !isFull) break;
    if (read > known) continue;
    sizeBytes = file.sizeBytes(); // somebody may have cut it off meanwhile
    if (done < sizeBytes) throw failure('io', object, 'the disk gives less than the file holds');
    break;
  }
  return hash.digest('hex');
}

function failure(kind: 'aborted' | 'io', object: string, detail: string): ReelholdError {
  return new ReelholdError({ kind, operation: 'read back', object, side: 'vault' }, detail);
}
