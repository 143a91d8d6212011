import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import type { JobProgress } from './hash-job.ts';
import { alignmentBytes, readBuffer } from './read-buffer.ts';

/**
 * Hashes a file by reading it from the medium, not from the page cache: SHA-256 as hexadecimal digits.
 * Where the file system cannot read past its cache, the file's cached pages are dropped first; where neither
 * is possible it fails with `unsupported`, because what the cache says proves nothing about the disk.
 */
export function hashFromMedium(path: string, progress: JobProgress): string {
  try {
    const file = openPastCache(path);
    try {
      return hashOpen(file, path, progress);
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

function hashOpen(file: number, path: string, progress: JobProgress): string {
  const hash = createHash('sha256');
  for (let done = 0; ; ) {
    const read = readSync(file, readBuffer, 0, readBuffer.length, done);
    hash.update(readBuffer.subarray(0, read));
    done += read;
    progress.setBytesDone(done);
    if (progress.isAborted()) {
      throw new ReelholdError(
        { kind: 'aborted', operation: 'read back', object: path, side: 'vault' },
        'stopped',
      );
    }
    // Past the cache the next read would start where the medium has no sector: a short one is the end.
    if (read < readBuffer.length && read % alignmentBytes !== 0) break;
    if (read === 0) break;
  }
  return hash.digest('hex');
}
