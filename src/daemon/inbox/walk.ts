import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import type { FolderNames } from '#core/camera-cards.ts';
import { type InboxOwner, isIgnoredFolder, ownerOfInbox } from '#core/candidates.ts';
import { codeOf, describeError, translateError } from '#core/errors.ts';
import { decodeName, displayName, encodeName, isUtf8Name } from '#core/file-name.ts';
import type { FileStat } from '#core/settle.ts';

export interface InboxFile {
  /** Below the inbox, `/` between parts. */
  readonly path: string;
  readonly stat: FileStat;
}

/** What an inbox does with the files of one folder, by their paths. */
export type JudgeFiles = (path: string) => 'taken' | 'ignored' | 'none';

export interface WalkReport {
  /** Files that were passed over: system and unfinished files, and files that belong to no video. */
  readonly ignored: number;
  readonly notTaken: number;
  /** Why the inbox belongs to another program, where it does. */
  readonly owner: InboxOwner | null;
  /** There is nothing in it at all, as where a drive is not mounted. */
  readonly isEmpty: boolean;
  /** Places that could not be looked at, and why; what is there is neither seen nor gone. */
  readonly unreadable: readonly string[];
  /** There are names that a watcher cannot say. */
  readonly hasUnwatchable: boolean;
}

const statsAtOnce = 256;

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
    throw translateError(error, { operation: 'look at', object: displayName(path), side: 'source' });
  }
}

/**
 * Looks at everything in an inbox and hands over each candidate, as `judgeFolder` finds them. Links, sockets, FIFOs and devices are passed
 * over unopened. Fails where the inbox itself cannot be listed; what cannot be looked at below it is reported,
 * and hides only itself.
 */
export async function walkInbox(
  root: string,
  judgeFolder: (folder: string, names: FolderNames) => Promise<JudgeFiles>,
  onFiles: (files: readonly InboxFile[]) => void,
): Promise<WalkReport> {
  const report = { ignored: 0, notTaken: 0, owner: null as InboxOwner | null, unreadable: [] as string[] };
  const skip = (error: unknown) => {
    report.unreadable.push(describeError(error));
  };
  let isEmpty = false;
  let hasUnwatchable = false;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await listFolder(root, folder, skip);
    const names = entries.map((entry) => decodeName(entry.name));
    if (folder === '') isEmpty = entries.length === 0;
    report.owner ??= folder === '' ? ownerOfInbox(names) : projectOnly(ownerOfInbox(names));
    const candidates: string[] = [];
    const judge = await judgeFolder(folder, folderNames(entries, names));
    entries.forEach((entry, index) => {
      const name = names[index] ?? '';
      const path = folder === '' ? name : `${folder}/${name}`;
      hasUnwatchable ||= !isUtf8Name(name);
      if (entry.isDirectory()) {
        if (!isIgnoredFolder(name)) folders.push(path);
      } else if (entry.isFile()) {
        const judged = judge(path);
        if (judged === 'taken') candidates.push(path);
        else report[judged === 'ignored' ? 'ignored' : 'notTaken'] += 1;
      }
    });
    for (let start = 0; start < candidates.length; start += statsAtOnce) {
      onFiles(await statAll(root, candidates.slice(start, start + statsAtOnce), skip));
    }
  }
  return { ...report, isEmpty, hasUnwatchable };
}

/** What stands in a folder of an inbox, for those who judge by names; nothing where it is gone. */
export async function listNames(root: string, folder: string): Promise<FolderNames> {
  const entries = await listFolder(root, folder, (error) => {
    throw error;
  });
  return folderNames(
    entries,
    entries.map((entry) => decodeName(entry.name)),
  );
}

function folderNames(entries: readonly Dirent<Buffer>[], names: readonly string[]): FolderNames {
  const kept = (isOne: (entry: Dirent<Buffer>) => boolean) =>
    names.filter((_, index) => isOne(entries[index] as Dirent<Buffer>));
  return {
    files: kept((entry) => entry.isFile()),
    folders: kept((entry) => entry.isDirectory()).filter((name) => !isIgnoredFolder(name)),
  };
}

/** A sync program's mark deeper down belongs to a folder that somebody copied in, not to this inbox. */
function projectOnly(owner: InboxOwner | null): InboxOwner | null {
  return owner === 'project' ? owner : null;
}

/** Looks at many files at once; those that are gone are left out. */
export async function statAll(
  root: string,
  paths: readonly string[],
  onError: (error: unknown, path: string) => void,
): Promise<InboxFile[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      try {
        const stat = await statInboxFile(root, path);
        return stat === null ? [] : [{ path, stat }];
      } catch (error) {
        onError(error, path);
        return [];
      }
    }),
  );
  return found.flat();
}

async function listFolder(
  root: string,
  folder: string,
  onError: (error: unknown) => void,
): Promise<Dirent<Buffer>[]> {
  const path = folder === '' ? Buffer.from(encodeName(root)) : inboxBytes(root, folder);
  try {
    return await readdir(path, { encoding: 'buffer', withFileTypes: true });
  } catch (error) {
    const object = folder === '' ? root : displayName(folder);
    const failure = translateError(error, { operation: 'list', object, side: 'source' });
    if (folder === '') throw failure;
    if (failure.kind !== 'missing') onError(failure);
    return [];
  }
}
