import { lstat, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobRef } from '#core/digest.ts';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import type { LibraryFile } from '#core/library-path.ts';
import type { Library, LibraryEntry, LibraryLink } from '#core/ports/library.ts';
import { treeFingerprint } from './file-stat.ts';
import type { LinkResult } from './hash-job.ts';
import type { HashPool } from './hash-pool.ts';

export type LibraryMode = 'auto' | 'reflink' | 'hardlink' | 'copy';

/** Ways to make a file of the tree, best first; a copy costs the space again and is made only where asked for. */
const waysOf: Readonly<Record<LibraryMode, readonly LibraryLink[]>> = {
  auto: ['reflink', 'hardlink'],
  reflink: ['reflink'],
  hardlink: ['hardlink'],
  copy: ['copy'],
};

/** The readable tree below `root`, of blobs that `blobFile` finds. */
export function createDiskLibrary(options: {
  readonly root: string;
  readonly mode: LibraryMode;
  readonly blobFile: (ref: BlobRef) => string;
  readonly pool: HashPool;
}): Library {
  const { root, blobFile, pool } = options;

  return {
    async make(files) {
      const items = files.map((file) => ({ blob: blobFile(file), target: join(root, file.path) }));
      const job = { kind: 'link', items, ways: waysOf[options.mode] } as const;
      const result = await pool.run(job, { signal: new AbortController().signal });
      if (result.kind !== 'linked') throw new TypeError('the hash pool answered another question');
      return files.map((file, index) => {
        const made = result.results[index];
        if (made?.kind === 'made') return { ...file, link: made.link, fingerprint: made.fingerprint };
        return toError(file, made);
      });
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

  async function checkEntry(entry: LibraryEntry) {
    try {
      const stat = await lstat(join(root, entry.path), { bigint: true });
      if (treeFingerprint(stat) === entry.fingerprint) return 'untouched';
      // An empty copy or clone has lost its bytes in a power cut, or never had any: it is made again.
      return stat.size === 0n && entry.link !== 'hardlink' ? 'outdated' : 'written';
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

function toError(file: LibraryFile, failed: LinkResult | undefined): ReelholdError {
  const facts = { operation: 'make in the library', object: file.path };
  const code = failed?.kind === 'failed' ? failed.code : undefined;
  if (code !== 'ENOTSUP') {
    const message = failed?.kind === 'failed' ? failed.message : 'no answer';
    return translateError(Object.assign(new Error(message), { code }), facts);
  }
  const hint =
    'Put the library on the same disk as the vault, or set REELHOLD_LIBRARY_MODE=copy (needs the space twice).';
  return new ReelholdError(
    { ...facts, kind: 'unsupported', hint },
    'this disk cannot share files with the vault',
  );
}

async function isStillThatFile(entry: LibraryEntry, target: string): Promise<boolean> {
  return entry.fingerprint.split(':').at(-1) === String((await lstat(target, { bigint: true })).ino);
}
