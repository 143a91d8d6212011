import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { type IgnoredReason, judgeName, whyFileIgnored, whyFolderIgnored } from '#core/candidates.ts';
import { translateError } from '#core/errors.ts';
import { decodeName, displayName, encodeName } from '#core/file-name.ts';
import type { FileStat } from '#core/settle.ts';
import { statAll } from '#daemon/inbox/walk.ts';

/** A video of an old archive. */
export interface ArchiveFile {
  /** Below the archive's folder, `/` between parts. */
  readonly path: string;
  readonly stat: FileStat;
}

/** Why something is passed over; `own` is a folder of Reelhold's. */
export type PassedOver = IgnoredReason | 'not-a-video' | 'link' | 'special' | 'empty' | 'own';

export interface ArchiveVisitor {
  onFiles(files: readonly ArchiveFile[]): void;
  onFolder(): void;
  onPassedOver(reason: PassedOver, path: string): void;
  /** What is there is not known. */
  onUnreadable(error: unknown): void;
}

const statsAtOnce = 256;
const entriesAtOnce = 256;

/**
 * Looks at everything below a folder, with as little in memory as its deepest path needs. Links are never followed;
 * a folder that contains itself (a bind mount) is entered once. `own`: device and inode of folders that are passed over,
 * as `folderIdentity` gives them. Fails where the folder itself cannot be listed; what cannot be looked at below it is
 * told, and hides only itself.
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
    visitor.onFolder();
    const within = new Set(above).add(identity);
    for (const name of await visitFiles(folder)) {
      await visit(folder === '' ? name : `${folder}/${name}`, within).catch((error: unknown) => {
        if (signal.aborted) throw error;
        const facts = {
          operation: 'list',
          object: displayName(`${folder}/${name}`),
          side: 'source',
        } as const;
        visitor.onUnreadable(translateError(error, facts));
      });
    }
  };

  /** Gives the folders in it, which are entered when it is closed: no more than one is open. */
  const visitFiles = async (folder: string): Promise<readonly string[]> => {
    const folders: string[] = [];
    let videos: string[] = [];
    const flush = async () => {
      const files = await statAll(root, videos, (error) => visitor.onUnreadable(error));
      for (const { path } of files.filter(({ stat }) => stat.sizeBytes === 0)) {
        visitor.onPassedOver('empty', path);
      }
      visitor.onFiles(files.filter(({ stat }) => stat.sizeBytes > 0));
      videos = [];
    };
    for await (const entry of await openFolder(bytesOf(folder))) {
      signal.throwIfAborted();
      const name = decodeName(entry.name);
      const path = folder === '' ? name : `${folder}/${name}`;
      const judged = judgeEntry(entry, name);
      if (judged === 'folder') folders.push(name);
      else if (judged === 'video') videos.push(path);
      else visitor.onPassedOver(judged, path);
      if (videos.length >= statsAtOnce) await flush();
    }
    await flush();
    return folders;
  };

  await visit('', new Set());
}

function judgeEntry(entry: Dirent<Buffer>, name: string): 'folder' | 'video' | PassedOver {
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isDirectory()) return whyFolderIgnored(name) ?? 'folder';
  if (!entry.isFile()) return 'special';
  return whyFileIgnored(name) ?? (judgeName(name) === 'video' ? 'video' : 'not-a-video');
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
