import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import type { JobProgress } from './hash-job.ts';
import { directBuffer } from './read-buffer.ts';

const readFile = promisify(read);

/** Where a short read is taken up again: no disk in use has larger sectors. */
const sectorBytes = 4096;

/** The two buffers of a thread, and the last that asked for its turn to use them. */
const buffers = [directBuffer(), directBuffer()] as const;
let turn: Promise<unknown> = Promise.resolve();

/**
 * Hashes a file by reading it from the medium, not from the page cache: SHA-256 as hexadecimal digits.
 * Where the file system cannot read past its cache, the file's cached pages are dropped first; where neither
 * is possible it fails with `unsupported`, because what the cache says proves nothing about the disk. One file after
 * the other in each thread.
 */
export function hashFromMedium(path: string, progress: JobProgress): Promise<string> {
  const hashed = turn.then(() => hashNow(path, progress));
  turn = hashed.catch(() => undefined); // whoever asked for it has the error
  return hashed;
}

async function hashNow(path: string, progress: JobProgress): Promise<string> {
  try {
    const file = openPastCache(path);
    try {
      return await hashReads(
        {
          async read(target, position) {
            const { bytesRead } = await readFile(file, target, 0, target.length, position);
            return bytesRead;
          },
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
  read(target: Buffer, position: number): Promise<number>;
  sizeBytes(): number;
}

/**
 * Hashes all bytes of a file; what comes next is read meanwhile. Every read starts where the medium may have a sector,
 * and what it gives of what was hashed already is left out: a network's file system may give less than was asked for
 * in the middle of a file. Fails with `io` where the bytes end before the file does, as that says nothing about them.
 *
 * @internal
 */
export async function hashReads(file: ReadableFile, object: string, progress: JobProgress): Promise<string> {
  const hash = createHash('sha256');
  const [first, second] = buffers;
  let sizeBytes = file.sizeBytes();
  let done = 0;
  let buffer = first;
  let reading = file.read(buffer, 0);
  for (;;) {
    const count = await reading;
    const bytes = buffer.subarray(done % sectorBytes, count);
    done += bytes.length;
    progress.setBytesDone(done);
    if (progress.isAborted()) throw failure('aborted', object, 'stopped');
    const isLast = count < buffer.length && (done >= sizeBytes || bytes.length === 0);
    if (!isLast) {
      buffer = buffer === first ? second : first;
      reading = file.read(buffer, done - (done % sectorBytes));
    }
    hash.update(bytes);
    if (!isLast) continue;
    if (done < sizeBytes) sizeBytes = file.sizeBytes(); // somebody may have cut it off meanwhile
    if (done < sizeBytes) throw failure('io', object, 'the disk gives less than the file holds');
    return hash.digest('hex');
  }
}

function failure(kind: 'aborted' | 'io', object: string, detail: string): ReelholdError {
  return new ReelholdError({ kind, operation: 'read back', object, side: 'vault' }, detail);
}
