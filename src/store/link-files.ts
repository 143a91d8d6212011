import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, describeError } from '#core/errors.ts';
import type { LibraryLink } from '#core/ports/library.ts';
import { treeFingerprint } from './file-stat.ts';
import type { LinkJob, LinkResult } from './hash-job.ts';
import { readBuffer } from './read-buffer.ts';

const impossibleCodes = new Set([
  'ENOTSUP',
  'EOPNOTSUPP',
  'EXDEV',
  'EINVAL',
  'ENOTTY',
  'ENOSYS',
  'EPERM',
  'EMLINK',
]);

const makers: Readonly<Record<LibraryLink, (blob: string, target: string) => void>> = {
  hardlink: (blob, target) => linkSync(blob, target),
  reflink: (blob, target) =>
    copyReadOnly(blob, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE),
  copy(blob, target) {
    copyReadOnly(blob, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    flush(target); // its row may be durable before its bytes
  },
};

/** Makes each file in the first way that the file system can; never over a file that is there. */
export function linkFiles({ items, ways }: LinkJob): LinkResult[] {
  let possible = ways;
  return items.map(({ blob, target }) => {
    try {
      makeFolder(dirname(target));
      for (const way of possible) {
        const made = tryWay(way, blob, target);
        if (made !== null)
          return {
            kind: 'made',
            link: made,
            fingerprint: treeFingerprint(lstatSync(target, { bigint: true })),
          };
        possible = possible.filter((other) => other !== way);
      }
      return { kind: 'failed', code: 'ENOTSUP', message: 'no way is left' };
    } catch (error) {
      return { kind: 'failed', code: codeOf(error), message: describeError(error) };
    }
  });
}

/** Null where the file system cannot do it this way. */
function tryWay(way: LibraryLink, blob: string, target: string): LibraryLink | null {
  try {
    makers[way](blob, target);
    return way;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && isBeginningOf(blob, target)) {
      rmSync(target);
      return tryWay(way, blob, target);
    }
    const code = codeOf(error) ?? '';
    if (code === 'EEXIST' && isSameFile(blob, target)) return 'hardlink';
    if (code === 'EEXIST' && way !== 'hardlink' && isOurCopy(blob, target)) return way;
    if (!impossibleCodes.has(code)) throw error;
    return null;
  }
}

/** Most often only the last folder is new. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(path, { recursive: true });
  }
}

function copyReadOnly(blob: string, target: string, flags: number): void {
  copyFileSync(blob, target, flags);
  chmodSync(target, 0o444);
}

function flush(path: string): void {
  const file = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function isSameFile(a: string, b: string): boolean {
  const one = lstatSync(a, { bigint: true });
  const other = lstatSync(b, { bigint: true });
  return one.ino === other.ino && one.dev === other.dev;
}

/** A copy that a crash cut short: a file that holds nothing but a beginning of the same bytes. */
function isBeginningOf(blob: string, target: string): boolean {
  const stat = lstatSync(target);
  if (!stat.isFile() || stat.nlink > 1 || stat.size >= lstatSync(blob).size) return false;
  return withBoth(blob, target, (files) => haveSameBytes(files, stat.size));
}

/** A crash may have come between the file and the row that knows of it: read-only, and the same bytes. */
function isOurCopy(blob: string, target: string): boolean {
  const stat = lstatSync(target);
  if (!stat.isFile() || (stat.mode & 0o222) !== 0 || stat.size !== lstatSync(blob).size) return false;
  return withBoth(blob, target, (files) => haveSameBytes(files, stat.size));
}

function withBoth(blob: string, target: string, compare: (files: readonly number[]) => boolean): boolean {
  const files = [blob, target].map((path) => openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW));
  try {
    return compare(files);
  } finally {
    for (const file of files) closeSync(file);
  }
}

function haveSameBytes(files: readonly number[], sizeBytes: number): boolean {
  const half = readBuffer.length / 2;
  const buffers = [readBuffer.subarray(0, half), readBuffer.subarray(half)] as const;
  for (let done = 0; done < sizeBytes; done += half) {
    const length = Math.min(half, sizeBytes - done);
    const reads = files.map((file, index) => readSync(file, buffers[index] ?? readBuffer, 0, length, done));
    if (reads[0] !== reads[1]) return false;
    if (!buffers[0].subarray(0, reads[0]).equals(buffers[1].subarray(0, reads[0]))) return false;
  }
  return true;
}
