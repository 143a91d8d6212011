import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, isReelholdError, translateError } from '#core/errors.ts';
import { withNewTokens } from '#core/kit-config.ts';
import { rcloneConfigFile } from '#locations/rclone.ts';
import { loadRcloneConfig, parseSections, saveRcloneConfig } from '#locations/rclone-config.ts';

const prefix = 'kit-';
const scratch = (own: string) => join(own, 'scratch');

/**
 * Makes a folder of rclone's, inside the place's own, that has nothing but what a kit says; `name` is what the kit calls
 * the place. It is settled when it has been used.
 */
export async function makeKitFolder(own: string, name: string, config: string): Promise<string> {
  try {
    await mkdir(scratch(own), { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(scratch(own), prefix));
    const write = (file: string, text: string) => writeFile(file, text, { mode: 0o600 });
    await write(join(folder, 'before.conf'), config);
    await write(rcloneConfigFile(folder), config);
    // The last, as the sign that it is whole.
    await write(join(folder, 'name'), name);
    return folder;
  } catch (error) {
    throw translateError(error, { operation: 'write', object: 'what the recovery kit says', side: 'vault' });
  }
}

/** Gives the place's own configuration the tokens that a service gave out meanwhile, and removes the folder. */
export async function settleKitFolder(own: string, folder: string): Promise<void> {
  const name = await readFile(join(folder, 'name'), 'utf8');
  const before = parseSections(await readFile(join(folder, 'before.conf'), 'utf8'));
  const after = await loadRcloneConfig(folder);
  const sections = await loadRcloneConfig(own);
  const renewed = withNewTokens(sections, name, { before, after });
  if (JSON.stringify(renewed) !== JSON.stringify(sections)) await saveRcloneConfig(own, renewed);
  await rm(folder, { recursive: true, force: true });
}

/** The same for what a killed process left; a folder that it did not come to write in whole has no token. */
export async function settleKitFolders(own: string): Promise<void> {
  const names = await readdir(scratch(own)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw translateError(error, { operation: 'look at', object: scratch(own) });
  });
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    await settleKitFolder(own, join(scratch(own), name)).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT' && !isReelholdError(error, 'missing')) throw error;
    });
  }
}
