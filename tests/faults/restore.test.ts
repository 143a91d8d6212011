import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { makeLoopDisk, noLoopDisksBecause, skippedBecause } from '#tests/support/loop-disk.ts';
import { filesBelow, makePlainArchive } from '#tests/support/plain-archive.ts';
import { faultScope, recordFigures } from '#tests/support/reliability.ts';
import {
  type BareShell,
  installedShells,
  isUnfinished,
  makeBareShell,
  runRestore,
  startRestore,
} from '#tests/support/restore-run.ts';
import { createRandom, testSeed } from '#tests/support/seed.ts';
import { fillUp } from '#tests/support/small-disk.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const run = promisify(execFile);
const temp = useTempFolder();
const isSkipped = skippedBecause('Restoring onto disks that fail', noLoopDisksBecause);
const section = 'Restoring with a shell alone';
const [videos, indexFiles, cuts] = faultScope === 'all' ? [10_000, 20_000, 6] : [200, 2000, 1];

/** An archive of that many videos of one size; each has as many lines in the index, in a file each. */
function writeArchive(count: number, linesEach: number, sizeBytes: number): Record<string, string> {
  const archive = makePlainArchive(join(temp.path, 'archive'));
  const tree: Record<string, string> = {};
  for (let n = 1; n <= count; n += 1) {
    const bytes = `${n} `.padEnd(sizeBytes, '.');
    const path = `${2000 + (n % 30)}/Größe ${n}/Größe ${n}.mp4`;
    const blob = archive.addBlob(bytes);
    for (let line = linesEach; line >= 1; line -= 1) {
      const readablePath = line === linesEach ? path : `1999/Before ${n}/Before ${n}.mp4`;
      archive.addIndex([{ ...blob, readablePath, seq: n * linesEach + line }]);
    }
    tree[path] = bytes;
  }
  return tree;
}

/** What of the tree stands in the folder under its final name. */
function broughtTo(target: string): Readonly<Record<string, string>> {
  if (!existsSync(target)) return {};
  return Object.fromEntries(Object.entries(filesBelow(target)).filter(([path]) => !isUnfinished(path)));
}

function expectWhole(found: Readonly<Record<string, string>>, tree: Readonly<Record<string, string>>): void {
  for (const [path, bytes] of Object.entries(found)) expect(bytes === tree[path], path).toBe(true);
}

/** Runs restore.sh, and gives the seconds of the processor that it and all its commands took. */
async function measure(shell: BareShell, target: string): Promise<{ wall: number; processor: number }> {
  const startedMs = performance.now();
  const { stdout } = await run(
    shell.command,
    ['-c', 'sh "$@" && times', 'sh', join(temp.path, 'archive/restore.sh'), target],
    { env: { PATH: shell.tools }, maxBuffer: 2 ** 24 },
  );
  const wall = (performance.now() - startedMs) / 1000;
  const times = stdout.trimEnd().split('\n').slice(-2).join(' ');
  const processor = [...times.matchAll(/(\d+)m([\d.]+)s/g)]
    .map(([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds))
    .reduce((sum, seconds) => sum + seconds, 0);
  return { wall, processor };
}

describe('restore.sh', () => {
  // One archive for all shells: to write and remove it takes longer than to restore it.
  it(`brings ${videos} videos back in less than a minute`, async () => {
    const tree = writeArchive(videos, 1, 100);
    // The two that NAS have; bash, where it is there, is slower.
    for (const name of installedShells.filter((name) => name !== 'bash')) {
      const target = join(temp.path, `brought back in ${name}`);
      const { wall, processor } = await measure(makeBareShell(name, temp.path), target);
      const brought = filesBelow(target);
      expect(Object.keys(brought)).toHaveLength(videos);
      expectWhole(brought, tree);
      // Not by the clock on the wall: what else runs on this machine is no fault of the script's.
      expect(processor).toBeGreaterThan(0);
      expect(processor).toBeLessThan(60);
      const what = `${videos} videos brought back in ${name}, seconds (of which the processor's)`;
      recordFigures(section, [{ what, figure: `${wall.toFixed(0)} (${processor.toFixed(0)})` }]);
    }
  });

  it(`reads an index of ${indexFiles} files`, async () => {
    const tree = writeArchive(100, indexFiles / 100, 100);
    for (const name of installedShells) {
      const target = join(temp.path, `brought back in ${name}`);
      const { wall } = await measure(makeBareShell(name, temp.path), target);
      expect(filesBelow(target)).toEqual(tree);
      const figure = `${indexFiles} in ${wall.toFixed(0)} s`;
      recordFigures(section, [{ what: `files of the index read in ${name}`, figure }]);
    }
  });

  it.skipIf(isSkipped)('says when the disk is full, and goes on when there is room', async () => {
    const tree = writeArchive(60, 1, 2 ** 20);
    await using disk = await makeLoopDisk('ext4', 96);
    const ballast = join(disk.root, 'ballast');
    fillUp(ballast);
    truncateSync(ballast, statSync(ballast).size - 30 * 2 ** 20);
    const shell = makeBareShell('dash', temp.path);
    const target = join(disk.root, 'videos');
    const options = { args: [target], cwd: temp.path, script: 'archive/restore.sh' };
    const { code, complained } = await runRestore(shell, options);
    expect([code, complained]).toEqual([1, expect.stringContaining('is full')]);
    const some = filesBelow(target);
    expect(Object.keys(some).length).toBeGreaterThan(20);
    expectWhole(some, tree);
    rmSync(ballast);
    expect(await runRestore(shell, options)).toMatchObject({ code: 0, complained: '' });
    expect(filesBelow(target)).toEqual(tree);
  });

  it.skipIf(isSkipped).each(['ext4', 'xfs'] as const)(
    'on %s has only whole files under their names, whenever the power fails, and goes on afterwards',
    async (fileSystem) => {
      const random = createRandom(testSeed());
      const tree = writeArchive(120, 1, 2 ** 18);
      await using disk = await makeLoopDisk(fileSystem, 320);
      const shell = makeBareShell('dash', temp.path);
      const target = join(disk.root, 'videos');
      const options = { args: [target], cwd: temp.path, script: 'archive/restore.sh' };
      for (let cut = 0; cut < cuts; cut += 1) {
        const child = startRestore(shell, options);
        const ended = once(child, 'close');
        child.stdout?.resume();
        child.stderr?.resume();
        await Promise.race([ended, sleep(100 + random() * 700)]);
        await disk.cutPower();
        await ended;
        await disk.unmount();
        await disk.mount();
        expectWhole(broughtTo(target), tree);
        // From the beginning, where the last run had come to its end.
        if (Object.keys(broughtTo(target)).length === 120) rmSync(target, { recursive: true });
      }
      expect(await runRestore(shell, options)).toMatchObject({ code: 0, complained: '' });
      expect(filesBelow(target)).toEqual(tree);
      recordFigures(section, [{ what: `power cuts survived on ${fileSystem}`, figure: cuts }]);
    },
  );
});
