import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { timetableOf } from '#core/bandwidth.ts';
import { reserveBytes } from '#core/disk-space.ts';
import { createLocalTime } from '#core/local-time.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { CipherLedger } from '#core/ports/cipher-ledger.ts';
import type { Clock } from '#core/ports/clock.ts';
import { backendOf, parseRemotePath } from '#core/rclone-sections.ts';
import { compareDisks, countAsOne } from '#core/same-disk.ts';
import type { OpenLocation } from '#daemon/places/place-book.ts';
import { readDiskFacts } from '#locations/disk-facts.ts';
import { createLateLocation } from '#locations/late-location.ts';
import { createNotedDrive } from '#locations/noted-drive.ts';
import { clearScratch, openRemote, openRemoteToRead, type RemoteSettings } from '#locations/open-remote.ts';
import { loadRcloneConfig } from '#locations/rclone-config.ts';
import { createThrottle } from '#locations/throttle.ts';
import { createUnknownCiphers } from '#locations/unknown-ciphers.ts';
import { createDiskWork } from '#store/disk-work.ts';
import { readDiskSpace } from '#store/file-space.ts';
import type { HashPool } from '#store/hash-pool.ts';
import { placeReadme, restoreScript } from '#store/vault-readme.ts';
import type { Config } from './config.ts';
import { settleKitFolders } from './kit-tokens.ts';
import type { Ways } from './open-location.ts';
import { driveNoteFile, remoteConfigDir, spoolDir } from './place-folders.ts';

export interface WaysDeps {
  readonly config: Config;
  readonly pool: HashPool;
  readonly clock: Clock;
  /** What was encrypted for a place. */
  readonly ledgerOf: (location: string) => CipherLedger;
}

/** The ways of this installation: drives by their folders, remotes by rclone with a configuration of their own. */
export function createWays({ config, pool, clock, ledgerOf }: WaysDeps): Required<Ways> {
  const work = createDiskWork(pool);
  const homes = [config.vaultDir, config.configDir];
  const papers = async () => ({ readme: placeReadme, restoreScript: await readFile(restoreScript, 'utf8') });
  const throttleOf = (bandwidth: string | null) => {
    const timetable = timetableOf(bandwidth);
    if (timetable === null) return undefined;
    return createThrottle(timetable, { clock, localTime: createLocalTime(config.timeZone) });
  };
  const cleared = new Set<string>();
  return {
    drive: ({ location, path, bandwidth }, identity) =>
      createNotedDrive({
        ...{ root: path, identity, homes, papers, work },
        noteFile: driveNoteFile(config, location),
        throttle: throttleOf(bandwidth),
      }),
    remote: (settings, identity) =>
      createLateLocation('remote', async () => {
        const ledger = ledgerOf(settings.location);
        const remote = remoteSettings(config, settings, clock, ledger);
        if (!cleared.has(settings.location)) {
          await settleKitFolders(remote.configDir);
          await clearScratch(remote.configDir);
        }
        cleared.add(settings.location);
        return openRemote(remote, identity);
      }),
  };
}

/** The way to a remote for whoever only reads: whichever place it is by now, and whoever wrote there last. */
export function createReadingWay(config: Config, clock: Clock): OpenLocation {
  return (settings) =>
    createLateLocation('remote', async () =>
      // Who waits for a restore wants it as fast as it can be.
      openRemoteToRead(
        remoteSettings(config, { ...settings, bandwidth: null }, clock, createUnknownCiphers()),
      ),
    );
}

function remoteSettings(
  config: Config,
  { location, path, encrypted, bandwidth }: PlaceSettings,
  clock: Clock,
  ledger: CipherLedger,
): RemoteSettings {
  return {
    ...{ binary: rcloneBinary, searchPath: config.searchPath, clock, root: path },
    // One that a newer version wrote limits nothing: rclone would refuse all work with it.
    bandwidth: timetableOf(bandwidth) === null ? null : bandwidth,
    timeZone: config.timeZone,
    configDir: remoteConfigDir(config, location),
    encrypted: encrypted ? { ledger, spoolDir: spoolDir(config, location) } : null,
  };
}

/** As PATH knows it. */
export const rcloneBinary = 'rclone';

/** Room for what is encrypted before it is brought to a place: what the intake leaves free stays so. */
export function createSpoolRoom(config: Config): (settings: PlaceSettings) => Promise<number | null> {
  return async ({ location, encrypted }) => {
    if (!encrypted) return null;
    const { freeBytes, totalBytes } = await readDiskSpace(config.vaultDir);
    // What waits there already takes no more.
    return (
      Math.max(0, freeBytes - reserveBytes(totalBytes)) + (await sizeOfFolder(spoolDir(config, location)))
    );
  };
}

async function sizeOfFolder(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names.map((name) =>
    lstat(join(folder, name)).then(
      (found) => (found.isFile() ? found.size : 0),
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Whether a place stands on the vault's own disk; what cannot be told apart does. */
export function createSharesVaultDisk(config: Config): (settings: PlaceSettings) => Promise<boolean> {
  return async (settings) => {
    try {
      const folder = settings.placeKind === 'drive' ? settings.path : await localFolder(config, settings);
      if (folder === null) return false;
      const [vault, place] = await Promise.all([config.vaultDir, folder].map((dir) => readDiskFacts(dir)));
      return vault === undefined || place === undefined || countAsOne(compareDisks(vault, place));
    } catch {
      return true;
    }
  };
}

/** The folder of this machine that a remote is, if it is one; `/` where it goes by another name. */
async function localFolder(config: Config, { location, path }: PlaceSettings): Promise<string | null> {
  const sections = await loadRcloneConfig(remoteConfigDir(config, location));
  const remote = parseRemotePath(path);
  if (backendOf(remote.name, sections).type !== 'local') return null;
  return sections[remote.name]?.type === 'local' && remote.path.startsWith('/')
    ? remote.path
    : config.vaultDir;
}
