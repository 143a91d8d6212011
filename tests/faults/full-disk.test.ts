import { execFile } from 'node:child_process';
import { readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type DaemonProcess, type Installation, startDaemon } from '#tests/support/daemon.ts';
import {
  makeInstallationOn,
  type PlaceName,
  putVideo,
  untilHeld,
  untilNoTrouble,
  watchPage,
} from '#tests/support/failing-place.ts';
import { makeLargeFile } from '#tests/support/large-file.ts';
import { makeLoopDisk, noLoopDisksBecause, skippedBecause } from '#tests/support/loop-disk.ts';
import { findFaults, findTorn, type Source } from '#tests/support/oracle.ts';
import { faultScope, itInFull, recordFigures } from '#tests/support/reliability.ts';
import { until } from '#tests/support/until.ts';

const run = promisify(execFile);
const isSkipped = skippedBecause('Full disks', noLoopDisksBecause);
const section = 'Full disks';

const cases: readonly { readonly what: string; readonly places: readonly PlaceName[] }[] = [
  { what: 'the disk with the videos', places: ['vault'] },
  { what: 'the disk with the videos, the settings and the catalogue', places: ['vault', 'config'] },
];

describe.skipIf(isSkipped).concurrent('a disk that another program fills', () => {
  it.each(faultScope === 'all' ? cases : cases.slice(0, 1))(
    '($what) lets videos wait untouched, which the page says, and they are taken as soon as there is room',
    { timeout: 300_000 },
    async ({ what, places }) => {
      await using disk = await makeLoopDisk('ext4', 128);
      await using installation = await makeInstallationOn(disk.root, places);
      await using daemon = await startDaemon(installation);
      const sources: Source[] = [await putVideo(installation, 'first.mp4')];
      await untilHeld(daemon, sources);
      await using page = watchPage(installation);

      await fill(disk.root);
      expect(await freeBytes(disk.root)).toBeLessThan(100_000);
      for (const name of ['second.mp4', 'third.mp4']) sources.push(await putVideo(installation, name));
      await untilFullIsSaid(daemon);
      await expectUntouched(daemon, installation, sources);

      await rm(join(disk.root, 'filler'));
      await untilHeld(daemon, sources);
      await untilNoTrouble(daemon);
      expect(page.failures).toEqual([]);
      // There is no library here, and nobody tries to make one.
      expect(daemon.output()).not.toContain('nobody knows how');
      expect(await findFaults(installation, sources, await daemon.api.versions())).toEqual([]);
      expect(await findTorn(installation)).toEqual([]);
      expect(await daemon.stop()).toBe(0);
      recordFigures(section, [{ what, figure: 'paused, said so, went on by itself' }]);
    },
  );

  itInFull(
    'before the daemon starts keeps the page from nobody, and what waits is taken as soon as there is room',
    async () => {
      await using disk = await makeLoopDisk('ext4', 128);
      await using installation = await makeInstallationOn(disk.root, ['vault', 'config']);
      const sources: Source[] = [await putVideo(installation, 'first.mp4')];
      const before = await startDaemon(installation);
      await untilHeld(before, sources);
      expect(await before.stop()).toBe(0);

      await fill(disk.root);
      for (const name of ['second.mp4', 'third.mp4']) sources.push(await putVideo(installation, name));
      await using daemon = await startDaemon(installation);
      await untilFullIsSaid(daemon);
      await expectUntouched(daemon, installation, sources);
      await rm(join(disk.root, 'filler'));
      await untilHeld(daemon, sources);
      await untilNoTrouble(daemon);
      expect(await findFaults(installation, sources, await daemon.api.versions())).toEqual([]);
      expect(await daemon.stop()).toBe(0);
      recordFigures(section, [{ what: 'full before the start', figure: 'said so, went on by itself' }]);
    },
  );

  itInFull(
    'in the middle of a copy leaves nothing of it behind, and it is copied again when there is room',
    async () => {
      await using disk = await makeLoopDisk('ext4', 1024);
      await using installation = await makeInstallationOn(disk.root, ['vault']);
      await using daemon = await startDaemon(installation);
      const sources = [await putVideo(installation, 'first.mp4')];
      await untilHeld(daemon, sources);
      const large = join(installation.inbox, 'large.mp4');
      await makeLargeFile(large, 600 * 2 ** 20);
      const staging = join(installation.vault, 'staging');
      await until('the copy', async () => (await readdir(staging)).length > 0, 60_000);
      await fill(disk.root);
      await until('the failure', () => daemon.output().includes('could not be taken'), 60_000);
      expect(daemon.output()).toContain('no space left on the disk');
      expect(await readdir(installation.inbox)).toContain('large.mp4');
      expect(await readdir(staging)).toEqual([]);
      await rm(join(disk.root, 'filler'));
      await until('the large one', async () => (await daemon.api.versions()).length === 2, 120_000);
      expect(await findTorn(installation)).toEqual([]);
      expect(await daemon.stop()).toBe(0);
      recordFigures(section, [{ what: 'in the middle of a copy', figure: 'nothing half; copied again' }]);
    },
  );
});

/** Takes all there is, to the last block, and at once: without writing it. */
async function fill(root: string): Promise<void> {
  for (let sizeBytes = 2 ** 30, offset = 0; sizeBytes >= 4096; ) {
    try {
      const range = ['--offset', String(offset), '--length', String(sizeBytes)];
      await run('fallocate', [...range, join(root, 'filler')]);
      offset += sizeBytes;
    } catch {
      sizeBytes /= 2;
    }
  }
}

async function freeBytes(root: string): Promise<number> {
  const { bavail, bsize } = await statfs(root);
  return bavail * bsize;
}

/** However it is found out, the owner reads that the disk is full, in whichever place that is shown. */
async function untilFullIsSaid(daemon: DaemonProcess): Promise<void> {
  const words =
    /This NAS is full|The disk with your videos is full|The disk with Reelhold’s settings is full/;
  await until('the words', async () => words.test(await daemon.api.page()), 120_000);
  expect(await daemon.api.summary()).toMatchObject({ verdict: 'needsYou' });
}

async function expectUntouched(
  daemon: DaemonProcess,
  installation: Installation,
  sources: readonly Source[],
): Promise<void> {
  const listed = await daemon.api.versions();
  expect(listed.map(({ digest }) => digest)).toEqual([sources[0]?.digest]);
  expect((await readdir(installation.inbox)).filter((name) => name.endsWith('.mp4')).sort()).toEqual([
    'second.mp4',
    'third.mp4',
  ]);
  expect(await findFaults(installation, sources, listed)).toEqual([]);
  expect(await findTorn(installation)).toEqual([]);
}
