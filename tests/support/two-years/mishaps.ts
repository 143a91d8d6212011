import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AwayReason } from '#core/ports/location.ts';
import { readRecords } from '#core/segment-records.ts';
import { createLocationSource } from '#locations/location-source.ts';
import { identifySource } from '#open-source.ts';
import { rebuildVault } from '#rebuild-from.ts';
import { createFolderSource } from '#store/folder-source.ts';
import { hashFile } from '#store/hash-file.ts';
import { createHashPool, type HashPool } from '#store/hash-pool.ts';
import type { Choose } from '#tests/support/model/deeds.ts';
import * as model from '#tests/support/model/state.ts';
import { driveNames, type PlaceName, placeNames, readCloud, remoteName } from './house.ts';
import { believedCopies } from './oracle.ts';
import { type Event, seePlaces } from './owner.ts';
import { hourMs, type World } from './world.ts';

const never = new AbortController().signal;
const awayReasons: readonly AwayReason[] = [
  'not-connected',
  'denied',
  'sign-in',
  'quota',
  'failing',
  'read-only',
];

/** A copy that is not the last good one, at any of the places. */
function chooseSpare(world: World, choose: Choose): readonly [PlaceName, string] | null {
  const place = choose(placeNames) ?? 'vault';
  const held = new Set(model.digestsOf(world.state));
  const spare = [...world.house.blobsAt(place)]
    .filter(([named, digest]) => named === digest && held.has(named))
    .map(([named]) => named)
    .filter((digest) => world.goodPlaces(digest).length > 1);
  const digest = choose(spare);
  return digest === undefined ? null : [place, digest];
}

function noteDamage(world: World, place: PlaceName, digest: string): void {
  const copy = believedCopies(world).find((one) => one.place === place && one.digest === digest);
  world.damage.note(place, digest, copy?.provenAtMs ?? null);
  world.counts.faults += 1;
}

/** A bit turns over where nobody looks. */
export const corrupt: Event = (world, choose) => {
  const spare = chooseSpare(world, choose);
  if (spare === null) return null;
  noteDamage(world, ...spare);
  world.house.flip(...spare, choose(Array.from({ length: 97 }, (_, index) => index * 131)) ?? 0);
  return Promise.resolve();
};

/** Somebody deletes a file. */
export const loseFile: Event = (world, choose) => {
  const spare = chooseSpare(world, choose);
  if (spare === null) return null;
  noteDamage(world, ...spare);
  world.house.lose(...spare);
  return Promise.resolve();
};

/** A place is full, or there is room again. */
export const fillOrFree: Event = (world, choose) => {
  const { cloud, full } = world.house;
  const place = choose([...driveNames, remoteName]) ?? remoteName;
  world.counts.faults += 1;
  if (place !== remoteName) {
    if (full.has(place)) full.delete(place);
    else full.add(place);
  } else if (Number.isFinite(cloud.roomBytes)) cloud.roomBytes = Number.POSITIVE_INFINITY;
  else cloud.roomBytes = [...cloud.files.values()].reduce((sum, bytes) => sum + bytes.length, 0) + 500;
  return Promise.resolve();
};

/** The service cannot be reached, for one reason or another, or can be again. */
export const remoteTrouble: Event = async (world, choose) => {
  const { cloud } = world.house;
  world.counts.faults += 1;
  cloud.away = cloud.away === null ? (choose(awayReasons) ?? 'denied') : null;
  await seePlaces(world);
};

const catalogueEndings = ['', '-wal', '-shm'];
const keptCatalogue = (world: World) => join(world.house.home.shelf, 'kept.sqlite');

/** The owner keeps a copy of the catalogue, which grows old. */
export const keepCatalogue: Event = async (world) => {
  await world.close();
  copyFileSync(world.house.home.config.catalogueFile, keptCatalogue(world));
  await world.open();
};

/** The catalogue is gone, or an old copy of it comes back. */
export const loseCatalogue: Event = async (world, choose) => {
  const { catalogueFile } = world.house.home.config;
  await world.close();
  world.counts.catalogues += 1;
  world.inDrawerSinceMs.clear(); // nobody knows it any more
  for (const ending of catalogueEndings) rmSync(`${catalogueFile}${ending}`, { force: true });
  if (existsSync(keptCatalogue(world)) && choose([true, false])) {
    copyFileSync(keptCatalogue(world), catalogueFile);
  }
  await world.open();
  await seePlaces(world);
};

/** The vault's disk is dead, and the catalogue's with it now and then: all of it comes back from one of the places. */
export const loseVault: Event = (world, choose) => {
  const isCatalogueLost = choose([true, false, false]) === true;
  const from = choose(sourcesToRebuild(world, isCatalogueLost));
  return from === undefined ? null : rebuildFrom(world, from, isCatalogueLost);
};

async function rebuildFrom(world: World, from: PlaceName, isCatalogueLost: boolean): Promise<void> {
  const { config } = world.house.home;
  for (const digest of world.house.blobsAt('vault').keys()) noteDamage(world, 'vault', digest);
  world.counts.vaults += 1;
  await world.close();
  rmSync(config.vaultDir, { recursive: true, force: true });
  if (isCatalogueLost) {
    world.inDrawerSinceMs.clear();
    for (const ending of catalogueEndings) rmSync(`${config.catalogueFile}${ending}`, { force: true });
  }
  const refused = await world.tryToOpen();
  if (refused !== 'not-connected') throw new Error(`a vault that is gone is ${refused ?? 'open'}`);
  await fillVault(world, from);
  await world.open();
  await seePlaces(world);
}

/** As the command does, which is a process of its own. */
async function fillVault(world: World, from: PlaceName): Promise<void> {
  await using pool = createHashPool(2);
  const opened = await identifySource(sourceAt(world, from, pool), never);
  const told = { onTotal: () => {}, onProgress: () => {}, onDone: () => {} };
  const nobody = () => {
    throw new TypeError('nobody asks for another place');
  };
  const deps = { config: world.house.home.config, pool, openLocation: nobody, openCallersRemote: nobody };
  await rebuildVault(deps, opened, told, never);
}

/** Reads the archive at a place, as `restore --from` and `rebuild --from` do. */
export function sourceAt(world: World, place: PlaceName, pool: HashPool) {
  if (place === remoteName) {
    return createLocationSource({ name: place, location: readCloud(world.house.cloud), hashFile });
  }
  return createFolderSource({ name: place, root: world.house.pathOf(place), pool });
}

/** Places that give back all that would be missed; with the catalogue goes whatever they were not told yet. */
function sourcesToRebuild(world: World, isCatalogueLost: boolean): readonly PlaceName[] {
  const elsewhere = (digest: string) => world.goodPlaces(digest).some((place) => place !== 'vault');
  if (!model.digestsOf(world.state).every(elsewhere)) return [];
  const reachable = [
    ...driveNames.filter((drive) => world.house.isPlugged(drive)),
    ...(world.house.cloud.away === null ? [remoteName] : []),
  ];
  return reachable.filter((place) => !isCatalogueLost || knowsAll(world, place));
}

function knowsAll(world: World, place: PlaceName): boolean {
  const known = new Set(world.house.files(place, 'journal'));
  return world.house
    .files('vault', 'journal')
    .filter((name) => !known.has(name))
    .every((name) => {
      const content = readFileSync(join(world.house.pathOf('vault'), 'journal', name));
      return readRecords(content).every(({ kind }) => kind === 'event');
    });
}

/** The clock is years behind for some days, as after an empty battery, and right again. */
export const clockTrouble: Event = async (world) => {
  const wrongByMs = 10 * 365 * 24 * hourMs;
  world.counts.faults += 1;
  world.wrongByMs = wrongByMs;
  world.clock.setWall(world.clock.nowMs() - wrongByMs);
  await world.live(36);
  world.clock.setWall(world.clock.nowMs() + wrongByMs);
  world.wrongByMs = 0;
  await world.live(36);
};

/** The machine sleeps for weeks: its own clock stands still, and the wall's does not. */
export const sleepForWeeks: Event = async (world, choose) => {
  const weeks = choose([1, 2, 3, 6]) ?? 1;
  world.clock.setWall(world.clock.nowMs() + weeks * 7 * 24 * hourMs);
  await world.live(3);
};

/** The machine is off for days. */
export const switchOff: Event = async (world, choose) => {
  await world.close();
  await world.clock.advance((choose([1, 3, 10, 30]) ?? 1) * 24 * hourMs);
  await world.open();
  await world.live(3);
};
