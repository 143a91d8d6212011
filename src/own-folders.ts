import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The folders that Reelhold works with, as absolute paths. */
export interface FolderSettings {
  readonly inboxes: readonly { readonly dir: string }[];
  readonly vaultDir: string;
  readonly libraryDir: string;
  readonly libraryMode: string;
  readonly configDir: string;
}

/** An inbox around the vault would take the blobs themselves for new files, and clear them away. */
export function mixedFolders({
  inboxes,
  vaultDir,
  libraryDir,
  libraryMode,
}: FolderSettings): readonly string[] {
  const nameOf = (dir: string) => (inboxes.length === 1 ? 'REELHOLD_INBOX' : `REELHOLD_INBOX (${dir})`);
  const folders = [
    ...inboxes.map(({ dir }) => ({ name: nameOf(dir), path: realFolder(dir) })),
    { name: 'REELHOLD_VAULT', path: realFolder(vaultDir) },
    ...(libraryMode === 'off' ? [] : [{ name: 'REELHOLD_LIBRARY', path: realFolder(libraryDir) }]),
  ];
  const mistakes = folders.flatMap((one, index) =>
    folders
      .slice(index + 1)
      .filter((other) => isWithin(one.path, other.path) || isWithin(other.path, one.path))
      .map(
        (other) =>
          `${one.name} and ${other.name} must be folders apart: neither the same, nor one inside the other.`,
      ),
  );
  return [...new Set(mistakes)];
}

/** Whether a folder is another one or below it, also where a bind mount gives one of them a second path. */
function isWithin(inner: string, outer: string): boolean {
  const sameAsOuter = identityOf(outer);
  for (let path = inner; ; path = dirname(path)) {
    if (path === outer || (sameAsOuter !== null && identityOf(path) === sameAsOuter)) return true;
    if (path === dirname(path)) return false;
  }
}

/** The file system and the inode of a folder; null where it is not there. */
function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

/** Where a folder is when links are followed, as far as it is there. */
function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realFolder(parent), basename(path));
  }
}

/**
 * Which of these folders another one is, or is inside of, or, but for the settings, has inside of it; in words, null
 * for none. A copy of the archive has no place there: an inbox would take it for new videos.
 */
export function ownFolderAt(
  { inboxes, vaultDir, libraryDir, configDir }: FolderSettings,
  path: string,
): string | null {
  const folder = realFolder(path);
  const around = [
    ...inboxes.map(({ dir }) => ({ what: 'an inbox', dir })),
    { what: 'the vault', dir: vaultDir },
    { what: 'the library', dir: libraryDir },
  ].map(({ what, dir }) => ({ what, dir: realFolder(dir) }));
  const isInside = [...around, { what: 'the settings', dir: realFolder(configDir) }].find(({ dir }) =>
    isWithin(folder, dir),
  );
  if (isInside !== undefined) return `it is of Reelhold's own: ${isInside.what}`;
  const hasInside = around.find(({ dir }) => isWithin(dir, folder));
  return hasInside === undefined ? null : `${hasInside.what} is in it`;
}
