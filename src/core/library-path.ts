import type { BlobRef, Digest } from '#core/digest.ts';
import { type PartKind, partKinds } from '#core/journal-record.ts';
import { foldName, safeTitle } from '#core/safe-name.ts';

/** A video as the readable tree needs it. */
export interface LibraryVideo {
  readonly title: string;
  readonly folder: string;
  readonly versions: readonly (BlobRef & { readonly number: number })[];
  readonly parts: readonly (BlobRef & { readonly kind: PartKind; readonly name: string })[];
}

export interface LibraryFile extends BlobRef {
  /** Relative to the library, `/` between parts, each part at most 143 bytes. */
  readonly path: string;
}

const olderVersionsFolder = 'older versions';

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

/** Where each file of a video stands in the readable tree: the newest version on top, the rest in sub-folders. */
export function libraryFiles(video: LibraryVideo): LibraryFile[] {
  const newest = Math.max(...video.versions.map((version) => version.number));
  const versions = video.versions.map((version) => ({
    digest: version.digest,
    ext: version.ext,
    path: versionPath(video, version, version.number === newest),
  }));
  return [...versions, ...partFiles(video)];
}

/** Where one version stands; `isNewest` decides between the folder itself and `older versions`. */
export function versionPath(
  video: { readonly title: string; readonly folder: string },
  version: { readonly number: number; readonly ext: string },
  isNewest: boolean,
): string {
  const suffix = version.ext === '' ? '' : `.${version.ext}`;
  const title = suffix === '' ? besideFolders(safeTitle(video.title)) : safeTitle(video.title);
  if (isNewest) return `${video.folder}/${title}${suffix}`;
  return `${video.folder}/${olderVersionsFolder}/${title} (version ${version.number})${suffix}`;
}

/** A file without an extension could have the name of a sub-folder that stands beside it. */
function besideFolders(title: string): string {
  const key = foldName(title);
  return key === olderVersionsFolder || partKinds.some((kind) => kind === key) ? `${title}_` : title;
}

function partFiles(video: LibraryVideo): LibraryFile[] {
  const taken = new Set<string>();
  return video.parts.map((part) => ({
    digest: part.digest,
    ext: part.ext,
    path: partPath(video.folder, part, taken),
  }));
}

function partPath(folder: string, part: LibraryVideo['parts'][number], taken: Set<string>): string {
  const suffix = part.ext === '' ? '' : `.${part.ext}`;
  const stem = part.name.toLowerCase().endsWith(suffix)
    ? part.name.slice(0, part.name.length - suffix.length)
    : part.name;
  for (let n = 1; ; n += 1) {
    const path = `${folder}/${part.kind}/${safeTitle(stem)}${n === 1 ? '' : ` (${n})`}${suffix}`;
    if (taken.has(foldName(path))) continue;
    taken.add(foldName(path));
    return path;
  }
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
