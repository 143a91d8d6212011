import { systemClock } from '#clock.ts';
import type { CipherLedger } from '#core/ports/cipher-ledger.ts';
import type { Location, PlaceIdentity } from '#core/ports/location.ts';
import { backendOf, type RcloneSections } from '#core/rclone-sections.ts';
import { createEncryptedStyle, cryptSection } from '#locations/encrypted-style.ts';
import { createRclone, type Rclone } from '#locations/rclone.ts';
import { saveRcloneConfig, secretsOf } from '#locations/rclone-config.ts';
import { createRemoteFolder, type RemoteFolder } from '#locations/remote-folder.ts';
import { createPlainStyle, createRemoteLocation } from '#locations/remote-location.ts';
import { obscure } from './remote-servers.ts';

interface TestRemote {
  readonly configDir: string;
  readonly sections: RcloneSections;
  /** `name:path`. */
  readonly root: string;
  readonly binary?: string;
  readonly bandwidth?: string;
}

/** rclone as a location has it, with this configuration. */
async function testRclone({
  configDir,
  sections,
  binary = 'rclone',
  bandwidth,
}: TestRemote): Promise<Rclone> {
  await saveRcloneConfig(configDir, sections);
  return createRclone({
    ...{ binary, configDir, secrets: secretsOf(sections), bandwidth: bandwidth ?? null, clock: systemClock },
    ...{ searchPath: process.env.PATH ?? '', timeZone: 'UTC' },
  });
}

/** An unencrypted remote, as whoever has an identity sees it. */
export async function openTestRemote(
  remote: TestRemote,
  wrap: (folder: RemoteFolder) => RemoteFolder = (folder) => folder,
): Promise<(identity: PlaceIdentity) => Location> {
  const rclone = await testRclone(remote);
  const { sections, root } = remote;
  const backend = backendOf(root.slice(0, root.indexOf(':')), sections);
  const style = createPlainStyle(wrap(createRemoteFolder(rclone, root)), backend);
  return (identity) =>
    createRemoteLocation(style, { identity, clock: systemClock, secrets: secretsOf(sections) });
}

interface EncryptedTestRemote extends TestRemote {
  readonly spoolDir: string;
  readonly ledger: CipherLedger;
  readonly password: string;
}

/** An encrypted remote, as whoever has an identity sees it. */
export async function openEncryptedTestRemote(
  remote: EncryptedTestRemote,
): Promise<(identity: PlaceIdentity) => Location> {
  const { sections: plain, root, ledger, spoolDir } = remote;
  const crypt = { type: 'crypt', remote: root, password: obscure(remote.password) };
  const sections = { ...plain, [cryptSection]: crypt };
  const rclone = await testRclone({ ...remote, sections });
  const base = createRemoteFolder(rclone, root);
  const backend = backendOf(root.slice(0, root.indexOf(':')), plain);
  const style = createEncryptedStyle({ base, backend, ledger, spoolDir });
  return (identity) =>
    createRemoteLocation(style, { identity, clock: systemClock, secrets: secretsOf(sections) });
}
