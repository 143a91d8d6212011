import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import {
  askDaemon,
  type DaemonProcess,
  type Installation,
  runCli,
  startDaemon,
} from '#tests/support/daemon.ts';
import { makeErrorDisk, noErrorDisksBecause } from '#tests/support/error-disk.ts';
import {
  countSaid,
  countSaidInARow,
  makeInstallationOn,
  putVideo,
  untilHeld,
  untilNoTrouble,
  untilTrouble,
  watchPage,
} from '#tests/support/failing-place.ts';
import { skippedBecause } from '#tests/support/loop-disk.ts';
import { findFaults, findTorn } from '#tests/support/oracle.ts';
import { faultScope, itInFull, recordFigures } from '#tests/support/reliability.ts';
import { until } from '#tests/support/until.ts';

const isSkipped = skippedBecause('Dying disks', noErrorDisksBecause);
const section = 'Dying disks';
const isAll = faultScope === 'all';

describe.skipIf(isSkipped).concurrent('a dying disk', { timeout: 300_000 }, () => {
  it('that fails to write acknowledges nothing, is named on the page, and is worked on again when it is mended', async () => {
    await using disk = await makeErrorDisk(256);
    await using installation = await makeInstallationOn(disk.root, ['vault']);
    await using daemon = await startDaemon(installation);
    const first = await putVideo(installation, 'first.mp4');
    await untilHeld(daemon, [first]);
    await using page = watchPage(installation);

    await disk.failWrites(true);
    const second = await putVideo(installation, 'second.mp4');
    // Errors may make the system turn it read-only, which is then what is wrong.
    const said = await untilTrouble(daemon, /^The disk with your videos (reports errors|can only be read)/);
    expect(await daemon.api.page()).toContain(said.slice(0, said.indexOf('.')));
    if (isAll) await sleep(25_000);
    expect(countSaid(daemon, said)).toBe(1);
    expect((await daemon.api.versions()).map(({ digest }) => digest)).toEqual([first.digest]);
    expect(await readdir(installation.inbox)).toContain('second.mp4');

    await disk.failWrites(false);
    await disk.unmount();
    await disk.mount();
    await untilHeld(daemon, [first, second]);
    await untilNoTrouble(daemon);
    expect(page.failures).toEqual([]);
    expect(await findFaults(installation, [first, second], await daemon.api.versions())).toEqual([]);
    expect(await findTorn(installation)).toEqual([]);
    expect(await daemon.stop()).toBe(0);
    recordFigures(section, [{ what: 'errors on write, for a while', figure: 'said, survived, went on' }]);
  });

  itInFull(
    'that holds the catalogue lets videos wait, is named on the page, and is worked on again when it is mended',
    async () => {
      await using disk = await makeErrorDisk(256);
      await using installation = await makeInstallationOn(disk.root, ['config']);
      await using daemon = await startDaemon(installation);
      const first = await putVideo(installation, 'first.mp4');
      await untilHeld(daemon, [first]);

      await disk.failWrites(true);
      const second = await putVideo(installation, 'second.mp4');
      const words = /^The disk with Reelhold’s settings (reports errors|can only be read)/;
      const said = await untilTrouble(daemon, words);
      await disk.failReads(true);
      await sleep(25_000);
      expect(countSaidInARow(daemon, said)).toBe(1);
      // With the catalogue or without it: the page says what is wrong, and programs are told.
      const page = await askDaemon(installation.port, '/');
      expect([200, 503]).toContain(page.status);
      expect(await page.text()).toContain('The disk with Reelhold’s settings');
      expect(await daemon.api.summary()).toMatchObject({ verdict: 'needsYou', trouble: expect.any(String) });
      expect(await readdir(installation.inbox)).toContain('second.mp4');

      await disk.failReads(false);
      await disk.failWrites(false);
      await disk.unmount();
      await disk.mount();
      await untilHeld(daemon, [first, second]);
      await untilNoTrouble(daemon);
      expect(await findFaults(installation, [first, second], await daemon.api.versions())).toEqual([]);
      expect(await findTorn(installation)).toEqual([]);
      expect(await daemon.stop()).toBe(0);
      recordFigures(section, [{ what: 'errors under the catalogue', figure: 'said, survived, went on' }]);
    },
  );

  itInFull(
    'that fails to read is never called damaged: what it holds is read back when it can be read again',
    async () => {
      await using disk = await makeErrorDisk(256);
      await using installation = await makeInstallationOn(disk.root, ['vault']);
      await using daemon = await startDaemon(installation);
      const sources = [await putVideo(installation, 'one.mp4'), await putVideo(installation, 'two.mp4')];
      await untilHeld(daemon, sources);
      await using page = watchPage(installation);

      await disk.failReads(true);
      await askForProofs(installation);
      await until(
        'a copy that cannot be read',
        async () => (await statesOf(installation)).includes('unreachable'),
        60_000,
      );
      expect(await daemon.api.summary()).toMatchObject({ videosDamaged: 0 });
      expect(await daemon.api.page()).not.toMatch(/damaged|cannot be read any more/i);
      expect((await runCli(installation, 'status')).output).toMatch(/read/);

      await disk.failReads(false);
      await until('proofs', async () => (await statesOf(installation)).join() === 'present,present', 120_000);
      await until('proofs', async () => (await countProven(installation)) === 2, 120_000);
      expect(await readdir(join(installation.vault, 'quarantine'))).toEqual([]);
      expect(page.failures).toEqual([]);
      expect(await findFaults(installation, sources, await daemon.api.versions())).toEqual([]);
      expect(await daemon.stop()).toBe(0);
      recordFigures(section, [
        { what: 'errors on read, for a while', figure: 'never called damaged; read back' },
      ]);
    },
  );

  itInFull(
    'that never comes back keeps nobody from the page, and the daemon stops when it is told to',
    async () => {
      await using disk = await makeErrorDisk(256);
      await using installation = await makeInstallationOn(disk.root, ['vault']);
      await using daemon = await startDaemon(installation);
      const first = await putVideo(installation, 'first.mp4');
      await untilHeld(daemon, [first]);
      await using page = watchPage(installation);
      await disk.failReads(true);
      await disk.failWrites(true);
      const second = await putVideo(installation, 'second.mp4');
      await untilTrouble(daemon, /^The disk with your videos/);
      await sleep(35_000);
      expect(page.failures).toEqual([]);
      expect((await daemon.api.versions()).map(({ digest }) => digest)).toEqual([first.digest]);
      expect(await readdir(installation.inbox)).toContain('second.mp4');
      await expectStopsSoon(daemon);
      await disk.failReads(false);
      await disk.failWrites(false);
      await disk.unmount();
      await disk.mount();
      expect(await findFaults(installation, [first, second], null)).toEqual([]);
      recordFigures(section, [
        { what: 'errors on everything, for ever', figure: 'said; page stays up; stops when told' },
      ]);
    },
  );
});

async function expectStopsSoon(daemon: DaemonProcess): Promise<void> {
  const askedAtMs = performance.now();
  expect(await daemon.stop()).toBe(0);
  expect(performance.now() - askedAtMs).toBeLessThan(10_000);
}

const catalogueOf = ({ config }: Installation) => join(config, 'catalogue.sqlite');

/** Has everything read back now, as in a night's check. */
async function askForProofs(installation: Installation): Promise<void> {
  using database = openForWriting(catalogueOf(installation));
  database.sqlite.prepare('UPDATE copies SET proven_at_ms = NULL').run();
  createTransactor(database).operations.insert(
    { kind: 'scrub', lane: 'vault', subject: '', notBeforeMs: 0 },
    Date.now(),
  );
}

async function statesOf(installation: Installation): Promise<readonly unknown[]> {
  using database = openForWriting(catalogueOf(installation));
  return database.sqlite.prepare('SELECT state FROM copies').pluck().all();
}

async function countProven(installation: Installation): Promise<number> {
  using database = openForWriting(catalogueOf(installation));
  return Number(database.sqlite.prepare('SELECT count(proven_at_ms) FROM copies').pluck().get());
}
