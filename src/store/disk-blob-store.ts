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
/** Sources may lie on several file systems: a few refusals before it is given up. */
const reflinkTries = 3;
const neverAborted = new AbortController().signal;

/**
 * Blobs as files below `root`, in the layout of docs/format.md. Staging, blobs and quarantine share a file
 * system, so that a blob appears by one rename, whole or not at all.
 */
export function createDiskBlobStore({ root, pool }: { root: string; pool: HashPool }): BlobStore {
  const reflinks = createReflinkTrial();
  const stagedPath = (staged: Pick<StagedBlob, 'id'>) => join(root, 'staging', staged.id);
  const pathOf = (ref: BlobRef) => join(root, blobPath(ref));

  const store: BlobStore = {
    async stage(source, { signal, onProgress, also = null }) {
      const id = randomUUID();
      const tryReflink = reflinks.shouldTry();
      const job = {
        kind: 'stage',
        source: encodeName(source.path),
        within: source.within === null ? null : encodeName(source.within),
        target: stagedPath({ id }),
        tryReflink,
        also,
      } as const;
      let reflinked: boolean | null = null;
      try {
        const result = await pool.run(job, { signal, ...(onProgress === undefined ? {} : { onProgress }) });
        if (result.kind !== 'staged') throw new TypeError('the hash pool answered another question');
        reflinked = result.reflinked;
        const { hex, stat } = result;
        return { id, digest: digestOfHex(hex), sizeBytes: stat.sizeBytes, stat, also: result.also };
      } finally {
        if (tryReflink) reflinks.note(reflinked);
      }
    },

    async discard(staged) {
      await rm(stagedPath(staged), { force: true });
    },

    async store(items) {
      const moves = items.map(({ staged, ext }) => ({
        from: stagedPath(staged),
        to: pathOf({ digest: staged.digest, ext }),
      }));
      const result = await pool.run({ kind: 'place', moves }, { signal: neverAborted });
      if (result.kind !== 'placed') throw new TypeError('the hash pool answered another question');
      for (const { index, name } of result.standing) await settleStanding(items[index]?.staged, name);
    },

    async heal(staged, ref) {
      if (staged.digest !== ref.digest) throw new RangeError('heal a blob: by other bytes than it has');
      try {
        await makeDirectory(dirname(pathOf(ref)));
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
        if (!isReelholdError(error, 'missing')) throw error;
        await requireBlobs(ref);
        return 'missing';
      }
    },

    async erase(refs) {
      for (const ref of refs) {
        try {
          await requireBlobs(ref);
          await rm(pathOf(ref), { force: true });
          if (await isFolder(dirname(pathOf(ref)))) await syncDirectory(dirname(pathOf(ref)));
        } catch (error) {
          throw onVault(error, 'erase', ref.digest);
        }
      }
    },

    localPath: pathOf,

    async *list() {
      for (const shard of await listFolder(join(root, 'blobs', 'sha256'))) {
        for (const name of await listFolder(join(root, 'blobs', 'sha256', shard))) {
          const ref = parseBlobName(name);
          if (ref === null || !hexOf(ref.digest).startsWith(shard)) continue;
          const sizeBytes = await sizeOf(pathOf(ref));
          if (sizeBytes !== null) yield { ...ref, sizeBytes };
        }
      }
    },

    read: (ref, range) => readBlobFile(pathOf(ref), ref, range),
  };

  /**
   * A blob may stand already without anybody knowing it: its record was lost in a crash. It stays if it is
   * good, and is healed if it is not.
   */
  async function settleStanding(staged: StagedBlob | undefined, name: string): Promise<void> {
    const ref = parseBlobName(name);
    if (staged === undefined || ref === null) throw new TypeError('the hash pool answered another question');
    if ((await store.verify(ref, neverAborted)) === 'good') await store.discard(staged);
    else await store.heal(staged, ref);
  }

  /** A blob is missing only where the others stand: an empty mount is a disk that is not connected. */
  async function requireBlobs({ digest }: BlobRef): Promise<void> {
    if (await isFolder(join(root, 'blobs', 'sha256'))) return;
    const facts = { kind: 'unreachable', operation: 'read back', object: digest, side: 'vault' } as const;
    throw new ReelholdError(facts, 'the vault is not there');
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

/** Whether cloning is worth trying: one file finds out, the others do not wait for it. */
function createReflinkTrial() {
  let refused = 0;
  let isTrying = false;
  let works = false;
  return {
    shouldTry() {
      if (works) return true;
      if (isTrying || refused >= reflinkTries) return false;
      isTrying = true;
      return true;
    },
    /** Null where the file could not be read: that says nothing about clones. */
    note(reflinked: boolean | null) {
      isTrying = false;
      if (reflinked === null) return;
      works = reflinked;
      refused = reflinked ? 0 : refused + 1;
    },
  };
}

/** Reads a blob's file, or a part of it; fails with a `ReelholdError` where it is cut off or cannot be read. */
export async function* readBlobFile(
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
      if (bytesRead === 0) throw cutOff(ref);
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
    }
  } catch (error) {
    throw onVault(error, 'read', ref.digest);
  }
}

function cutOff({ digest }: BlobRef): ReelholdError {
  const facts = { kind: 'corrupt', operation: 'read', object: digest, side: 'vault' } as const;
  return new ReelholdError(facts, 'it is cut off');
}

async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw onVault(error, 'list', path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw onVault(error, 'look at', path);
  }
}

/** Null where nothing, or no file, stands there. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const stat = await lstat(path);
    return stat.isFile() ? stat.size : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw onVault(error, 'look at', path);
  }
}

function onVault(error: unknown, operation: string, object: string): ReelholdError {
  return translateError(error, { operation, object, side: 'vault' });
}
