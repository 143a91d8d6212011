import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { importCallersRemote } from '#locations/import-remote.ts';
import { createLocationSource } from '#locations/location-source.ts';
import { openRemoteToRead } from '#locations/open-remote.ts';
import { createUnknownCiphers } from '#locations/unknown-ciphers.ts';
import { hashFile } from '#store/hash-file.ts';
import type { HashPool } from '#store/hash-pool.ts';
import { systemClock as clock } from './clock.ts';
import { createReadingWay, rcloneBinary } from './compose-ways.ts';
import { type Config, callersEnvironment } from './config.ts';
import { createOpenLocation } from './open-location.ts';
import type { SourceDeps } from './open-source.ts';

/** What it takes to read from any place, until it is disposed of. */
export type ReadingDeps = SourceDeps & AsyncDisposable;

/**
 * The ways to places for whoever only reads: this installation's own, and whatever the caller's rclone reaches, by a
 * copy of their configuration, with the password that was given, which is gone in the end.
 */
export function createReadingDeps(config: Config, pool: HashPool): ReadingDeps {
  const folders: string[] = [];
  return {
    ...{ config, pool },
    openLocation: createOpenLocation({ remote: createReadingWay(config, clock) }),
    async openCallersRemote(named, password) {
      const configDir = await mkdtemp(join(tmpdir(), 'reelhold-rclone-'));
      folders.push(configDir);
      const root = await importCallersRemote({
        ...{ binary: rcloneBinary, env: callersEnvironment(), home: homedir() },
        ...{ root: named, configDir, password, mayBeHere: true },
      });
      const location = await openRemoteToRead({
        ...{ binary: rcloneBinary, searchPath: config.searchPath, configDir, bandwidth: null },
        timeZone: config.timeZone,
        ...{ root, clock },
        encrypted:
          password === null ? null : { ledger: createUnknownCiphers(), spoolDir: join(configDir, 'spool') },
      });
      return createLocationSource({ name: named, location, hashFile });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}
