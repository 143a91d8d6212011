import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, readdir, rename, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { makeInstallation, startDaemon } from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { makeLoopDisk, noLoopDisksBecause, skippedBecause } from '#tests/support/loop-disk.ts';
import { findFaults } from '#tests/support/oracle.ts';
import { faultScope, recordFigures } from '#tests/support/reliability.ts';
import { until } from '#tests/support/until.ts';

const run = promisify(execFile);
const isSkipped = skippedBecause('Shared bytes on XFS', noLoopDisksBecause);
const videoBytes = 24 * 2 ** 20;

describe.skipIf(isSkipped).concurrent('on a file system whose files can share bytes', () => {
  it.each(faultScope === 'all' ? (['auto', 'reflink'] as const) : (['auto'] as const))(
    'vault, original and library hold one video in the room of one (library mode "%s")',
    { timeout: 300_000 },
    async (mode) => {
      await using disk = await makeLoopDisk('xfs', 512);
      await using installation = await makeInstallation({ REELHOLD_LIBRARY_MODE: mode }, disk.root);
      await using daemon = await startDaemon(installation);
      const bytes = randomBytes(videoBytes);
      const draft = join(disk.root, 'draft');
      await writeFile(draft, bytes);
      await run('sync', ['-f', draft]);
      const usedBefore = await usedBytes(disk.root);
      await rename(draft, join(installation.inbox, 'My film.mp4'));
      const filesBelow = async (folder: string) =>
        (await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []))
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .filter((path) => path.endsWith('.mp4'));
      const inLibrary = await until(
        'the file in the library',
        async () => (await filesBelow(installation.library))[0],
        60_000,
      );
      const inVault = (await filesBelow(join(installation.vault, 'blobs')))[0] ?? '';
      const hold = join(installation.inbox, '.reelhold-hold');
      const inHold = await until('the original', async () => (await filesBelow(hold))[0], 60_000);
      await run('sync', ['-f', inVault]);
      for (const file of [inVault, inHold, inLibrary]) {
        expect(await shareOfSharedBytes(file), file).toBe(1);
      }
      const more = (await usedBytes(disk.root)) - usedBefore;
      expect(more).toBeLessThan(videoBytes / 4);
      const source = { path: 'My film.mp4', digest: digestOf(bytes) };
      expect(await findFaults(installation, [source], await daemon.api.versions())).toEqual([]);
      // Whoever writes to the library's file changes that one alone.
      await writeFile(inLibrary, 'scribbled over', { flag: 'r+' }).catch(() => undefined);
      expect(await findFaults(installation, [source], await daemon.api.versions())).toEqual([]);
      expect(await daemon.stop()).toBe(0);
      recordFigures('Shared bytes on XFS', [
        {
          what: `library mode "${mode}": room taken by one video of 24 MiB, beyond the original`,
          figure: `${(more / 2 ** 20).toFixed(1)} MiB`,
        },
      ]);
    },
  );

  it('a plain copy shares nothing, which the same measure tells', async () => {
    await using disk = await makeLoopDisk('xfs', 512);
    const [one, other] = [join(disk.root, 'one'), join(disk.root, 'other')];
    await writeFile(one, randomBytes(2 ** 20));
    await run('cp', ['--reflink=never', one, other]);
    await run('sync', ['-f', other]);
    expect(await shareOfSharedBytes(one)).toBe(0);
    await copyFile(one, `${other} 2`, 0);
    await run('cp', ['--reflink=always', one, `${other} 3`]);
    await run('sync', ['-f', other]);
    expect(await shareOfSharedBytes(one)).toBe(1);
  });
});

/** From 0 to 1: which part of a file's blocks other files use as well, as the file system itself says. */
async function shareOfSharedBytes(file: string): Promise<number> {
  const { stdout } = await run('xfs_io', ['-r', '-c', 'fiemap -v', file]);
  const extents = stdout.split('\n').flatMap((line) => {
    const found = /^\s*\d+: \[\d+\.\.\d+\]:\s+\d+\.\.\d+\s+(\d+)\s+0x([0-9a-f]+)/.exec(line);
    return found === null ? [] : [{ blocks: Number(found[1]), flags: Number.parseInt(found[2] ?? '', 16) }];
  });
  const shared = 0x2000; // linux/fiemap.h, FIEMAP_EXTENT_SHARED
  const sum = (list: typeof extents) => list.reduce((total, { blocks }) => total + blocks, 0);
  return sum(extents.filter(({ flags }) => (flags & shared) !== 0)) / sum(extents);
}

async function usedBytes(root: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(root);
  return (blocks - bfree) * bsize;
}
