import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfHex, parseBlobPath } from '#core/digest.ts';
import { codeOf, translateError } from '#core/errors.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import type { ListedFile } from '#core/ports/location.ts';
import type { HashPool } from './hash-pool.ts';

/**
 * A copy of the archive in a folder: the vault, a drive, or what somebody copied by other means. It is only read, and
 * no link leads out of it.
 */
export function createFolderSource(options: {
  readonly name: string;
  readonly root: string;
  readonly pool: HashPool;
}): ArchiveSource {
  const { name, root, pool } = options;
  const failure = (error: unknown, operation: string, object: string) =>
    translateError(error, { operation, object: `${object} at ${name}`, side: 'source' });

  return {
    name,
    async read(path) {
      try {
        return await readFile(join(root, path));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw failure(error, 'read', path);
      }
    },
    async *list(folder, signal) {
      try {
        for await (const file of folder === 'blobs' ? blobsBelow(root) : filesIn(root, folder)) {
          signal.throwIfAborted();
          yield file;
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw failure(error, 'list', folder);
      }
    },
    async copy(file, target, { signal, onProgress }) {
      const within = await realpath(root).catch((error: unknown) => {
        throw failure(error, 'read', file.path);
      });
      const result = await pool.run(
        {
          kind: 'stage',
          source: Buffer.from(join(within, file.path)),
          within: Buffer.from(within),
          target,
          // A clone would share every block with the copy that it is to stand in for.
          tryReflink: false,
          also: null,
        },
        { signal, ...(onProgress === undefined ? {} : { onProgress: (bytes) => onProgress(bytes, null) }) },
      );
      if (result.kind !== 'staged') throw new TypeError('the hash pool answered another question');
      return digestOfHex(result.hex);
    },
  };
}

async function* blobsBelow(root: string): AsyncGenerator<ListedFile> {
  const shards = await readdir(join(root, 'blobs/sha256'));
  for (const shard of shards.sort()) {
    for await (const file of filesIn(root, `blobs/sha256/${shard}`)) {
      if (parseBlobPath(file.path) !== null) yield file;
    }
  }
}

/** The regular files of a folder, in the order of their names. */
async function* filesIn(root: string, folder: string): AsyncGenerator<ListedFile> {
  const names = await readdir(join(root, folder)).catch((error: unknown): string[] => {
    if (codeOf(error) === 'ENOTDIR') return [];
    throw error;
  });
  for (const name of names.sort()) {
    const stat = await lstat(join(root, folder, name));
    if (stat.isFile()) yield { path: `${folder}/${name}`, sizeBytes: stat.size, hashes: {} };
  }
}
