import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '#config.ts';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import { decodeName, displayName, encodeName } from '#core/file-name.ts';
import { findRealFolder } from '#daemon/find-real-folder.ts';
import { loadInstallation } from '#store/installation.ts';

/** The folder that the owner named, by its real path: he may well name a link himself. */
export async function findRoot(config: Config, folder: string): Promise<string> {
  const facts = { operation: 'add', object: displayName(folder), side: 'source' } as const;
  try {
    const bytes = Buffer.from(encodeName(resolve(folder)));
    const root = decodeName(await realpath(bytes, { encoding: 'buffer' }));
    if (!(await stat(bytes)).isDirectory()) {
      const hint = 'Leave --recursive out to add single files.';
      throw new ReelholdError({ ...facts, kind: 'unsupported', hint }, 'it is a file, not a folder');
    }
    await requireForeign(config, root);
    return root;
  } catch (error) {
    throw translateError(error, facts);
  }
}

/** What the archive consists of is no archive to import. */
async function requireForeign(config: Config, root: string): Promise<void> {
  for (const own of ownFolders(config)) {
    const real = await findRealFolder(own);
    if (real === null || !`${root}/`.startsWith(`${real}/`)) continue;
    const hint = 'Name the folder of your old archive; what is in an inbox is taken by itself.';
    const facts = { operation: 'add', object: displayName(root), side: 'source', hint } as const;
    throw new ReelholdError({ ...facts, kind: 'unsupported' }, "it is one of Reelhold's own folders");
  }
}

/** What belongs to Reelhold itself, and is no archive to import. */
export function ownFolders(config: Config): readonly string[] {
  return [config.vaultDir, config.libraryDir, config.configDir, ...config.inboxes.map(({ dir }) => dir)];
}

/** Fails with `unreachable` where the vault is away: room and speed of another disk would be told for those of the vault's. */
export async function requireVault({ configDir, vaultDir }: Config): Promise<void> {
  if (!(await isThere(join(configDir, 'installation.json')))) return;
  const { archive } = await loadInstallation(configDir);
  if (archive === null || (await isThere(join(vaultDir, 'archive.json')))) return;
  const hint = 'Connect its disk, then run the same command again; "reelhold doctor" says what to do.';
  const facts = { kind: 'unreachable', operation: 'open the vault', object: vaultDir, hint } as const;
  throw new ReelholdError(facts, 'the vault is not connected');
}

/** Fails where it cannot be looked at. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw translateError(error, { operation: 'look at', object: path });
  }
}
