import { type AssetRole, roleOfPart, roleOfVersion } from '#core/asset-role.ts';
import type { Belonging } from '#core/belonging.ts';
import type { InboxKind } from '#core/inbox-mode.ts';
import type { PartKind } from '#core/journal-record.ts';
import { nameKeyOfStem } from '#core/name-key.ts';
import { claimOf } from '#core/part-names.ts';
import type { Belongs } from '#core/plan-parts.ts';

/** As an inbox's; and `project`: the archive's folder itself is one video's project. */
export type ImportKind = InboxKind | 'project';

/** Where a file of an old archive goes, as its names say; paths are absolute, and in the form of `core/file-name.ts`. */
export type ImportPlace =
  /** A video of its own. */
  | { readonly kind: 'video' }
  | Extract<Belongs, { kind: 'project' }>
  /** With the video that stands at this path. */
  | { readonly kind: 'beside'; readonly partKind: PartKind; readonly file: string }
  /** With the video of one of these names (`nameKeyOf`), wherever it stands. */
  | { readonly kind: 'named'; readonly partKind: PartKind; readonly keys: readonly string[] }
  /** A list of hashes, with the videos that the lists of this folder name. */
  | { readonly kind: 'list'; readonly folder: string };

/** Null for what is not taken. `base` is the folder below which the paths of the belonging are. */
export function importPlaceOf(belonging: Belonging, base: string): ImportPlace | null {
  const absolute = (path: string) => (path === '' ? base : `${base === '/' ? '' : base}/${path}`);
  switch (belonging.kind) {
    case 'video':
      return { kind: 'video' };
    case 'project': {
      const key = absolute(belonging.folder);
      return { ...belonging, key, folder: key.slice(key.lastIndexOf('/') + 1) };
    }
    case 'list':
      return { kind: 'list', folder: absolute(belonging.folder) };
    case 'beside': {
      const { partKind, file, stems } = belonging;
      if (file !== null) return { kind: 'beside', partKind, file: absolute(file) };
      const keys = stems.flatMap((stem) => nameKeyOfStem(stem) ?? []);
      return keys.length === 0 ? null : { kind: 'named', partKind, keys };
    }
    default:
      return null;
  }
}

/** What cannot be made again from the rest goes first; `other` is also what says nothing. */
const turns: readonly AssetRole[] = ['final', 'published', 'other', 'draft', 'raw'];

/** When a file's turn is, by its path below the archive's folder: lower is earlier. */
export function importTurn(place: ImportPlace, path: string): number {
  return turns.indexOf(roleOf(place, path));
}

function roleOf(place: ImportPlace, path: string): AssetRole {
  if (place.kind === 'project') {
    return place.role === null ? roleOfPart(place.partKind) : roleOfVersion(place.role);
  }
  return place.kind === 'video' ? (claimOf(path) ?? 'other') : 'other';
}
