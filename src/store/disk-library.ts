import { constants } from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobRef } from '#core/digest.ts';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import type { LibraryFile } from '#core/library-path.ts';
import type { Library, LibraryEntry, LibraryLink } from '#core/ports/library.ts';

export type LibraryMode = 'auto' | 'reflink' | 'hardlink' | 'copy';

/** Ways to make a file of the tree, best first; a copy costs the space again and is made only where asked for. */
const waysOf: Readonly<Record<LibraryMode, readonly LibraryLink[]>> = {
  auto: ['reflink', 'hardlink'],
  reflink: ['reflink'],
  hardlink: ['hardlink'],
  copy: ['copy'],
};
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

/** The readable tree below `root`, of blobs that `blobFile` finds. */
export function createDiskLibrary(options: {
  readonly root: string;
  readonly mode: LibraryMode;
  readonly blobFile: (ref: BlobRef) => string;
}): Library {
  const { root, blobFile } = options;
  /** Ways that the file system has refused once. */
  const impossible = new Set<LibraryLink>();

  return {
    async make(file) {
      const target = join(root, file.path);
      try {
        await mkdir(dirname(target), { recursive: true });
        const made = await makeInSomeWay(file, target);
        return { ...file, link: made, fingerprint: await fingerprintOf(target) };
      } catch (error) {
        throw translateError(error, { operation: 'make in the library', object: file.path });
      }
    },

    async remove(entry, { evenIfWritten }) {
      const target = join(root, entry.path);
      const state = await checkEntry(entry);
      if (state === 'gone') return;
      if (state === 'written' && !(evenIfWritten && (await isStillThatFile(entry, target)))) return;
      await unlink(target);
      await removeEmptyFolders(dirname(target));
    },

    check: checkEntry,
  };

  async function makeInSomeWay(file: LibraryFile, target: string): Promise<LibraryLink> {
    for (const way of waysOf[options.mode].filter((candidate) => !impossible.has(candidate))) {
      try {
        await makers[way](blobFile(file), target);
        return way;
      } catch (error) {
        const code = codeOf(error) ?? '';
        if (code === 'EEXIST' && (await isSameFile(blobFile(file), target))) return 'hardlink';
        if (!impossibleCodes.has(code)) throw error;
        if (code !== 'EMLINK') impossible.add(way);
      }
    }
    throw new ReelholdError(
      {
        kind: 'unsupported',
        operation: 'make in the library',
        object: file.path,
        hint: 'Put the library on the same disk as the vault, or set REELHOLD_LIBRARY_MODE=copy (needs the space twice).',
      },
      'this disk cannot share files with the vault',
    );
  }

  async function checkEntry(entry: LibraryEntry) {
    try {
      return (await fingerprintOf(join(root, entry.path))) === entry.fingerprint ? 'untouched' : 'written';
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return 'gone';
      throw translateError(error, { operation: 'look at the library', object: entry.path });
    }
  }

  async function removeEmptyFolders(folder: string): Promise<void> {
    for (let path = folder; path.length > root.length; path = dirname(path)) {
      try {
        await rmdir(path);
      } catch {
        return; // not empty, or not ours to remove: both are fine
      }
    }
  }
}

const makers: Readonly<Record<LibraryLink, (blob: string, target: string) => Promise<void>>> = {
  hardlink: (blob, target) => link(blob, target),
  reflink: (blob, target) =>
    copyReadOnly(blob, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE),
  copy: (blob, target) => copyReadOnly(blob, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE),
};

async function copyReadOnly(blob: string, target: string, flags: number): Promise<void> {
  await copyFile(blob, target, flags);
  await chmod(target, 0o444);
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([lstat(a), lstat(b)]);
  return one.ino === other.ino && one.dev === other.dev;
}

async function isStillThatFile(entry: LibraryEntry, target: string): Promise<boolean> {
  return entry.fingerprint.split(':').at(-1) === String((await lstat(target, { bigint: true })).ino);
}

/** Without the ctime, which another hard link to the same file changes. */
async function fingerprintOf(path: string): Promise<string> {
  const { size, mtimeNs, ino } = await lstat(path, { bigint: true });
  return `${size}:${mtimeNs}:${ino}`;
}
