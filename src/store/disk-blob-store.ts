import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BlobRef, blobPath, digestOfHex, hexOf, parseBlobName } from '#core/digest.ts';
import { codeOf, isReelholdError, ReelholdError, translateError } from '#core/errors.ts';
import { encodeName } from '#core/file-name.ts';
import type { BlobStore, StagedBlob } from '#core/ports/blob-store.ts';
import { makeDirectory, syncDirectory } from './durable.ts';
import type { HashPool } from './hash-pool.ts';

const readChunkBytes = 256 * 1024;
const neverAborted = new AbortController().signal;

/**
 * Blobs as files below `root`, in the layout of docs/format.md. Staging, blobs and quarantine share a file
 * system, so that a blob appears by one rename, whole or not at all.
 */
export function createDiskBlobStore({ root, pool }: { root: string; pool: HashPool }): BlobStore {
  /** Devices from which a clone was refused: not tried again for each file. */
  let reflinkRefused = 0;
  /** Folders of blobs that stand, durably. */
  const madeFolders = new Set<string>();
  const makeFolder = async (path: string) => {
    if (madeFolders.has(path)) return;
    await makeDirectory(path);
    madeFolders.add(path);
  };
  const stagedPath = (staged: Pick<StagedBlob, 'id'>) => join(root, 'staging', staged.id);
  const pathOf = (ref: BlobRef) => join(root, blobPath(ref));

  const store: BlobStore = {
    async stage(source, { signal, onProgress }) {
      const id = randomUUID();
      const tryReflink = reflinkRefused < 3;
      const result = await pool.run(
        {
          kind: 'stage',
          source: encodeName(source.path),
          within: source.within === null ? null : encodeName(source.within),
          target: stagedPath({ id }),
          tryReflink,
        },
        { signal, ...(onProgress === undefined ? {} : { onProgress }) },
      );
      if (result.kind !== 'staged') throw new TypeError('the hash pool answered another question');
      if (tryReflink) reflinkRefused = result.reflinked ? 0 : reflinkRefused + 1;
      return { id, digest: digestOfHex(result.hex), sizeBytes: result.stat.sizeBytes, stat: result.stat };
    },

    async discard(staged) {
      await rm(stagedPath(staged), { force: true });
    },

    async store(items) {
      try {
        const fresh = await withoutStanding(items);
        const folders = new Set(
          items.map(({ staged, ext }) => dirname(pathOf({ digest: staged.digest, ext }))),
        );
        await Promise.all([...folders].map(makeFolder));
        await Promise.all(
          fresh.map(({ staged, ext }) => rename(stagedPath(staged), pathOf({ digest: staged.digest, ext }))),
        );
        await Promise.all([...folders].map(syncDirectory));
      } catch (error) {
        throw onVault(error, 'store', `${items.length} new file(s)`);
      }
    },

    async heal(staged, ref) {
      try {
        await makeFolder(dirname(pathOf(ref)));
        await keepBadBytes(ref);
        await rename(stagedPath(staged), pathOf(ref));
        await syncDirectory(dirname(pathOf(ref)));
      } catch (error) {
        throw onVault(error, 'heal', ref.digest);
      }
    },

    async verify(ref, signal) {
      try {
        const result = await pool.run({ kind: 'hash', path: pathOf(ref) }, { signal });
        return result.kind === 'hashed' && result.hex === hexOf(ref.digest) ? 'good' : 'corrupt';
      } catch (error) {
        if (isReelholdError(error, 'missing')) return 'missing';
        throw error;
      }
    },

    localPath: pathOf,

    async *list() {
      for (const shard of await listFolder(join(root, 'blobs', 'sha256'))) {
        for (const name of await listFolder(join(root, 'blobs', 'sha256', shard))) {
          const ref = parseBlobName(name);
          if (ref === null) continue;
          const { size } = await lstat(pathOf(ref));
          yield { ...ref, sizeBytes: size };
        }
      }
    },

    read: (ref, range) => readFile(pathOf(ref), ref, range),
  };

  /**
   * A blob may stand already without anybody knowing it: its record was lost in a crash. It stays if it is
   * good, and is healed if it is not.
   */
  async function withoutStanding(items: Parameters<BlobStore['store']>[0]) {
    const fresh = [];
    for (const item of items) {
      const ref = { digest: item.staged.digest, ext: item.ext };
      if (!(await exists(pathOf(ref)))) {
        fresh.push(item);
      } else if ((await store.verify(ref, neverAborted)) === 'good') {
        await store.discard(item.staged);
      } else {
        await store.heal(item.staged, ref);
      }
    }
    return fresh;
  }

  /** Links the bad bytes into quarantine first, so that the good ones then replace them in one step. */
  async function keepBadBytes(ref: BlobRef): Promise<void> {
    const quarantine = join(root, 'quarantine');
    await mkdir(quarantine, { recursive: true });
    const kept = join(quarantine, `${hexOf(ref.digest)}-${randomUUID()}`);
    try {
      await link(pathOf(ref), kept);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'ENOTSUP' && codeOf(error) !== 'ENOSYS') throw error;
      await rename(pathOf(ref), kept);
    }
    await syncDirectory(quarantine);
  }

  return store;
}

async function* readFile(
  path: string,
  ref: BlobRef,
  range: { readonly start: number; readonly end: number } | undefined,
): AsyncIterable<Uint8Array> {
  try {
    await using handle = await open(path, 'r');
    const end = range?.end ?? (await handle.stat()).size - 1;
    let position = range?.start ?? 0;
    while (position <= end) {
      const buffer = Buffer.allocUnsafe(Math.min(readChunkBytes, end - position + 1));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0)
        throw new ReelholdError({ kind: 'corrupt', operation: 'read', object: ref.digest }, 'it is cut off');
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
    }
  } catch (error) {
    throw onVault(error, 'read', ref.digest);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw onVault(error, 'list', path);
  }
}

function onVault(error: unknown, operation: string, object: string): ReelholdError {
  return translateError(error, { operation, object, side: 'vault' });
}
