import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { rcloneBinary } from '#compose-ways.ts';
import { type Config, callersEnvironment } from '#config.ts';
import { isReelholdError, ReelholdError } from '#core/errors.ts';
import { makePassphrase, passphraseBytes } from '#core/passphrase.ts';
import type { PlaceWish } from '#core/plan-place.ts';
import { importCallersRemote } from '#locations/import-remote.ts';
import { remoteConfigDir } from '#place-folders.ts';
import { exitCodes } from './exit-codes.ts';
import { runPlaceChange } from './location.ts';
import { readPasswordFile } from './password-file.ts';
import { askCatalogue, placesCalled } from './places.ts';

export interface AskedRemote {
  readonly name: string;
  /** As the caller's rclone has it. */
  readonly path: string;
  readonly isPlain: boolean;
  readonly passwordFile: string | null;
  readonly wish: Partial<PlaceWish>;
  /** The id of the place whose part it takes. */
  readonly replaces?: string;
  /** Though that has what is good nowhere else. */
  readonly anyway?: boolean;
}

/**
 * Adds a remote of the caller's rclone, encrypted unless it is to be plain. Its configuration and password are saved
 * first, under the id that it gets; where it is refused they are gone again.
 */
export async function runAddRemote(config: Config, asked: AskedRemote): Promise<number> {
  const { name, path, isPlain, passwordFile, wish, replaces, anyway = false } = asked;
  const location = randomUUIDv7();
  const password = isPlain ? null : await findPassword(passwordFile);
  const root = await importRemote(config, location, path, password).catch(async (error: unknown) => {
    await forget(config, location);
    throw error;
  });
  try {
    await runPlaceChange(config, {
      kind: 'add',
      wish: { ...wish, name, location, path: root, placeKind: 'remote', encrypted: !isPlain },
      ...(replaces === undefined ? {} : { replaces, anyway }),
    });
  } catch (error) {
    await keepOrForget(config, location, error);
    throw error;
  }
  if (password !== null) {
    process.stdout.write(
      'It is encrypted. Without its password nobody can read it, you neither: write a recovery kit now ("reelhold kit").\n',
    );
  }
  return exitCodes.done;
}

/**
 * What it is encrypted with goes only where nothing can have been stored with it: where adding it was refused before
 * anything was written. Else it may be added already, or by a daemon that comes to it.
 */
async function keepOrForget(config: Config, location: string, error: unknown): Promise<void> {
  const places = askCatalogue(config, (queries) => queries.places()) ?? [];
  if (places.some(({ settings }) => settings.location === location)) return;
  if (isReelholdError(error, 'unsupported')) return await forget(config, location);
  process.stderr.write(
    `Look at "reelhold location list" whether it was added all the same. If not, add it again with what it was encrypted with: --password-file ${remoteConfigDir(config, location)}/password.txt\n`,
  );
}

async function forget(config: Config, location: string): Promise<void> {
  await rm(remoteConfigDir(config, location), { recursive: true, force: true });
}

/** Gives this machine the configuration, and the password, of a place that the archive has already. */
export async function runSignIn(
  config: Config,
  { name, path, passwordFile }: Pick<AskedRemote, 'name' | 'path' | 'passwordFile'>,
): Promise<number> {
  const [place] = placesCalled(config, name);
  if (place === undefined) return exitCodes.failed;
  const { settings } = place;
  const facts = { kind: 'unsupported', operation: 'sign in at', object: name } as const;
  if (settings.placeKind !== 'remote') {
    throw new ReelholdError({ ...facts, hint: 'Connect it, and it is used.' }, 'it is a drive');
  }
  if (!settings.encrypted && passwordFile !== null) return notEncrypted(settings.name);
  if (settings.encrypted && passwordFile === null) {
    throw new ReelholdError(
      { ...facts, hint: 'Name a file with its password (--password-file); it is in the recovery kit.' },
      'it is encrypted',
    );
  }
  const password = settings.encrypted ? await findPassword(passwordFile) : null;
  const root = await importRemote(config, settings.location, path, password);
  if (root === settings.path) {
    process.stdout.write(`"${name}" can be reached from this machine again.\n`);
    return exitCodes.done;
  }
  return await runPlaceChange(config, { kind: 'adjust', name, adjustment: { path: root } });
}

/** A password for what has none would be passed over silently. */
export function notEncrypted(name: string): number {
  process.stderr.write(`error: "${name}" is not encrypted: leave out --password-file\n`);
  return exitCodes.usage;
}

async function importRemote(
  config: Config,
  location: string,
  root: string,
  password: string | null,
): Promise<string> {
  return await importCallersRemote({
    ...{ binary: rcloneBinary, env: callersEnvironment(), home: homedir() },
    ...{ root, password, configDir: remoteConfigDir(config, location), mayBeHere: false },
  });
}

/** The password in a file; a new one where no file is named. */
async function findPassword(file: string | null): Promise<string> {
  return file === null ? makePassphrase(randomBytes(passphraseBytes)) : await readPasswordFile(file);
}
