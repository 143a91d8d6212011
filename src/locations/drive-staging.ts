import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '#core/errors.ts';

/** Where files of a drive are before they have their names: on its own file system, in a folder that no list shows. */
const folderName = 'staging';

/** A name that nobody has: whose it is stands in it, as another installation may be at work, or have crashed, here. */
export function stagedPath(root: string, writer: string): string {
  return join(root, folderName, `${writer}-${randomUUID()}.part`);
}

export function stagingFolder(root: string): string {
  return join(root, folderName);
}

/** Removes what this installation left when it was cut off, by its own names alone. Nobody may be copying meanwhile. */
export async function clearLeftovers(root: string, writer: string): Promise<void> {
  const folder = stagingFolder(root);
  for (const name of await namesIn(folder)) {
    if (isOurs(name, writer)) await rm(join(folder, name), { force: true });
  }
}

function isOurs(name: string, writer: string): boolean {
  const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/;
  return name.startsWith(`${writer}-`) && uuid.test(name.slice(writer.length + 1));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
