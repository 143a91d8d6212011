import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import type { FolderNames } from '#core/camera-cards.ts';
import { type IgnoredReason, whyFileIgnored, whyFolderIgnored } from '#core/candidates.ts';
import { translateError } from '#core/errors.ts';
import { decodeName, displayName, encodeName } from '#core/file-name.ts';
import type { ImportPlace } from '#core/import-place.ts';
import type { FileStat } from '#core/settle.ts';
import { statAll } from '#daemon/inbox/walk.ts';

/** A file of an old archive that is taken. */
export interface ArchiveFile {
  /** Below the archive's folder, `/` between parts. */
  readonly path: string;
  readonly stat: FileStat;
  readonly place: ImportPlace;
}

/**
 * Why something is passed over: `not-a-video` is no video, and belongs to none; `own` is a folder of Reelhold's.
 */
export type PassedOver = IgnoredReason | 'not-a-video' | 'link' | 'special' | 'empty' | 'own';

export interface ArchiveJudge {
  /** Where a file goes, by its path; null for what is not taken. */
  placeOf(path: string): ImportPlace | null;
  /** It is of a project: hidden folders in it are part of the work. */
  readonly isOfProject: boolean;
}

export interface ArchiveVisitor {
  /** Gives how the files of this folder are judged, of which these are the names in it. */
  judgeFolder(folder: string, names: FolderNames): Promise<ArchiveJudge>;
  onFiles(files: readonly ArchiveFile[]): void;
  /** All in a folder and below it was seen. */
  onFolderLeft(folder: string): void;
  onPassedOver(reason: PassedOver, path: string): void;
  /** What is there is not known. */
  onUnreadable(error: unknown): void;
}

const statsAtOnce = 256;
const entriesAtOnce = 256;

/**
 * Looks at everything below a folder, with no more in memory than the names in one folder and the path to it. Links are
 * never followed; a folder that contains itself (a bind mount) is entered once. `own`: device and inode of folders that
 * are passed over, as `folderIdentity` gives them. Fails where the folder itself cannot be listed; what cannot be looked
 * at below it is told, and hides only itself.
 */
export async function walkArchive(
  root: string,
  own: ReadonlySet<string>,
  visitor: ArchiveVisitor,
  signal: AbortSignal,
): Promise<void> {
  const bytesOf = (folder: string) => Buffer.from(encodeName(folder === '' ? root : `${root}/${folder}`));

  const visit = async (folder: string, above: ReadonlySet<string>): Promise<void> => {
    const identity = await folderIdentity(bytesOf(folder));
    if (above.has(identity)) return;
    if (own.has(identity)) return visitor.onPassedOver('own', folder);
    const within = new Set(above).add(identity);
    const { hidden, ...names } = await readFolder(folder);
    const judge = await visitor.judgeFolder(folder, names);
    await visitFiles(folder, names, judge);
    if (!judge.isOfProject) for (const name of hidden) visitor.onPassedOver('hidden', join(folder, name));
    for (const name of judge.isOfProject ? [...names.folders, ...hidden] : names.folders) {
      const path = join(folder, name);
      await visit(path, within).catch((error: unknown) => {
        if (signal.aborted) throw error;
        const facts = { operation: 'list', object: displayName(path), side: 'source' } as const;
        visitor.onUnreadable(translateError(error, facts));
      });
    }
    visitor.onFolderLeft(folder);
  };

  const readFolder = async (
    folder: string,
  ): Promise<FolderNames & { readonly hidden: readonly string[] }> => {
    const names = { files: [] as string[], folders: [] as string[], hidden: [] as string[] };
    for await (const entry of await openFolder(bytesOf(folder))) {
      signal.throwIfAborted();
      const name = decodeName(entry.name);
      const why = entry.isDirectory() ? whyFolderIgnored(name) : whyNoFile(entry);
      if (why === 'hidden') names.hidden.push(name);
      else if (why !== null) visitor.onPassedOver(why, join(folder, name));
      else (entry.isDirectory() ? names.folders : names.files).push(name);
    }
    return names;
  };

  const visitFiles = async (folder: string, names: FolderNames, judge: ArchiveJudge): Promise<void> => {
    for (let start = 0; start < names.files.length; start += statsAtOnce) {
      signal.throwIfAborted();
      const places = new Map<string, ImportPlace>();
      for (const name of names.files.slice(start, start + statsAtOnce)) {
        const path = join(folder, name);
        const place = judge.placeOf(path);
        if (place === null) visitor.onPassedOver(whyFileIgnored(name) ?? 'not-a-video', path);
        else places.set(path, place);
      }
      await look(places);
    }
  };

  const look = async (places: ReadonlyMap<string, ImportPlace>): Promise<void> => {
    const files: ArchiveFile[] = [];
    for (const { path, stat } of await statAll(root, [...places.keys()], visitor.onUnreadable)) {
      const place = places.get(path);
      if (stat.sizeBytes === 0 && place?.kind !== 'project') visitor.onPassedOver('empty', path);
      else if (place !== undefined) files.push({ path, stat, place });
    }
    visitor.onFiles(files);
  };

  await visit('', new Set());
}

/** Links, and what is neither file nor folder, are nobody's copy of anything. */
function whyNoFile(entry: Dirent<Buffer>): PassedOver | null {
  if (entry.isSymbolicLink()) return 'link';
  return entry.isFile() ? null : 'special';
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Which folder it is, whatever it is called. */
export async function folderIdentity(path: Buffer | string): Promise<string> {
  const { dev, ino } = await lstat(path, { bigint: true });
  return `${dev}:${ino}`;
}

/** Node gives names as bytes where it is asked to; its types do not say so. */
async function openFolder(path: Buffer): Promise<AsyncIterable<Dirent<Buffer>>> {
  const options = { encoding: 'buffer' as BufferEncoding, bufferSize: entriesAtOnce };
  return (await opendir(path, options)) as unknown as AsyncIterable<Dirent<Buffer>>;
}
