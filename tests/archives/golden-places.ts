import { randomUUIDv7 } from 'node:crypto';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenArchive } from '#compose.ts';
import { rcloneBinary } from '#compose-ways.ts';
import type { Config } from '#config.ts';
import { placeLane } from '#core/operation.ts';
import type { PlaceWish } from '#core/plan-place.ts';
import { toKitPlace } from '#core/recovery-kit.ts';
import { formatEraseWish } from '#daemon/operations/erase.ts';
import { formatKitWish } from '#daemon/operations/note-kit.ts';
import { formatPlaceChange } from '#daemon/places/change-place.ts';
import { createWorker } from '#daemon/worker.ts';
import { importCallersRemote } from '#locations/import-remote.ts';
import { remoteConfigDir } from '#place-folders.ts';
import { cloudPassword } from '#tests/support/golden.ts';
import { runHandler } from '#tests/support/operations.ts';
import { asEnvironment, serveWebdav } from '#tests/support/remote-servers.ts';
import { createTestLog } from '#tests/support/test-log.ts';

/** What stands at the places of an archive, and is kept with it. */
export interface GoldenPlaces {
  readonly drive: string;
  readonly cloud: string;
}

/**
 * Gives an archive a drive and an encrypted remote, which hold all of it; a video that is deleted everywhere, and still
 * waits to go from the drive; and a recovery kit. `doomed` is in the trash.
 */
export async function writePlaces(
  archive: OpenArchive,
  config: Config,
  folder: string,
  doomed: { readonly video: string; readonly title: string },
): Promise<GoldenPlaces> {
  const drive = join(folder, 'drive');
  for (const dir of [drive, join(folder, 'served')]) mkdirSync(dir);
  const server = await serveWebdav(join(folder, 'served'), join(folder, 'server'));
  try {
    await runHandler(archive.prove, archive.location);
    const blue = await addPlace(archive, { name: 'Blue drive', placeKind: 'drive', path: drive });
    const location = randomUUIDv7();
    const path = await importCallersRemote({
      ...{
        binary: rcloneBinary,
        env: { PATH: process.env.PATH, ...asEnvironment(server) },
        home: folder,
        mayBeHere: false,
      },
      ...{ root: 'server:archive', password: cloudPassword, configDir: remoteConfigDir(config, location) },
    });
    const remote = { name: 'Cloud', placeKind: 'remote', path, location, encrypted: true } as const;
    const cloud = await addPlace(archive, remote);
    for (const place of [blue, cloud]) await drain(archive, place);
    await runHandler(archive.erase, formatEraseWish({ ...doomed, now: true }));
    await drain(archive, cloud);
    await noteKit(archive);
    for (const place of [blue, cloud]) {
      const { mirror } = archive.places.handlersOf(place);
      if (mirror !== undefined) await runHandler(mirror, place);
    }
    cpSync(server.folder, join(folder, 'cloud'), { recursive: true });
    return { drive, cloud: join(folder, 'cloud') };
  } finally {
    await server.kill();
  }
}

async function addPlace(archive: OpenArchive, wish: PlaceWish): Promise<string> {
  return String(await runHandler(archive.places.change, formatPlaceChange({ kind: 'add', wish })));
}

/** Does all that is due at a place. */
async function drain({ catalogue, clock, places }: OpenArchive, place: string): Promise<void> {
  const lane = { lane: placeLane(place), handlers: places.handlersOf(place) };
  await createWorker({ catalogue, clock, log: createTestLog(), ...lane }).drain(new AbortController().signal);
}

async function noteKit({ catalogue, noteKit: note }: OpenArchive): Promise<void> {
  const places = catalogue.places.list().map(toKitPlace);
  const phrase = { salt: '00'.repeat(16), hash: '11'.repeat(32) };
  await runHandler(note, formatKitWish({ kind: 'made', places, phrase }));
  await runHandler(note, formatKitWish({ kind: 'made', places, phrase }));
  await runHandler(note, formatKitWish({ kind: 'confirmed', version: 2, keptAt: "at my sister's" }));
}
