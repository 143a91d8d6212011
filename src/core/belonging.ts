import { cardFolderOf, cardFoldersToLookInto, type FolderNames, isCameraName } from '#core/camera-cards.ts';
import { judgeName } from '#core/candidates.ts';
import { splitExtension } from '#core/file-name.ts';
import { isGenericFolder } from '#core/generic-folders.ts';
import { listedFolderOf } from '#core/hash-list.ts';
import type { InboxKind } from '#core/inbox-mode.ts';
import { folderOf, nameOf } from '#core/inbox-path.ts';
import type { PartKind, Role } from '#core/journal-record.ts';
import { type FolderMeaning, meaningOf, rolesAmong } from '#core/part-names.ts';
import { isProjectName } from '#core/project-files.ts';
import {
  type Beside,
  besideOf,
  companionOf,
  fileTypeOf,
  findVideoOf,
  type VideoNames,
} from '#core/sidecar-names.ts';

/** What belongs where, decided by names alone (docs/architecture.md, "What belongs together"). */
export type Belonging =
  /** A video that stands for itself. */
  | { readonly kind: 'video' }
  /** A file of the video beside it: in the same folder, or that stood there when it was taken. */
  | {
      readonly kind: 'beside';
      readonly partKind: Beside['partKind'];
      /** The video's path below the inbox; null where none of that name is known. */
      readonly file: string | null;
      /** The names that it may have had, without its extension, folded. */
      readonly stems: readonly string[];
    }
  /** A list of hashes, of those videos that it names; of a folder '' for the top. */
  | { readonly kind: 'list'; readonly folder: string }
  /** A file of a project or of a camera's card. */
  | ({ readonly kind: 'project'; readonly folder: string } & PlaceInProject)
  /** Nothing that is taken. */
  | { readonly kind: 'ignored' | 'none' };

export interface PlaceInProject {
  /** Of a file that is one of the project's videos; null for a part. */
  readonly role: Role | null;
  readonly partKind: PartKind;
  /** The folders between the project's folder and the file, `/` between them; '' for none. */
  readonly path: string;
}

/** What there is to ask about files of an inbox; folders are below it, '' is its top. */
export interface InboxNames {
  /** The outermost folder around a folder, or itself, of which `isProject` is true; null for none. */
  projectOf(folder: string): string | null;
  /** The videos that stand in a folder. */
  videosIn(folder: string): VideoNames;
  /** Those that stood in a folder when they were taken, a short while ago. */
  takenFrom(folder: string): VideoNames;
}

/** What there is to ask about folders of an inbox. */
export interface InboxFolders {
  readonly kind: InboxKind;
  /** What stands in a folder now; empty for one that is not there. */
  listing(folder: string): FolderNames;
  /** Whether files were taken from a folder as from a project: it is one, whatever still stands there. */
  isKnownProject(folder: string): boolean;
  /** The folder by which the inbox's own top is known as a card (`cardFolderOf`); null where it is none. */
  cardAtTop(): string | null;
}

/** Decides what a file is to the archive: by its path, by what stands beside it, and by what was taken before. */
export function belongingOf(path: string, names: InboxNames): Belonging {
  const folder = folderOf(path);
  const name = nameOf(path);
  // A Mac's companion is passed over, but for that of a file that is taken.
  const companion = companionOf(name);
  const project = names.projectOf(folder);
  const judged = judgeName(companion === null ? path : join(folder, companion), project);
  if (judged === 'ignored') return { kind: 'ignored' };
  if (project !== null) {
    const within = project === folder ? '' : folder.slice(project.length + 1);
    return { kind: 'project', folder: project, ...placeInProject(within, name) };
  }
  const listed = listedFolderOf(path);
  if (listed !== null) return { kind: 'list', folder: listed };
  const beside = besideOf(name);
  const found = beside === null ? null : findBeside(beside, folder, names);
  if (found !== null) return found;
  if (companion !== null) return { kind: 'ignored' };
  return { kind: judged === 'video' ? 'video' : 'none' };
}

/** A picture, or a Mac's companion, is taken only where its video is known for sure. */
function findBeside(beside: Beside, folder: string, names: InboxNames): Belonging | null {
  const { partKind, stems } = beside;
  const file = findVideoOf(beside, names.videosIn(folder)) ?? findVideoOf(beside, names.takenFrom(folder));
  if (file === null && (partKind === 'still' || stems.length === 0)) return null;
  return { kind: 'beside', partKind, file: file === null ? null : join(folder, file), stems };
}

/** Whether a folder is a project or a card by itself, whatever stands around it. */
export function isProject(folder: string, folders: InboxFolders): boolean {
  const around = folderOf(folder);
  const name = nameOf(folder);
  if (folders.kind === 'projects') return around === '';
  // A card that was copied to the inbox's top: there the folder by which it is known stands for it.
  if (around === '' && folders.cardAtTop() === name) return true;
  if (folders.isKnownProject(folder)) return true;
  const own = folders.listing(folder);
  if (isProjectName(name) || [...own.files, ...own.folders].some((one) => isProjectName(one))) return true;
  if (cardFolderOf(own, (below) => folders.listing(join(folder, below))) !== null) return true;
  const { role, two } = rolesAmong(own.folders);
  // In a folder `Videos` a folder `final` may be where the owner keeps all that are final.
  return two || (role && !isGenericFolder(name));
}

/** Whether what stands in a folder looks like one work, where nobody said so: as in the top folder of an old archive. */
export function looksLikeProject({ files, folders }: FolderNames): boolean {
  return [...files, ...folders].some((one) => isProjectName(one)) || rolesAmong(folders).role;
}

/** Of the folders in a folder, those that have to be listed too before it can be judged. */
export function foldersToLookInto(folder: string, { folders }: FolderNames): readonly string[] {
  return cardFoldersToLookInto(folders).map((name) => join(folder, name));
}

/**
 * What a file is within a project: by the innermost folder whose name says so, else by its own.
 *
 * @internal
 */
export function placeInProject(path: string, name: string): PlaceInProject {
  const folders = path === '' ? [] : path.split('/');
  const meaning = folders.map(meaningOf).findLast((one) => one !== null) ?? null;
  const type = fileTypeOf(name);
  if (type !== 'video') return { role: null, partKind: partKindOf(type, meaning), path };
  // What is hidden is a program's own, and stands for no video.
  if ([...folders, name].some((one) => one.startsWith('.'))) return { role: null, partKind: 'other', path };
  if (meaning !== null && 'role' in meaning) return { role: meaning.role, partKind: 'other', path };
  if (meaning !== null) return { role: null, partKind: meaning.partKind, path };
  const isMain = folders.length === 0 && !isCameraName(splitExtension(name).stem);
  return { role: isMain ? 'master' : null, partKind: 'raw', path };
}

/** A folder says more than an extension, but for those that mean one thing wherever they stand. */
function partKindOf(type: Exclude<PartKind, 'raw'>, meaning: FolderMeaning | null): PartKind {
  if (type === 'project' || type === 'subtitle' || type === 'sidecar') return type;
  return meaning !== null && 'partKind' in meaning ? meaning.partKind : type;
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
