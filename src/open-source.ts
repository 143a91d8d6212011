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
  /** A place that the caller's own rclone reaches, by its path there; encrypted where there is a password. */
  readonly openCallersRemote: (named: string, password: string | null) => Promise<ArchiveSource>;
}

/** What the owner named to read from. */
export interface NamedSource {
  readonly source: ArchiveSource;
  /** The place that has to be there; null for whatever stands at a path. */
  readonly place: PlaceSettings | null;
  /** The folder that it is; null where it is none of this machine's. */
  readonly folder: string | null;
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
 * colon, unless a folder of that name is there. A password is for such a path alone: places have theirs.
 */
export async function openNamedSource(
  named: string,
  password: string | null,
  places: readonly PlaceSettings[],
  deps: SourceDeps,
): Promise<NamedSource> {
  const place = places.find(({ name }) => name.toLowerCase() === named.toLowerCase()) ?? null;
  const root = resolve(named);
  const isCallers = named !== vaultName && place === null && isRclonePath(named) && !(await isThere(root));
  if (isCallers) return { source: await deps.openCallersRemote(named, password), place, folder: null };
  if (password !== null) throw needsNoPassword(named);
  if (named === vaultName)
    return { source: openVaultSource(deps), place: null, folder: deps.config.vaultDir };
  if (place !== null) {
    const folder = place.placeKind === 'drive' ? place.path : null;
    return { source: await openPlaceSource(place, deps), place, folder };
  }
  if (!(await isThere(root))) throw nothingCalled(named);
  return { source: createFolderSource({ name: root, root, pool: deps.pool }), place, folder: root };
}

/** The same as `identifySource`, and fails where another place stands where the one that was named should be. */
export async function identifyNamed(
  { source, place }: NamedSource,
  signal: AbortSignal,
): Promise<OpenSource> {
  const opened = await identifySource(source, signal);
  if (place !== null) requirePlace(opened, place);
  return opened;
}

/** Fails with `unreachable` where what was opened is not the place that is meant. */
export function requirePlace(
  { location }: OpenSource,
  { name, placeKind, path, ...meant }: PlaceSettings,
): void {
  if (location?.location === meant.location) return;
  const isDrive = placeKind === 'drive';
  const hint = isDrive
    ? `Connect "${name}". To read what is there whatever it is, name the folder: --from ${path}.`
    : 'Look at "reelhold location list" and at the service, whether the path is still the right one.';
  throw new ReelholdError(
    { kind: 'unreachable', operation: 'read the archive at', object: name, hint },
    isDrive ? `another drive than "${name}" is there` : `another place than "${name}" is there`,
  );
}

function nothingCalled(named: string): ReelholdError {
  const hint =
    '"reelhold location list" shows your places. A folder is named by its path, a cloud as NAME:PATH of your rclone.';
  return new ReelholdError(
    { kind: 'unreachable', operation: 'read the archive at', object: named, hint },
    'no place is called that, and no such folder is there',
  );
}

function needsNoPassword(named: string): ReelholdError {
  const hint = 'Leave --password-file out: it is for a remote of your own rclone (NAME:PATH).';
  return new ReelholdError(
    { kind: 'unsupported', operation: 'use a password for', object: named, hint },
    'it is read without one',
  );
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
