import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '#core/errors.ts';
import type { ListedFile } from '#core/ports/location.ts';
import { abortedError, onDrive } from './drive-errors.ts';

/**
 * Every file below a folder of a drive, folder by folder. What begins with a dot is none of an archive's: Macs leave
 * such files beside each of exFAT's. Links are not followed.
 */
export async function* listBelow(
  root: string,
  folder: string,
  signal: AbortSignal,
): AsyncIterable<ListedFile> {
  if (signal.aborted) throw abortedError('list', folder);
  for (const entry of await entriesOf(root, folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) yield* listBelow(root, path, signal);
    if (!entry.isFile()) continue;
    const sizeBytes = await sizeOf(root, path);
    if (sizeBytes !== null) yield { path, sizeBytes, hashes: {} };
  }
}

async function entriesOf(root: string, folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw onDrive(error, 'list', folder);
  }
}

async function sizeOf(root: string, path: string): Promise<number | null> {
  try {
    return (await lstat(join(root, path))).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw onDrive(error, 'list', path);
  }
}
