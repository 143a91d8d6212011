import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import type { FolderNames } from '#core/camera-cards.ts';
import {
  type IgnoredCounts,
  type IgnoredReason,
  isIgnoredFolder,
  whyFileIgnored,
  whyFolderIgnored,
} from '#core/candidates.ts';
import { codeOf, describeError, ReelholdError, translateError } from '#core/errors.ts';
import { decodeName, displayName, encodeName, isUtf8Name } from '#core/file-name.ts';
import { type Sign, signOf } from '#core/inbox-owner.ts';
import type { FileStat } from '#core/settle.ts';
import { holdFolder } from './hold-path.ts';

export interface InboxFile {
  /** Below the inbox, `/` between parts. */
  readonly path: string;
  readonly stat: FileStat;
}

export interface WalkReport {
  /** Files and folders that were passed over by their name, other than the hold. */
  readonly ignored: IgnoredCounts;
  /** What shows that another program uses the inbox, in the order in which it was met. */
  readonly signs: readonly Sign[];
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

/** The same, where there has to be such a file. */
export async function requireInboxFile(root: string, path: string): Promise<FileStat> {
  const stat = await statInboxFile(root, path);
  if (stat !== null) return stat;
  const facts = { kind: 'missing', operation: 'take', object: displayName(path), side: 'source' } as const;
  throw new ReelholdError(facts, 'there is no such file in the inbox');
}

/** What an inbox does with what stands in a folder. */
export interface FolderJudge {
  /** A file, by its path. */
  of(path: string): 'taken' | 'ignored' | 'none';
  /** It is of a project: hidden folders in it are part of the work. */
  readonly isOfProject: boolean;
}

/** What a walk meets, some files at a time. */
export interface WalkVisitor {
  /** Gives how the files of this folder are judged, of which these are the names in it. */
  judgeFolder(folder: string, names: FolderNames): Promise<FolderJudge>;
  onTaken(files: readonly InboxFile[]): void;
  /** Files that are not taken, by their names; the walk goes on when they have been seen to. */
  onOthers(paths: readonly string[]): Promise<void>;
}

/**
 * Looks at everything in an inbox and hands over each file that is taken. Links, sockets, FIFOs and devices are passed
 * over unopened. Fails where the inbox itself cannot be listed; what cannot be looked at below it is reported,
 * and hides only itself.
 */
export async function walkInbox(root: string, visitor: WalkVisitor): Promise<WalkReport> {
  const ignored: Record<IgnoredReason, number> = { system: 0, unfinished: 0, 'other-program': 0, hidden: 0 };
  const signs: Sign[] = [];
  const unreadable: string[] = [];
  const skip = (error: unknown) => {
    unreadable.push(describeError(error));
  };
  let isEmpty = false;
  let hasUnwatchable = false;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await listFolder(root, folder, skip);
    if (folder === '') isEmpty = entries.length === 0;
    const judge = await visitor.judgeFolder(folder, folderNames(entries));
    const taken: string[] = [];
    const others: string[] = [];
    const marks: string[] = [];
    for (const entry of entries) {
      const name = decodeName(entry.name);
      const path = folder === '' ? name : `${folder}/${name}`;
      hasUnwatchable ||= !isUtf8Name(name);
      if (signOf(name) !== null) marks.push(path);
      if (path === holdFolder) continue;
      const judged = entry.isFile() ? judge.of(path) : 'none';
      const why = judged === 'taken' ? null : whyIgnored(entry, name, judge.isOfProject);
      if (judged === 'taken') taken.push(path);
      else if (why !== null) ignored[why] += 1;
      else if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) others.push(path);
    }
    signs.push(...(await readSigns(root, marks, skip)));
    for (let start = 0; start < others.length; start += statsAtOnce) {
      await visitor.onOthers(others.slice(start, start + statsAtOnce));
    }
    for (let start = 0; start < taken.length; start += statsAtOnce) {
      visitor.onTaken(await statAll(root, taken.slice(start, start + statsAtOnce), skip));
    }
  }
  return { ignored, signs, unreadable, isEmpty, hasUnwatchable };
}

/** What stands in a folder of an inbox, for those who judge by names; nothing where it is gone. */
export async function listNames(root: string, folder: string): Promise<FolderNames> {
  const entries = await listFolder(root, folder, (error) => {
    throw error;
  });
  return folderNames(entries);
}

function folderNames(entries: readonly Dirent<Buffer>[]): FolderNames {
  const namesOf = (some: readonly Dirent<Buffer>[]) => some.map((entry) => decodeName(entry.name));
  return {
    files: namesOf(entries.filter((entry) => entry.isFile())),
    folders: namesOf(entries.filter((entry) => entry.isDirectory())).filter((name) => !isIgnoredFolder(name)),
  };
}

/** Links and what is neither file nor folder are nobody's copy of anything. */
function whyIgnored(entry: Dirent<Buffer>, name: string, isOfProject: boolean): IgnoredReason | null {
  const why = entry.isDirectory() ? whyFolderIgnored(name) : null;
  if (entry.isDirectory()) return why === 'hidden' && isOfProject ? null : why;
  return entry.isFile() ? whyFileIgnored(name) : null;
}

/** When each of these, files and folders, was last changed; those that are gone are no signs any more. */
async function readSigns(
  root: string,
  paths: readonly string[],
  onError: (error: unknown) => void,
): Promise<Sign[]> {
  const signs: Sign[] = [];
  for (const path of paths) {
    const kind = signOf(path.slice(path.lastIndexOf('/') + 1));
    try {
      const { mtimeMs } = await lstat(inboxBytes(root, path));
      if (kind !== null) signs.push({ kind, path, changedAtMs: mtimeMs });
    } catch (error) {
      if (codeOf(error) === 'ENOENT') continue;
      onError(translateError(error, { operation: 'look at', object: displayName(path), side: 'source' }));
    }
  }
  return signs;
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
