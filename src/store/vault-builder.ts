import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ArchiveMark, type LocationMark, readMarks } from '#core/archive-format.ts';
import { type BlobRef, blobPath, type Digest, digestOfHex, parseBlobName } from '#core/digest.ts';
import { codeOf, isReelholdError, ReelholdError, translateError } from '#core/errors.ts';
import type { RebuildFacts } from '#core/plan-rebuild.ts';
import type { VaultBuilder } from '#core/ports/vault-builder.ts';
import { createDiskBlobStore } from './disk-blob-store.ts';
import { readDiskSpace } from './file-space.ts';
import { hashFile } from './hash-file.ts';
import type { HashOptions, HashPool } from './hash-pool.ts';
import { createJournalFiles } from './journal-files.ts';
import { listOthers, prepareFolders, writeMarks, writePapers } from './vault.ts';
import { takeVaultLock } from './vault-lock.ts';

const never = new AbortController().signal;

/** What stands in the folder that is to be a vault; writes nothing. */
export async function lookAtVault(
  root: string,
): Promise<Pick<RebuildFacts, 'vaultMark' | 'hasOtherFiles' | 'hasArchiveFiles'>> {
  try {
    const text = await readFile(join(root, 'archive.json'), 'utf8').catch(nullIfMissing);
    const others = (await listOthers(root)).filter((name) => name !== 'archive.json');
    return {
      vaultMark:
        text === null ? null : (readMarks({ archive: text, location: null }).archive ?? 'unreadable'),
      hasOtherFiles: others.length > 0,
      hasArchiveFiles:
        (await isAnyFileBelow(join(root, 'journal'))) || (await isAnyFileBelow(join(root, 'blobs'))),
    };
  } catch (error) {
    throw translateError(error, { operation: 'look at the vault', object: root, side: 'vault' });
  }
}

/** Takes the vault's folder for this process, to fill it; fails with `busy` where another has it. */
export async function openVaultBuilder(options: {
  readonly root: string;
  readonly pool: HashPool;
}): Promise<VaultBuilder & Disposable> {
  const { root, pool } = options;
  const failure = (error: unknown, operation: string, object: string) =>
    translateError(error, { operation, object, side: 'vault' });
  const lock = await takeFolder(root);
  const files = createJournalFiles(root);
  const store = createDiskBlobStore({ root, pool });

  const readBack = async (ref: BlobRef, options: HashOptions): Promise<'good' | 'bad'> => {
    const path = join(root, blobPath(ref));
    try {
      return (await hashAsStored(path, pool, options)) === ref.digest ? 'good' : 'bad';
    } catch (error) {
      if (isReelholdError(error, 'io')) return 'bad';
      throw failure(error, 'read back', blobPath(ref));
    }
  };

  const sizeOf = async (path: string): Promise<number | null> => {
    try {
      const stat = await lstat(join(root, path));
      return stat.isFile() ? stat.size : null;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw failure(error, 'look at', path);
    }
  };

  return {
    freeBytes: async () => (await readDiskSpace(root)).freeBytes,
    hasFile: async (path, sizeBytes) => (await sizeOf(path)) === sizeBytes,
    checkBlob: async (ref, context) =>
      (await sizeOf(blobPath(ref))) === null ? 'missing' : await readBack(ref, context),
    draft: () => join(root, 'staging', randomUUID()),
    async placeBlob(draft, ref) {
      const moves = [{ from: draft, to: join(root, blobPath(ref)) }];
      const result = await pool.run({ kind: 'place', moves }, { signal: never });
      if (result.kind !== 'placed') throw new TypeError('the hash pool answered another question');
      const [standing] = result.standing;
      if (standing === undefined) return;
      const found = parseBlobName(standing.name); // it may have come with another extension
      if (found === null) throw new TypeError('the hash pool answered another question');
      if ((await readBack(found, { signal: never })) === 'good') await rm(draft);
      else await store.heal({ id: basename(draft), digest: ref.digest }, found);
    },
    isSound: files.isSound,
    placeFile: files.place,
    discard: (draft) => rm(draft, { force: true }),
    async finish(archive: ArchiveMark, location: LocationMark) {
      const [unwritten] = await writePapers(root);
      if (unwritten !== undefined) throw unwritten.error;
      await writeMarks(root, archive, location).catch((error: unknown) => {
        throw failure(error, 'write the marks of', root);
      });
    },
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  };
}

/** Past the cache, as what was written just now stands in it; with it where the file system has no other way. */
async function hashAsStored(path: string, pool: HashPool, options: HashOptions): Promise<Digest> {
  try {
    const result = await pool.run({ kind: 'hash', path }, options);
    if (result.kind !== 'hashed') throw new TypeError('the hash pool answered another question');
    return digestOfHex(result.hex);
  } catch (error) {
    if (!isReelholdError(error, 'unsupported')) throw error;
    return (await hashFile(Buffer.from(path), options)).digest;
  }
}

async function takeFolder(root: string): Promise<Disposable> {
  const facts = { operation: 'open the vault', object: root, side: 'vault' } as const;
  try {
    await mkdir(root, { recursive: true });
    const outcome = takeVaultLock(root, 'command');
    if (outcome.kind === 'taken') {
      const hint = 'Stop it first, then start this again.';
      throw new ReelholdError(
        { ...facts, kind: 'busy', hint },
        `another Reelhold holds it (${outcome.holder})`,
      );
    }
    try {
      await prepareFolders(root);
      return outcome.lock;
    } catch (error) {
      outcome.lock[Symbol.dispose]();
      throw error;
    }
  } catch (error) {
    throw translateError(error, facts);
  }
}

async function isAnyFileBelow(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(nullIfMissing);
  for (const entry of entries ?? []) {
    if (!entry.isDirectory() || (await isAnyFileBelow(join(folder, entry.name)))) return true;
  }
  return false;
}

function nullIfMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
  throw error;
}
