import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { type InboxOwner, isIgnoredFolder, judgeName, ownerOfInbox } from '#core/candidates.ts';
import { codeOf, translateError } from '#core/errors.ts';
import { decodeName, encodeName } from '#core/file-name.ts';
import type { FileStat } from '#core/settle.ts';

export interface InboxFile {
  /** Below the inbox, `/` between parts. */
  readonly path: string;
  readonly stat: FileStat;
}

export interface WalkReport {
  /** Files that were passed over: system and unfinished files, and files that are no videos. */
  readonly ignored: number;
  readonly notVideos: number;
  /** Why the inbox belongs to another program, where it does. */
  readonly owner: InboxOwner | null;
}

const statsAtOnce = 32;

/** The bytes by which the system knows a path below an inbox. */
export function inboxBytes(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(encodeName(root)), Buffer.from('/'), Buffer.from(encodeName(path))]);
}

/** What `lstat` says of a regular file in an inbox; null where it is gone, or is no regular file. */
export async function statInboxFile(root: string, path: string): Promise<FileStat | null> {
  try {
    const stat = await lstat(inboxBytes(root, path), { bigint: true });
    if (!stat.isFile()) return null;
    return {
      sizeBytes: Number(stat.size),
      mtimeNs: stat.mtimeNs,
      ctimeNs: stat.ctimeNs,
      inode: stat.ino,
      blocks: stat.blocks,
    };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw translateError(error, { operation: 'look at', object: path, side: 'source' });
  }
}

/**
 * Looks at everything in an inbox and hands over each candidate. Links, sockets, FIFOs and devices are passed
 * over unopened. Fails where the inbox itself cannot be listed; a folder that vanishes meanwhile is skipped.
 */
export async function walkInbox(
  root: string,
  onFiles: (files: readonly InboxFile[]) => void,
): Promise<WalkReport> {
  const counts = { ignored: 0, notVideos: 0 };
  let owner: InboxOwner | null = null;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await listFolder(root, folder);
    const names = entries.map((entry) => decodeName(entry.name));
    owner ??= folder === '' ? ownerOfInbox(names) : projectOnly(ownerOfInbox(names));
    const candidates: string[] = [];
    entries.forEach((entry, index) => {
      const name = names[index] ?? '';
      const path = folder === '' ? name : `${folder}/${name}`;
      if (entry.isDirectory()) {
        if (!isIgnoredFolder(name)) folders.push(path);
      } else if (entry.isFile()) {
        const judged = judgeName(path);
        if (judged === 'video') candidates.push(path);
        else counts[judged === 'ignored' ? 'ignored' : 'notVideos'] += 1;
      }
    });
    for (let start = 0; start < candidates.length; start += statsAtOnce) {
      onFiles(await statAll(root, candidates.slice(start, start + statsAtOnce)));
    }
  }
  return { ...counts, owner };
}

/** A sync program's mark deeper down belongs to a folder that somebody copied in, not to this inbox. */
function projectOnly(owner: InboxOwner | null): InboxOwner | null {
  return owner === 'project' ? owner : null;
}

async function statAll(root: string, paths: readonly string[]): Promise<InboxFile[]> {
  const stats = await Promise.all(paths.map((path) => statInboxFile(root, path)));
  return paths.flatMap((path, index) => {
    const stat = stats[index];
    return stat === null || stat === undefined ? [] : [{ path, stat }];
  });
}

async function listFolder(root: string, folder: string): Promise<Dirent<Buffer>[]> {
  const path = folder === '' ? Buffer.from(encodeName(root)) : inboxBytes(root, folder);
  try {
    return await readdir(path, { encoding: 'buffer', withFileTypes: true });
  } catch (error) {
    if (folder !== '' && ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return [];
    throw translateError(error, { operation: 'list', object: folder === '' ? root : folder, side: 'source' });
  }
}
