import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, describeError, translateError } from '#core/errors.ts';
import { decodeName, displayName, encodeName } from '#core/file-name.ts';
import { isSystemFile, isSystemFolder } from '#core/judge-held.ts';

/** What stands in a folder that is checked. Paths are in the form of `core/file-name.ts`. */
export type Walked =
  | {
      readonly kind: 'file';
      /** Below the folder, `/` between parts. */
      readonly path: string;
      readonly sizeBytes: number;
      /** It stands in a copy of an archive. */
      readonly isInArchive: boolean;
    }
  /** Links, empty files, a system's own files, and what is no file: nothing that anybody loses. */
  | { readonly kind: 'passed-over'; readonly path: string }
  /** What could not be looked at, and may hold anything. */
  | { readonly kind: 'unreadable'; readonly path: string; readonly detail: string };

/** The bytes by which the system knows a path below a folder. */
export function bytesBelow(root: string, path: string): Buffer {
  const parts = path === '' ? [root] : [root, path];
  return Buffer.from(encodeName(parts.join(root.endsWith('/') ? '' : '/')));
}

/**
 * Looks at everything below a folder, in the order of the names, and changes nothing. No link is followed. Fails
 * where the folder itself cannot be listed.
 */
export async function* walkFolder(root: string, signal: AbortSignal): AsyncGenerator<Walked> {
  const folders = [{ path: '', isInArchive: await isBelowMark(root) }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    const entries = await listFolder(root, folder.path);
    if (typeof entries === 'string') {
      yield { kind: 'unreadable', path: folder.path, detail: entries };
      continue;
    }
    const isInArchive = folder.isInArchive || isArchive(entries.map(({ name }) => name));
    const inner: typeof folders = [];
    for (const entry of entries) {
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
      if (!entry.isFolder) yield await lookAt(root, path, entry, isInArchive);
      else if (isSystemFolder(entry.name)) yield { kind: 'passed-over', path };
      else inner.push({ path, isInArchive });
    }
    folders.push(...inner.reverse());
  }
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isFile: boolean;
}

async function lookAt(root: string, path: string, entry: Entry, isInArchive: boolean): Promise<Walked> {
  if (!entry.isFile || isSystemFile(entry.name)) return { kind: 'passed-over', path };
  try {
    const { size } = await lstat(bytesBelow(root, path));
    return size === 0 ? { kind: 'passed-over', path } : { kind: 'file', path, sizeBytes: size, isInArchive };
  } catch (error) {
    const facts = { operation: 'look at', object: displayName(path), side: 'source' } as const;
    return { kind: 'unreadable', path, detail: describeError(translateError(error, facts)) };
  }
}

/** In the order of their names; why, where a folder below the one that was named cannot be listed. */
async function listFolder(root: string, path: string): Promise<Entry[] | string> {
  try {
    const options = { encoding: 'buffer', withFileTypes: true } as const;
    const entries: Dirent<Buffer>[] = await readdir(bytesBelow(root, path), options);
    return entries
      .map((entry) => ({
        name: decodeName(entry.name),
        isFolder: entry.isDirectory(),
        isFile: entry.isFile(),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const facts = {
      operation: 'list',
      object: displayName(path === '' ? root : path),
      side: 'source',
    } as const;
    const failure = translateError(error, facts);
    if (path === '') throw failure;
    return describeError(failure);
  }
}

/** By the marks that each copy of an archive has (docs/format.md). */
function isArchive(names: readonly string[]): boolean {
  return names.includes('location.json') && names.includes('archive.json');
}

/** Whether the folder, or one that it stands in, is a copy of an archive. */
export async function isBelowMark(root: string): Promise<boolean> {
  for (let folder = root; ; folder = dirname(folder)) {
    const marks = await Promise.all(['location.json', 'archive.json'].map((name) => isThere(folder, name)));
    if (marks.every((isMark) => isMark)) return true;
    if (folder === dirname(folder)) return false;
  }
}

/** What cannot be looked at counts as there: nothing is called deletable by that. */
async function isThere(folder: string, name: string): Promise<boolean> {
  try {
    await lstat(bytesBelow(folder, name));
    return true;
  } catch (error) {
    return codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR';
  }
}
