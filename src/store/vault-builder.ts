import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ArchiveMark, type LocationMark, readMarks } from '#core/archive-format.ts';
import { type BlobRef, blobPath } from '#core/digest.ts';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import type { RebuildFacts } from '#core/plan-rebuild.ts';
import type { VaultBuilder } from '#core/ports/vault-builder.ts';
import { syncDirectory } from './durable.ts';
import { readDiskSpace } from './file-space.ts';
import type { HashPool } from './hash-pool.ts';
import { createJournalFiles } from './journal-files.ts';
import { listOthers, prepareFolders, writeMarks } from './vault.ts';
import { takeVaultLock } from './vault-lock.ts';

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

  return {
    freeBytes: async () => (await readDiskSpace(root)).freeBytes,
    async hasFile(path, sizeBytes) {
      try {
        const stat = await lstat(join(root, path));
        return stat.isFile() && stat.size === sizeBytes;
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return false;
        throw failure(error, 'look at', path);
      }
    },
    draft: () => join(root, 'staging', randomUUID()),
    async placeBlob(draft, ref) {
      const moves = [{ from: draft, to: join(root, blobPath(ref)) }];
      const result = await pool.run({ kind: 'place', moves }, { signal: new AbortController().signal });
      if (result.kind !== 'placed') throw new TypeError('the hash pool answered another question');
      const [standing] = result.standing;
      if (standing?.name === basename(blobPath(ref))) await replaceCut(root, draft, ref);
      else if (standing !== undefined) await rm(draft); // the same bytes, with another extension
    },
    isSound: files.isSound,
    placeFile: files.place,
    discard: (draft) => rm(draft, { force: true }),
    async finish(archive: ArchiveMark, location: LocationMark) {
      await writeMarks(root, archive, location).catch((error: unknown) => {
        throw failure(error, 'write the marks of', root);
      });
    },
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  };
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

/** What stands under a blob's name with another size is no whole blob; it goes to quarantine. */
async function replaceCut(root: string, draft: string, ref: BlobRef): Promise<void> {
  const target = join(root, blobPath(ref));
  try {
    await rename(target, join(root, 'quarantine', `${ref.digest.slice('sha256:'.length)}-${randomUUID()}`));
    await syncDirectory(join(root, 'quarantine'));
    await rename(draft, target);
    await syncDirectory(dirname(target));
  } catch (error) {
    throw translateError(error, { operation: 'store', object: ref.digest, side: 'vault' });
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
