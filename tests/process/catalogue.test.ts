import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import {
  type DaemonProcess,
  type Installation,
  makeInstallation,
  startDaemon,
} from '#tests/support/daemon.ts';
import { flipBytes, pageBytes, pageOf } from '#tests/support/damage.ts';
import { digestOf } from '#tests/support/digests.ts';
import { someBytes } from '#tests/support/inbox-bench.ts';
import { until } from '#tests/support/until.ts';

const fileOf = ({ config }: Installation) => join(config, 'catalogue.sqlite');
const setAside = async ({ config }: Installation) =>
  (await readdir(config)).filter((name) => /^catalogue-damaged-.*\.sqlite$/.test(name));

async function take(daemon: DaemonProcess, { inbox }: Installation, name: string): Promise<string> {
  const bytes = someBytes();
  await writeFile(join(inbox, name), bytes);
  await until(`${name} on the page`, async () => (await digestsOf(daemon)).includes(digestOf(bytes)), 60_000);
  return digestOf(bytes);
}

const digestsOf = async (daemon: DaemonProcess) =>
  (await daemon.api.versions()).map(({ digest }) => String(digest)).sort();

/** Turns over bytes where the versions stand. */
function damage(installation: Installation): void {
  using database = openForWriting(fileOf(installation));
  database.sqlite.pragma('wal_checkpoint(TRUNCATE)');
  flipBytes(fileOf(installation), (pageOf(fileOf(installation), 'versions') - 1) * pageBytes, 16);
}

/** Asks the running daemon for its nightly backup. */
function requestBackup(installation: Installation, inMs = 0): void {
  using database = openForWriting(fileOf(installation));
  const nowMs = Date.now();
  createTransactor(database).operations.insert(
    { kind: 'back-up', lane: 'library', subject: '', notBeforeMs: nowMs + inMs },
    nowMs,
  );
}

describe('the daemon', { timeout: 300_000 }, () => {
  it('makes a damaged catalogue again from the vault at its start, and says so', async () => {
    await using installation = await makeInstallation();
    const digests: string[] = [];
    {
      await using first = await startDaemon(installation);
      for (const name of ['One.mp4', 'Two.mp4']) digests.push(await take(first, installation, name));
      expect(await first.stop()).toBe(0);
    }
    damage(installation);
    await using second = await startDaemon(installation);
    await until('the videos', async () => (await digestsOf(second)).length === 2, 60_000);
    expect(await digestsOf(second)).toEqual(digests.sort());
    const [kept = ''] = await setAside(installation);
    expect(kept).not.toBe('');
    expect(second.output()).toContain('The catalogue is damaged. It was set aside');
    expect(await second.api.page()).toContain(kept);
    await take(second, installation, 'Three.mp4');
  });

  it('keeps a backup of the catalogue, and goes on from it where it is put in the place of a lost one', async () => {
    await using installation = await makeInstallation();
    const backups = join(installation.config, 'backups');
    {
      await using first = await startDaemon(installation);
      await take(first, installation, 'One.mp4');
      requestBackup(installation);
      await until(
        'the backup',
        async () => (await readdir(backups).catch(() => [''])).some((name) => name.endsWith('.sqlite')),
        60_000,
      );
      await take(first, installation, 'Two.mp4');
      await first.kill9();
    }
    const [name = ''] = await readdir(backups);
    expect(name).toMatch(/^catalogue-\d{4}-\d{2}-\d{2}\.sqlite$/);
    // As people do it: the log of the one that was there stays.
    await copyFile(join(backups, name), fileOf(installation));
    await using second = await startDaemon(installation);
    await until('both videos', async () => (await digestsOf(second)).length === 2, 60_000);
  });

  it('finds a damage by itself while it runs, sets the catalogue aside and goes on', async () => {
    await using installation = await makeInstallation();
    await using daemon = await startDaemon(installation);
    const digest = await take(daemon, installation, 'One.mp4');
    requestBackup(installation, 3_000);
    damage(installation);
    await until('the damaged one set aside', async () => (await setAside(installation)).length === 1, 60_000);
    await until(
      'the video',
      async () => (await digestsOf(daemon).catch(() => [''])).includes(digest),
      60_000,
    );
    await take(daemon, installation, 'Two.mp4');
    expect(await readdir(installation.config)).not.toContain('backups');
    expect(await daemon.stop()).toBe(0);
  });
});
