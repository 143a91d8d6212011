import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import {
  condition,
  filesIn,
  inside,
  isHeld,
  openBench,
  patiently,
  put,
  someBytes,
  versions,
} from '#tests/support/inbox-bench.ts';
import { createTestClock } from '#tests/support/test-clock.ts';
import { until, untilStill } from '#tests/support/until.ts';

const quietMs = 250;
const never = new AbortController().signal;

/** Binds a folder to itself, read-only; null where this machine does not let us. */
function remountReadOnly(folder: string): Disposable | null {
  try {
    execFileSync('mount', ['--bind', folder, folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const mounted = { [Symbol.dispose]: () => void execFileSync('umount', ['-l', folder]) };
  try {
    execFileSync('mount', ['-o', 'remount,bind,ro', folder], { stdio: 'ignore' });
    return mounted;
  } catch {
    mounted[Symbol.dispose]();
    return null;
  }
}

describe.concurrent('an inbox whose files are left alone', () => {
  it('keeps every file as it is, and takes each once, also after a restart', async () => {
    const bench = await openBench({ quietMs, mode: 'keep' });
    const bytes = await put(bench, 'a/one.mp4');
    await put(bench, 'two.mp4');
    await until('both', () => versions(bench).length === 2);
    await using again = await bench.restart();
    await again.inbox.lookAround(never);
    await sleep(3 * quietMs);
    await again.inbox.lookAround(never);
    expect(await filesIn(again.root)).toEqual(['a/one.mp4', 'two.mp4']);
    expect(await readFile(inside(again, 'a/one.mp4'))).toEqual(bytes);
    expect(versions(again)).toMatchObject([{ seenAgain: 0 }, { seenAgain: 0 }]);
    expect(again.queries.arrivals(10).items).toEqual([]);
    expect(condition(again)).toMatchObject({ mode: 'keep', forcedBy: null });
  });

  it('takes a file again when it has changed, as its next version', async () => {
    await using bench = await openBench({ quietMs, mode: 'keep' });
    await put(bench, 'Trailer.mp4');
    await until('the first version', () => versions(bench).length === 1);
    await put(bench, 'Trailer.mp4');
    await until('the second version', () => versions(bench).length === 2);
    expect(versions(bench)).toMatchObject([{ number: 1 }, { number: 2, video: versions(bench)[0]?.video }]);
  });

  it('works where nothing may be written to it', async ({ skip }) => {
    // Mounted before anything else is made, and unmounted after it is gone, whatever happens between.
    await using cleanUp = new AsyncDisposableStack();
    const root = await mkdtemp(join(tmpdir(), 'reelhold-read-only-'));
    cleanUp.defer(() => rm(root, { recursive: true }));
    const bytes = someBytes();
    await writeFile(join(root, 'clip.mp4'), bytes);
    if (cleanUp.use(remountReadOnly(root)) === null) skip('needs the right to mount');
    await using bench = await openBench({ quietMs, mode: 'keep', root });
    await until('it is taken', () => isHeld(bench, bytes));
    await sleep(quietMs);
    expect(await filesIn(bench.root)).toEqual(['clip.mp4']);
    expect(versions(bench)).toMatchObject([{ seenAgain: 0 }]);
    expect(bench.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('is asked rarely what it holds while nothing happens', async () => {
    await using bench = await openBench({
      quietMs,
      mode: 'keep',
      clock: createTestClock(Number.POSITIVE_INFINITY),
    });
    await put(bench, 'clip.mp4');
    await until('it is taken', () => versions(bench).length === 1);
    await untilStill('the inbox', bench.clock.sleeps, 2_000);
  });

  it('does not take everything anew when its drive was away and an empty folder stood there', async () => {
    await using bench = await openBench({ quietMs, mode: 'keep' });
    await put(bench, 'clip.mp4');
    await until('it is taken', () => versions(bench).length === 1);
    await sleep(quietMs);
    execFileSync('mv', [bench.root, `${bench.root}-away`]);
    await mkdir(bench.root);
    await sleep(300);
    await bench.inbox.lookAround(never);
    await rm(bench.root, { recursive: true });
    execFileSync('mv', [`${bench.root}-away`, bench.root]);
    await sleep(300);
    await bench.inbox.lookAround(never);
    await sleep(3 * quietMs);
    expect(versions(bench)).toMatchObject([{ seenAgain: 0 }]);
  });
});

describe.concurrent('an inbox that another program owns', () => {
  const signs = [
    ['a sync folder', '.stfolder', 'syncthing'],
    ['a phone that is synced into a folder of its own', 'phone/.stfolder', 'syncthing'],
    ['a file of an editing program', 'cut.prproj', 'project-recent'],
    ['a project deep inside', 'films/2026/cut.kdenlive', 'project-recent'],
    ['an editing program’s mark on an open file', 'films/cut.prlock', 'project-open'],
  ] as const;

  it.each(signs)('keeps its files where %s is there from the start', async (_what, sign, owner) => {
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        await putSign(root, sign);
        await writeFile(`${root}/clip.mp4`, someBytes());
      },
    });
    await until('it is taken', () => versions(bench).length === 1);
    await sleep(quietMs);
    expect(await filesIn(bench.root)).toContain('clip.mp4');
    expect(condition(bench)).toMatchObject({ mode: 'keep', forcedBy: { by: owner, path: sign } });
  });

  it.each(signs)('keeps its files where %s comes while a file settles', async (_what, sign, owner) => {
    await using bench = await openBench({ quietMs: 60_000 });
    await put(bench, 'clip.mp4');
    await until('the sighting', () => bench.queries.arrivals(1).total === 1);
    await putSign(bench.root, sign);
    await until('the owner is seen', () => condition(bench)?.forcedBy?.by === owner);
    await patiently(bench, 'it is taken', () => versions(bench).length === 1);
    await sleep(quietMs);
    expect(await filesIn(bench.root)).toContain('clip.mp4');
    expect(condition(bench)).toMatchObject({ mode: 'keep', forcedBy: { by: owner, path: sign } });
  });

  it('is emptied again once the other program has left', async () => {
    await using bench = await openBench({ quietMs, prepare: (root) => putSign(root, 'cut.prproj') });
    await until('the owner is seen', () => condition(bench)?.forcedBy?.by === 'project-recent');
    await rm(join(bench.root, 'cut.prproj'));
    await until('the owner has left', () => condition(bench)?.forcedBy === null);
    const bytes = await put(bench, 'clip.mp4');
    await until('it is taken', () => isHeld(bench, bytes));
    await until('the hold', () => bench.catalogue.holds.list('inbox').length === 1);
  });
});

describe.concurrent('a file that was taken and left', () => {
  it('is not taken again when only its name or its times were touched back and forth', async () => {
    await using bench = await openBench({ quietMs, mode: 'keep' });
    const bytes = await put(bench, 'clip.mp4');
    await until('it is taken', () => versions(bench).length === 1);
    await utimes(inside(bench, 'clip.mp4'), new Date(), new Date());
    await until('it is looked at again', () => versions(bench)[0]?.seenAgain === 1);
    expect(versions(bench)).toMatchObject([{ digest: digestOf(bytes) }]);
  });
});

async function putSign(root: string, sign: string): Promise<void> {
  const isFolder = sign.endsWith('.stfolder');
  await mkdir(isFolder ? join(root, sign) : join(root, sign, '..'), { recursive: true });
  if (!isFolder) await writeFile(join(root, sign), 'project');
}
