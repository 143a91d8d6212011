import type { Dirent } from 'node:fs';
import { lstat, mkdir, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { codeOf, translateError } from '#core/errors.ts';
import { decodeName, displayName } from '#core/file-name.ts';
import { folderOf } from '#core/inbox-path.ts';
import { holdFolder } from './hold-path.ts';
import { inboxBytes } from './walk.ts';

/** Moves a file of the inbox to its place in the hold; a link that stands there is not followed. */
export async function moveToHold(root: string, path: string, heldPath: string): Promise<void> {
  try {
    await makeHold(root);
    await mkdir(inboxBytes(root, folderOf(heldPath)));
    await rename(inboxBytes(root, path), inboxBytes(root, heldPath));
  } catch (error) {
    const object = displayName(path);
    throw translateError(error, { operation: 'move to the hold', object, side: 'source' });
  }
}

async function makeHold(root: string): Promise<void> {
  if (await hasHold(root)) return;
  try {
    await mkdir(inboxBytes(root, holdFolder));
  } catch (error) {
    // Another original may have come first; a link or a file in its place stays an error.
    if (!(await hasHold(root))) throw error;
  }
}

/** Removes a held file, and its folder unless somebody else left something in it. */
export async function removeFromHold(root: string, heldPath: string): Promise<void> {
  try {
    await unlink(inboxBytes(root, heldPath));
    await rmdir(inboxBytes(root, folderOf(heldPath)));
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) return;
    const object = displayName(heldPath);
    throw translateError(error, { operation: 'remove from the hold', object, side: 'source' });
  }
}

/** Whether an inbox has a hold: where it has none, nothing can be said of what should be in it. */
export async function hasHold(root: string): Promise<boolean> {
  try {
    return (await lstat(inboxBytes(root, holdFolder))).isDirectory();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return false;
    throw translateError(error, { operation: 'look at', object: holdFolder, side: 'source' });
  }
}

/** Paths of all that stands where originals wait. */
export async function* listHold(root: string): AsyncIterable<string> {
  for (const place of await list(root, holdFolder)) {
    if (!place.isDirectory()) continue;
    const folder = `${holdFolder}/${decodeName(place.name)}`;
    for (const { name } of await list(root, folder)) yield `${folder}/${decodeName(name)}`;
  }
}

async function list(root: string, folder: string): Promise<Dirent<Buffer>[]> {
  try {
    return await readdir(inboxBytes(root, folder), { encoding: 'buffer', withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return [];
    throw translateError(error, { operation: 'list', object: displayName(folder), side: 'source' });
  }
}
