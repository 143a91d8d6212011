import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createWays } from '#compose-ways.ts';
import { parseBlobPath } from '#core/digest.ts';
import { ReelholdError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Location, PlaceIdentity } from '#core/ports/location.ts';
import { createMemoryLocation, createMemoryPlace, type MemoryPlace } from '#locations/memory-location.ts';
import { createUnknownCiphers } from '#locations/unknown-ciphers.ts';
import type { Ways } from '#open-location.ts';
import type { HashPool } from '#store/hash-pool.ts';
import { digestOf } from '#tests/support/digests.ts';
import { type Home, makeHome } from '#tests/support/model/home.ts';
import { digestOfBlob, digestsBelow, filesBelow } from '#tests/support/model/observe.ts';
import { flipBit } from '#tests/support/model/world.ts';

/** Two drives that take turns, and a service: with the vault, what the default policy asks for. */
export const driveNames = ['Blue', 'Green'] as const;
export type DriveName = (typeof driveNames)[number];
export const remoteName = 'Cloud' as const;
export const placeNames = ['vault', ...driveNames, remoteName] as const;
export type PlaceName = (typeof placeNames)[number];

/** The disks and the service that an archive stands on, and what happens to them behind its back. */
export interface House extends AsyncDisposable {
  readonly home: Home;
  readonly cloud: MemoryPlace;
  readonly pathOf: (name: PlaceName) => string;
  readonly isPlugged: (drive: DriveName) => boolean;
  plug(drive: DriveName): void;
  unplug(drive: DriveName): void;
  /** Drives on which nothing more fits. */
  readonly full: Set<DriveName>;
  readonly ways: (clock: Clock, pool: HashPool) => Ways;
  /** Every blob that stands at a place, by the digest that its name says, with that of its bytes. */
  blobsAt(place: PlaceName): ReadonlyMap<string, string>;
  flip(place: PlaceName, digest: string, bit: number): void;
  lose(place: PlaceName, digest: string): void;
  /** A file of a place as it is, whether anybody can reach it or not. */
  files(place: PlaceName, folder: 'journal' | 'index'): readonly string[];
}

export async function makeHouse(): Promise<House> {
  const home = await makeHome({ withDisks: false, libraryMode: 'auto' });
  const cloud = createMemoryPlace();
  const full = new Set<DriveName>();
  const slot = (drive: DriveName) => join(home.shelf, 'plugged', drive);
  const drawer = (drive: DriveName) => join(home.shelf, 'drawer', drive);
  for (const drive of driveNames) mkdirSync(slot(drive), { recursive: true });
  mkdirSync(join(home.shelf, 'drawer'));
  const isPlugged = (drive: DriveName) => existsSync(slot(drive));
  const rootOf = (place: PlaceName): string => {
    if (place === 'vault') return home.config.vaultDir;
    const drive = place as DriveName;
    return isPlugged(drive) ? slot(drive) : drawer(drive);
  };
  const blobFile = (place: PlaceName, digest: string) => {
    const path = filesBelow(join(rootOf(place), 'blobs')).find((one) => digestOfBlob(one) === digest);
    return path === undefined ? null : join(rootOf(place), 'blobs', path);
  };
  const cloudPath = (digest: string) =>
    [...cloud.files.keys()].find((path) => parseBlobPath(path)?.digest === digest) ?? null;

  return {
    ...{ home, cloud, full, isPlugged },
    pathOf: (name) => (name === remoteName ? 'cloud:archive' : rootOf(name)),
    plug(drive) {
      if (!isPlugged(drive)) renameSync(drawer(drive), slot(drive));
    },
    unplug(drive) {
      if (isPlugged(drive)) renameSync(slot(drive), drawer(drive));
    },
    ways: (clock, pool) => {
      const real = createWays({
        ...{ config: home.config, pool, clock },
        ledgerOf: () => createUnknownCiphers(),
      });
      return {
        drive: (settings, identity) => {
          const drive = driveNames.find((name) => slot(name) === settings.path);
          return whileItFits(real.drive(settings, identity), () => drive !== undefined && full.has(drive));
        },
        remote: (_settings, identity) => createMemoryLocation(cloud, identity),
      };
    },
    blobsAt(place) {
      if (place === remoteName) {
        const blobs = [...cloud.files].filter(([path]) => parseBlobPath(path) !== null);
        return new Map(blobs.map(([path, bytes]) => [parseBlobPath(path)?.digest ?? '', digestOf(bytes)]));
      }
      const blobs = [...digestsBelow(join(rootOf(place), 'blobs'))];
      return new Map(blobs.map(([path, digest]) => [digestOfBlob(path), digest]));
    },
    flip(place, digest, bit) {
      if (place === remoteName) {
        const path = cloudPath(digest) ?? '';
        const bytes = Uint8Array.from(cloud.files.get(path) ?? []);
        const at = bit % (bytes.length * 8);
        bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
        cloud.files.set(path, bytes);
        return;
      }
      const file = blobFile(place, digest);
      if (file !== null) flipBit(file, bit);
    },
    lose(place, digest) {
      if (place === remoteName) cloud.files.delete(cloudPath(digest) ?? '');
      const file = place === remoteName ? null : blobFile(place, digest);
      if (file === null) return;
      chmodSync(dirname(file), 0o755);
      rmSync(file);
    },
    files: (place, folder) =>
      place === remoteName
        ? [...cloud.files.keys()]
            .filter((path) => path.startsWith(`${folder}/`))
            .map((path) => path.slice(folder.length + 1))
        : filesBelow(join(rootOf(place), folder)),
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

/** The service for whoever only reads: whichever place it is by now. */
export function readCloud(cloud: MemoryPlace): Location {
  const text = (path: string) => new TextDecoder().decode(cloud.files.get(path) ?? new Uint8Array());
  const { archive } = JSON.parse(text('archive.json')) as Pick<PlaceIdentity, 'archive'>;
  const mark = JSON.parse(text('location.json')) as Omit<PlaceIdentity, 'archive'>;
  return createMemoryLocation(cloud, { ...mark, archive });
}

/** A drive that is full now and then, which a folder never is. */
function whileItFits(drive: Location, isFull: () => boolean): Location {
  const error = (object: string) =>
    new ReelholdError({ kind: 'full', operation: 'copy to the drive', object }, 'no space left on the drive');
  return {
    ...drive,
    async look(signal) {
      const presence = await drive.look(signal);
      return presence.kind === 'present' && isFull() ? { ...presence, freeBytes: 0 } : presence;
    },
    put: async (files, context) =>
      isFull()
        ? files.map(({ path }) => ({ kind: 'failed', error: error(path) }))
        : drive.put(files, context),
    replaceUnproven: async (file, context) =>
      isFull() ? { kind: 'failed', error: error(file.path) } : drive.replaceUnproven(file, context),
    async putMutable(name, content, signal) {
      if (isFull()) throw error(name);
      await drive.putMutable(name, content, signal);
    },
  };
}
