import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WatchFolder } from '#daemon/inbox/watch.ts';
import { mountFarDrive, noFarDriveBecause } from '#tests/support/far-drive.ts';
import { condition, isHeld, openBench, put, someBytes, versions } from '#tests/support/inbox-bench.ts';
import { createTestClock } from '#tests/support/test-clock.ts';
import { always, until, untilStill } from '#tests/support/until.ts';

if (noFarDriveBecause !== null) console.warn(`SKIPPED: a drive through FUSE ${noFarDriveBecause}`);

const quietMs = 100;
const farQuietMs = 600;
const scanEveryMs = 300;
const far = { quietMs, farQuietMs, scanEveryMs };
const mountedAs = (type: string) => async () => [
  { mountPoint: '/', type: 'ext4' },
  { mountPoint: tmpdir(), type },
];
/** Hears nothing, and says so. */
const watchNothing =
  (codes: readonly string[] = []): WatchFolder =>
  (_root, hints) => {
    for (const code of codes) hints.onTrouble(Object.assign(new Error(`no more: ${code}`), { code }));
    hints.onUnclear();
    return { [Symbol.asyncDispose]: async () => {} };
  };

describe.concurrent('an inbox on a network drive', () => {
  it('is not watched, but looked through again and again, and says so', async () => {
    const watched: string[] = [];
    const watch: WatchFolder = (root, hints) => {
      watched.push(root);
      return watchNothing()(root, hints);
    };
    await using bench = await openBench({ ...far, watch, readMounts: mountedAs('cifs') });
    await until('the first look', () => condition(bench)?.state === 'watched-partly');
    const bytes = await put(bench, 'phone/clip.mp4');
    await until('it is taken', () => isHeld(bench, bytes));
    expect(watched).toEqual([]);
    expect(condition(bench)?.watching).toEqual({ gap: 'network', type: 'cifs' });
  });

  it('waits longer until a file counts as whole', async () => {
    await using bench = await openBench({ ...far, farQuietMs: 2_000, readMounts: mountedAs('nfs4') });
    const putAtMs = performance.now();
    const bytes = await put(bench, 'clip.mp4');
    await until('it is taken', () => isHeld(bench, bytes));
    expect(performance.now() - putAtMs).toBeGreaterThanOrEqual(2_000);
  });
});

describe.concurrent('a network drive that comes below an inbox', () => {
  it('is noticed at the next look, and looked through again and again from then on', async () => {
    const mounts = [{ mountPoint: '/', type: 'ext4' }];
    const readMounts = async () => mounts;
    await using bench = await openBench({ ...far, readMounts, watch: watchNothing() });
    await until('the first look', () => condition(bench)?.watching.gap === null);
    mounts.push({ mountPoint: join(bench.root, 'phone'), type: 'cifs' });
    await bench.inbox.lookAround(new AbortController().signal);
    await until('it is noticed', () => condition(bench)?.watching.gap === 'fuse');
    const bytes = await put(bench, 'phone/clip.mp4');
    await until('it is taken', () => isHeld(bench, bytes));
  });
});

describe.concurrent('an inbox that cannot be watched as a whole', () => {
  it.each([
    [['ENOSPC', 'ENOSPC', 'ENOSPC'], 'watch-limit'],
    [['EMFILE'], 'watcher-limit'],
    [['EACCES'], 'trouble'],
  ] as const)('for %j, once a folder, is looked through again and again: %s', async (codes, gap) => {
    await using bench = await openBench({ quietMs, scanEveryMs, watch: watchNothing(codes) });
    await until('it is said', () => condition(bench)?.watching.gap === gap);
    const bytes = await put(bench, 'a/clip.mp4');
    await until('it is taken', () => isHeld(bench, bytes));
    const warnings = bench.log.lines.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(1);
  });

  it('is looked through no more often than that while it is watched well', async () => {
    const clock = createTestClock(Number.POSITIVE_INFINITY);
    await using bench = await openBench({ quietMs, scanEveryMs, watch: watchNothing(), clock });
    await until('the first look', () => condition(bench)?.state === 'watched');
    await untilStill('the inbox', clock.sleeps, 2 * scanEveryMs);
    await put(bench, 'clip.mp4');
    await always('nobody looks', () => bench.queries.arrivals(1).total === 0, 4 * scanEveryMs);
  });
});

describe.skipIf(noFarDriveBecause !== null)('an inbox on a drive through FUSE', { timeout: 120_000 }, () => {
  it('takes what comes and changes on its far side, of which no event tells, and empties it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reelhold-far-'));
    try {
      const farSide = join(folder, 'far');
      await mkdir(join(farSide, 'DCIM'), { recursive: true });
      await using drive = await mountFarDrive(farSide, join(folder, 'mounted'));
      await using bench = await openBench({ ...far, root: drive.root });
      await until('the first look', () => condition(bench)?.watching.gap === 'fuse');
      expect(condition(bench)?.watching).toEqual({ gap: 'fuse', type: 'fuse.rclone' });
      const early = someBytes();
      await writeFile(join(farSide, 'DCIM/Rome by night.mp4'), early);
      await until('it is taken', () => isHeld(bench, early));
      await until('it is cleared', async () => (await readdir(join(farSide, 'DCIM'))).length === 0);
      const better = someBytes();
      await writeFile(join(farSide, 'DCIM/Rome by night.mp4'), better);
      await until('the better one', () => isHeld(bench, better));
      expect(new Set(versions(bench).map(({ video }) => video)).size).toBe(1);
      const here = someBytes();
      await writeFile(join(drive.root, 'local.mp4'), here);
      await until('what is written on this side', () => isHeld(bench, here));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
