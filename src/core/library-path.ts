import type { BlobRef, Digest } from '#core/digest.ts';
import { partKinds, type Role } from '#core/journal-record.ts';
import { asItCameFolder, type NamedPart, olderVersionsFolder, partKey, partPlace } from '#core/part-paths.ts';
import { foldName, safeTitle } from '#core/safe-name.ts';

/** A video as the readable tree needs it. */
export interface LibraryVideo {
  readonly title: string;
  readonly folder: string;
  readonly versions: readonly LibraryVersion[];
  /** In the order in which they were recorded. */
  readonly parts: readonly LibraryPart[];
}

export type LibraryVersion = BlobRef & { readonly number: number; readonly role: Role };
export type LibraryPart = BlobRef & NamedPart & { readonly part: string };

export interface LibraryFile extends BlobRef {
  /** Relative to the library, `/` between parts, each part at most 143 bytes. */
  readonly path: string;
  /** Which part stands there; absent for a version, which has one place only. */
  readonly part?: string;
}

/**
 * The folder of a new video, `YYYY/YYYY-MM-DD Title`, made unique by ` (2)`, ` (3)` … where another video has
 * it; names are compared as a case-insensitive file system does. `day` is `YYYY-MM-DD`.
 */
export function libraryFolder(title: string, day: string, isTaken: (folderKey: string) => boolean): string {
  return freeFolder(`${day.slice(0, 4)}/${day} ${safeTitle(title)}`, isTaken);
}

/** The folder itself where nobody has it, else with the first number that makes it unique. */
export function freeFolder(wanted: string, isTaken: (folderKey: string) => boolean): string {
  for (let n = 1; ; n += 1) {
    const folder = n === 1 ? wanted : `${wanted} (${n})`;
    if (!isTaken(foldName(folder))) return folder;
  }
}

/** Where each file of a video stands in the readable tree: the main version on top, the rest in sub-folders. */
export function libraryFiles(video: LibraryVideo): LibraryFile[] {
  return [...versionFiles(video), ...partFiles(video)];
}

/** Where the versions stand, in their order. */
export function versionFiles(video: LibraryVideo): LibraryFile[] {
  const main = mainVersion(video.versions);
  return video.versions.map((version) => ({
    digest: version.digest,
    ext: version.ext,
    path: versionPath(video, version, version === main),
  }));
}

const ranks: Readonly<Record<Role, number>> = { master: 2, published: 1, draft: 0 };

/** The version that stands for the video: the newest that is final; one as published, or a draft, where none is. */
export function mainVersion<V extends Pick<LibraryVersion, 'number' | 'role'>>(
  versions: readonly V[],
): V | undefined {
  return versions.reduce<V | undefined>(
    (best, version) =>
      best === undefined || ranks[version.role] > ranks[best.role] || isNewer(version, best) ? version : best,
    undefined,
  );
}

function isNewer(version: Pick<LibraryVersion, 'number' | 'role'>, than: typeof version): boolean {
  return version.role === than.role && version.number > than.number;
}

/** Where one version stands; `isMain` decides between the folder itself and `older versions`. */
export function versionPath(
  video: { readonly title: string; readonly folder: string },
  version: { readonly number: number; readonly ext: string },
  isMain: boolean,
): string {
  const suffix = version.ext === '' ? '' : `.${version.ext}`;
  const title = suffix === '' ? besideFolders(safeTitle(video.title)) : safeTitle(video.title);
  if (isMain) return `${video.folder}/${title}${suffix}`;
  return `${video.folder}/${olderVersionsFolder}/${title} (version ${version.number})${suffix}`;
}

/** A file without an extension could have the name of a sub-folder that stands beside it. */
function besideFolders(title: string): string {
  const key = foldName(title);
  const folders: readonly string[] = [olderVersionsFolder, asItCameFolder, ...partKinds];
  return folders.includes(key) ? `${title}_` : title;
}

function partFiles(video: LibraryVideo): LibraryFile[] {
  const left = new Map<string, number>();
  const keys = video.parts.map(partKey);
  for (const key of keys) left.set(key, (left.get(key) ?? 0) + 1);
  const seen = new Map<string, number>();
  return video.parts.map((part, index) => {
    const key = keys[index] ?? '';
    const number = (seen.get(key) ?? 0) + 1;
    seen.set(key, number);
    return partFile(video.folder, part, number === left.get(key) ? null : number);
  });
}

/** Where one part stands; `older` counts those that stood in its place before, from 1; null for the newest. */
export function partFile(folder: string, part: LibraryPart, older: number | null): LibraryFile {
  const path = `${folder}/${partPlace(part, older)}`;
  return { digest: part.digest, ext: part.ext, path, part: part.part };
}

/** What of the tree has to be made and what has to go, so that it shows `wanted`. */
export function planLibrary(
  wanted: readonly LibraryFile[],
  present: readonly { readonly path: string; readonly digest: Digest }[],
): { readonly make: readonly LibraryFile[]; readonly remove: readonly string[] } {
  const presentByPath = new Map(present.map((entry) => [entry.path, entry.digest]));
  const wantedPaths = new Set(wanted.map((file) => file.path));
  return {
    make: wanted.filter((file) => presentByPath.get(file.path) !== file.digest),
    remove: present.filter((entry) => !wantedPaths.has(entry.path)).map((entry) => entry.path),
  };
}
