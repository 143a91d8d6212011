import { access, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import type { Config } from './config.ts';

type Folders = Pick<Config, 'configDir' | 'vaultDir'>;

/** Where a remote's configuration and password are, for this installation alone. */
export function remoteConfigDir({ configDir }: Pick<Folders, 'configDir'>, location: string): string {
  return join(configDir, 'rclone', safeId(location));
}

/** Where what is encrypted for a remote waits to be brought. */
export function spoolDir({ vaultDir }: Folders, location: string): string {
  return join(vaultDir, 'spool', safeId(location));
}

/** Where is noted what tells a drive from others. */
export function driveNoteFile({ configDir }: Pick<Folders, 'configDir'>, location: string): string {
  return join(configDir, 'drives', `${safeId(location)}.json`);
}

/** Where is noted what is secret in the last recovery kit, by which a changed password is noticed. */
export function kitNoteFile({ configDir }: Pick<Folders, 'configDir'>): string {
  return join(configDir, 'recovery-kit.json');
}

/** Gives a configuration that was saved for a new place to the place that it turned out to be. */
export async function carryRemoteConfig(folders: Folders, from: string, to: string): Promise<void> {
  const [source, target] = [remoteConfigDir(folders, from), remoteConfigDir(folders, to)];
  try {
    if (from === to || !(await isThere(source))) return;
    await rm(target, { recursive: true, force: true });
    await rename(source, target);
  } catch (error) {
    throw translateError(error, { operation: 'save', object: target });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** An id comes from a mark or a journal, and may have been written by anybody. */
function safeId(location: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(location)) return location;
  const facts = { kind: 'corrupt', operation: 'use', object: JSON.stringify(location.slice(0, 80)) } as const;
  throw new ReelholdError(facts, 'this is no id of a place');
}
