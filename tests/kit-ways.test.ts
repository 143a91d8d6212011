import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#clock.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { Location, OutgoingFile } from '#core/ports/location.ts';
import type { OpenPlace } from '#daemon/places/place-book.ts';
import { createKitWays } from '#kit-ways.ts';
import { createMemoryCipherLedger } from '#locations/memory-cipher-ledger.ts';
import { loadRcloneConfig, saveRcloneConfig } from '#locations/rclone-config.ts';
import { remoteConfigDir } from '#place-folders.ts';
import { bring, makeFile, marksOf, placeIdentity } from '#tests/support/place-files.ts';
import { placeFacts } from '#tests/support/places.ts';
import { obscure, serveWebdav, type TestServer } from '#tests/support/remote-servers.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { openEncryptedTestRemote, openTestRemote } from '#tests/support/test-remote.ts';

const folder = useTempFolder();
const never = new AbortController().signal;
let server: TestServer;
beforeEach(async () => {
  for (const name of ['served', 'state', 'here']) mkdirSync(join(folder.path, name));
  server = await serveWebdav(join(folder.path, 'served'), join(folder.path, 'state'));
});
afterEach(() => server.stop());

const configDir = () => join(folder.path, 'config');
const ownDir = () => remoteConfigDir({ configDir: configDir() }, placeIdentity.location);
const ways = () =>
  createKitWays({
    config: { configDir: configDir(), searchPath: process.env.PATH ?? '', timeZone: 'UTC' },
    clock: systemClock,
  });

/** A remote with one video, set up as this installation has it. */
async function setUp(
  encrypted: boolean,
): Promise<{ readonly place: OpenPlace; readonly film: OutgoingFile }> {
  const remote = { configDir: ownDir(), sections: server.sections, root: `server:${server.path}` };
  const spoolDir = join(folder.path, 'spool');
  const as = encrypted
    ? await openEncryptedTestRemote({
        ...{ ...remote, spoolDir, ledger: createMemoryCipherLedger(), password: 'plum tree' },
      })
    : await openTestRemote(remote);
  const location: Location = as(placeIdentity);
  await location.prepare(marksOf(placeIdentity), never);
  const film = makeFile(join(folder.path, 'here'), 'rome in the rain');
  await bring(location, [film]);
  const { kind: _, ...facts } = placeFacts(placeIdentity.location, {
    ...{ name: 'My cloud', placeKind: 'remote', path: `server:${server.path}`, encrypted },
  });
  return { place: { settings: facts as PlaceSettings, identity: placeIdentity, location }, film };
}

describe('the way to a place by the recovery kit alone', () => {
  it.each([false, true])(
    'gives a video as it was, from a remote that is encrypted: %s',
    async (encrypted) => {
      const { place, film } = await setUp(encrypted);
      const target = join(folder.path, 'came');
      {
        await using way = await ways()(place, never);
        await way.fetch(film, target, { signal: never });
      }
      expect(readFileSync(target, 'utf8')).toBe('rome in the rain');
      expect(readdirSync(join(ownDir(), 'scratch'))).toEqual([]);
    },
  );

  it('does not use what the kit does not say: with another password in it nothing comes', async () => {
    const { place } = await setUp(true);
    const sections = await loadRcloneConfig(ownDir());
    const [crypt = ''] = Object.keys(sections).filter((name) => sections[name]?.type === 'crypt');
    await saveRcloneConfig(ownDir(), {
      ...sections,
      [crypt]: { ...sections[crypt], type: 'crypt', password: obscure('another') },
    });
    await expect(ways()(place, never)).rejects.toMatchObject({ name: 'ReelholdError' });
    expect(existsSync(join(ownDir(), 'scratch')) && readdirSync(join(ownDir(), 'scratch'))).toEqual([]);
  });

  it('leads to no other place than the one that is meant', async () => {
    const { place } = await setUp(false);
    const settings = { ...place.settings, location: placeIdentity.location.replace(/b$/, 'c') };
    const other = remoteConfigDir({ configDir: configDir() }, settings.location);
    await saveRcloneConfig(other, await loadRcloneConfig(ownDir()));
    await expect(ways()({ ...place, settings }, never)).rejects.toMatchObject({
      message: expect.stringContaining('another place stands there'),
    });
  });
});
