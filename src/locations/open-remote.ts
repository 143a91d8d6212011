import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readMarks } from '#core/archive-format.ts';
import { ReelholdError } from '#core/errors.ts';
import type { CipherLedger } from '#core/ports/cipher-ledger.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Location, PlaceIdentity } from '#core/ports/location.ts';
import { backendOf, parseRemotePath } from '#core/rclone-sections.ts';
import { createEncryptedStyle } from './encrypted-style.ts';
import { createRclone, type RcloneSettings } from './rclone.ts';
import { loadRcloneConfig, secretsOf } from './rclone-config.ts';
import { createRemoteFolder } from './remote-folder.ts';
import { createPlainStyle, createRemoteLocation } from './remote-location.ts';
import { createRemotePresence } from './remote-presence.ts';

export interface RemoteSettings
  extends Pick<RcloneSettings, 'binary' | 'searchPath' | 'configDir' | 'bandwidth' | 'timeZone'> {
  /** `name:path`; its configuration is in `configDir`. */
  readonly root: string;
  /** Null for one that holds the layout as it is. */
  readonly encrypted: {
    readonly ledger: CipherLedger;
    /** For this location alone, below the vault. */
    readonly spoolDir: string;
  } | null;
  readonly clock: Clock;
}

/** Opens a remote whose configuration was saved before; nothing is asked of it yet. */
export async function openRemote(settings: RemoteSettings, identity: PlaceIdentity): Promise<Location> {
  const { style, secrets } = await findStyle(settings);
  return createRemoteLocation(style, { identity, clock: settings.clock, secrets });
}

/** Opens a remote to read from, whichever place it is and whoever wrote there last: its own marks say. */
export async function openRemoteToRead(settings: RemoteSettings): Promise<Location> {
  const { style, secrets } = await findStyle(settings);
  const { folder, checkKey } = style;
  const { clock } = settings;
  const nobody = { archive: '', location: '', generation: 0, writer: '' };
  const presence = createRemotePresence({ folder, checkKey, identity: nobody, clock, secrets });
  const call = {
    signal: new AbortController().signal,
    operation: 'read the archive at',
    object: settings.root,
  };
  const failure = (await checkKey?.(call)) ?? null;
  if (failure !== null) throw folder.rclone.error(failure, call);
  const found = await presence.marks(call);
  if ('text' in found) throw folder.rclone.error(found, call);
  const { archive, location } = readMarks(found);
  if (archive === null || location === null) {
    const { operation, object } = call;
    const hint =
      settings.encrypted === null
        ? 'If it is encrypted, name a file with its password: --password-file FILE. The recovery kit has it.'
        : 'Look whether the path is right.';
    throw new ReelholdError(
      { kind: 'unreachable', operation, object, hint },
      'no copy of an archive stands there',
    );
  }
  const identity = { ...location, archive: archive.archive };
  return createRemoteLocation(style, { identity, clock, secrets, isOnlyRead: true });
}

/** Removes what a killed process left in the remote's folder; nobody may be at work there. */
export async function clearScratch(configDir: string): Promise<void> {
  await rm(join(configDir, 'scratch'), { recursive: true, force: true });
}

async function findStyle(settings: RemoteSettings) {
  const { configDir, root, encrypted } = settings;
  const sections = await loadRcloneConfig(configDir);
  const secrets = secretsOf(sections);
  const base = createRemoteFolder(createRclone({ ...settings, secrets }), root);
  const backend = backendOf(parseRemotePath(root).name, sections);
  const style =
    encrypted === null
      ? createPlainStyle(base, backend)
      : createEncryptedStyle({ base, backend, ...encrypted });
  return { style, secrets };
}
