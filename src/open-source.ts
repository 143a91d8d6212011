import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ArchiveMark, formatVersion, type LocationMark, readMarks } from '#core/archive-format.ts';
import { ReelholdError } from '#core/errors.ts';
import { identityOf, type PlaceSettings } from '#core/place-settings.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import type { OpenLocation } from '#daemon/places/place-book.ts';
import { createLocationSource } from '#locations/location-source.ts';
import { createFolderSource } from '#store/folder-source.ts';
import { hashFile } from '#store/hash-file.ts';
import type { HashPool } from '#store/hash-pool.ts';
import { loadInstallation } from '#store/installation.ts';
import type { Config } from './config.ts';

/** A place that can be read, and which one it says it is. */
export interface OpenSource {
  readonly source: ArchiveSource;
  readonly archive: ArchiveMark;
  readonly location: LocationMark | null;
}

export interface SourceDeps {
  readonly config: Config;
  readonly pool: HashPool;
  /** The ways to places that are no folders. */
  readonly openLocation: OpenLocation;
  /** A place that the caller's own rclone reaches, by its path there. */
  readonly openCallersRemote: (named: string) => Promise<ArchiveSource>;
}

/** How the owner names the vault among the places. */
const vaultName = 'vault';

export function openVaultSource({ config, pool }: SourceDeps): ArchiveSource {
  return createFolderSource({ name: 'this NAS', root: config.vaultDir, pool });
}

/** A place as it is set up, to be read. One that this machine has no way to fails when it is read. */
export async function openPlaceSource(
  settings: PlaceSettings,
  { config, pool, openLocation }: SourceDeps,
): Promise<ArchiveSource> {
  const { name, path } = settings;
  if (settings.placeKind === 'drive') return createFolderSource({ name, root: path, pool });
  const { archive, writer } = await loadInstallation(config.configDir);
  const location = openLocation(settings, identityOf(settings, archive ?? '', writer));
  return createLocationSource({ name, location, hashFile });
}

/**
 * The place that is meant: the vault, a place by its name, else a folder. An rclone path is told from a folder by its
 * colon, unless a folder of that name is there.
 */
export async function openNamedSource(
  named: string,
  places: readonly PlaceSettings[],
  deps: SourceDeps,
): Promise<ArchiveSource> {
  if (named === vaultName) return openVaultSource(deps);
  const place = places.find(({ name }) => name.toLowerCase() === named.toLowerCase());
  if (place !== undefined) return await openPlaceSource(place, deps);
  const root = resolve(named);
  if (isRclonePath(named) && !(await isThere(root))) return await deps.openCallersRemote(named);
  return createFolderSource({ name: root, root, pool: deps.pool });
}

/** Reads a place's marks; fails with `unreachable` where no copy of an archive stands there that can be read. */
export async function identifySource(source: ArchiveSource, signal: AbortSignal): Promise<OpenSource> {
  const text = async (path: string) => {
    const bytes = await source.read(path, signal);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  };
  const { archive, location } = readMarks({
    archive: await text('archive.json'),
    location: await text('location.json'),
  });
  const facts = { kind: 'unreachable', operation: 'read the archive at', object: source.name } as const;
  if (archive === null) {
    const hint = 'If it is on a drive, connect it. It is the folder that restore.sh stands in.';
    throw new ReelholdError({ ...facts, hint }, 'there is none, or its file archive.json is damaged');
  }
  if (archive.format > formatVersion) {
    throw new ReelholdError({ ...facts, hint: 'Install the newer Reelhold.' }, 'a newer Reelhold wrote it');
  }
  return { source, archive, location };
}

function isRclonePath(named: string): boolean {
  return /^[^/]+:|^:local:/.test(named);
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}
