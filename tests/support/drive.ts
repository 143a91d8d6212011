import { readFileSync } from 'node:fs';
import type { DriveTraits } from '#core/judge-place.ts';
import type { Throttle } from '#core/ports/disk-work.ts';
import type { Location, PlaceIdentity } from '#core/ports/location.ts';
import { createDriveLocation } from '#locations/drive.ts';
import { createDiskWork } from '#store/disk-work.ts';
import type { HashPool } from '#store/hash-pool.ts';
import { placeReadme, restoreScript } from '#store/vault-readme.ts';
import { marksOf, placeIdentity } from './place-files.ts';

/** What stands at every place for people. */
export const papers = { readme: placeReadme, restoreScript: readFileSync(restoreScript, 'utf8') };

/** A drive at a folder, as the daemon would open it. */
export function openDrive(
  root: string,
  identity: PlaceIdentity,
  pool: HashPool,
  known: DriveTraits | null = null,
  throttle?: Throttle,
): Location {
  return createDriveLocation({
    ...{ root, identity, known, homes: [], papers, work: createDiskWork(pool), throttle },
  });
}

/** A drive at an empty folder, with the marks of its place. */
export async function prepareDrive(
  root: string,
  pool: HashPool,
  identity: PlaceIdentity = placeIdentity,
): Promise<Location> {
  const drive = openDrive(root, identity, pool);
  await drive.prepare(marksOf(identity), new AbortController().signal);
  return drive;
}
