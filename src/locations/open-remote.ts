import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CipherLedger } from '#core/ports/cipher-ledger.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Location, PlaceIdentity } from '#core/ports/location.ts';
import { backendOf, parseRemotePath } from '#core/rclone-sections.ts';
import { createEncryptedStyle } from './encrypted-style.ts';
import { createRclone, type RcloneSettings } from './rclone.ts';
import { loadRcloneConfig, secretsOf } from './rclone-config.ts';
import { createRemoteFolder } from './remote-folder.ts';
import { createPlainStyle, createRemoteLocation } from './remote-location.ts';

export interface RemoteSettings
  extends Pick<RcloneSettings, 'binary' | 'searchPath' | 'configDir' | 'bandwidth'> {
  readonly identity: PlaceIdentity;
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
export async function openRemote(settings: RemoteSettings): Promise<Location> {
  const { configDir, root, encrypted, identity, clock } = settings;
  const sections = await loadRcloneConfig(configDir);
  const secrets = secretsOf(sections);
  // What a killed process left.
  await rm(join(configDir, 'scratch'), { recursive: true, force: true });
  const base = createRemoteFolder(createRclone({ ...settings, secrets }), root);
  const backend = backendOf(parseRemotePath(root).name, sections);
  const style =
    encrypted === null
      ? createPlainStyle(base, backend)
      : createEncryptedStyle({ base, backend, ...encrypted });
  return createRemoteLocation(style, { identity, clock, secrets });
}
