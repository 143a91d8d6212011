import type { Role } from '#core/journal-record.ts';

/** What a file of a video is, as far as anybody decides by it where it goes and how many copies it needs. */
export const assetRoles = ['final', 'published', 'draft', 'raw', 'other'] as const;
export type AssetRole = (typeof assetRoles)[number];

const roleOfVersions: Readonly<Record<Role, AssetRole>> = {
  master: 'final',
  published: 'published',
  draft: 'draft',
};

/** A role that a later version may have written counts as that of a final. */
export function roleOfVersion(role: string): AssetRole {
  return Object.hasOwn(roleOfVersions, role) ? roleOfVersions[role as Role] : 'final';
}

export function isAssetRole(text: string): text is AssetRole {
  return assetRoles.some((role) => role === text);
}
