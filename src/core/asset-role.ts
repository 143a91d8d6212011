import type { PartKind, Role } from '#core/journal-record.ts';

/** What an owner decides by where a file goes. */
export const chosenRoles = ['final', 'published', 'draft', 'raw', 'other'] as const;

/**
 * What a file of a video is, as far as anybody decides by it where it goes and how many copies it needs. A platform's
 * data export goes where all else goes, but never where it could be read by others.
 */
export const assetRoles = [...chosenRoles, 'export'] as const;
export type AssetRole = (typeof assetRoles)[number];

const roleOfVersions: Readonly<Record<Role, AssetRole>> = {
  master: 'final',
  published: 'published',
  draft: 'draft',
};

/** A role that a later version may have written counts as that of a final. `export` is none that is recorded. */
export function roleOfVersion(role: string): AssetRole {
  if (role === 'export') return role;
  return Object.hasOwn(roleOfVersions, role) ? roleOfVersions[role as Role] : 'final';
}

/** What each kind of part counts as: only raw footage is so large that owners keep it to fewer places. */
export const roleOfParts: Readonly<Record<PartKind, AssetRole>> = {
  raw: 'raw',
  project: 'other',
  sound: 'other',
  subtitle: 'other',
  sidecar: 'other',
  still: 'other',
  other: 'other',
};

/** A kind that a later version may have written counts as something else that belongs to the video. */
export function roleOfPart(kind: string): AssetRole {
  if (kind === 'export') return kind;
  return Object.hasOwn(roleOfParts, kind) ? roleOfParts[kind as PartKind] : 'other';
}

export function isChosenRole(text: string): text is (typeof chosenRoles)[number] {
  return chosenRoles.some((role) => role === text);
}
