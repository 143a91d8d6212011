import { renameSync, writeFileSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  condition,
  filesIn,
  type InboxBench,
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
const untilTaken = (bench: InboxBench, count: number) =>
  until(`${count} taken`, () => versions(bench).length >= count);
const remaining = async (bench: InboxBench) =>
  (await filesIn(bench.root)).filter((path) => !path.startsWith('.reelhold-hold/'));

describe.concurrent('an inbox', () => {
  it('takes what was there before the start', async () => {
    const bytes = someBytes();
    await using bench = await openBench({
      quietMs,
      prepare: (root) => writeFile(`${root}/early.mp4`, bytes),
    });
    await until('it is taken', () => isHeld(bench, bytes));
  });

  it('takes what came while nobody watched', async () => {
    const bench = await openBench({ quietMs });
    await bench.stop();
    const bytes = await put(bench, 'meanwhile.mp4');
    await using after = await bench.restart();
    await until('it is taken', () => isHeld(after, bytes));
  });

  it('goes on with a file that was being taken when the daemon ended', async () => {
    const bench = await openBench({ quietMs: 60_000 });
    const bytes = await put(bench, 'cut off.mp4');
    const row = await until('the sighting', () => bench.catalogue.sightings.list('inbox')[0]);
    bench.catalogue.sightings.update(row.id, { state: 'taking', reason: null }, 0);
    await using after = await bench.restart({ quietMs });
    await until('it is taken', () => isHeld(after, bytes));
  });

  it('takes files from sub-folders, however deep', async () => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'a/one.mp4');
    await put(bench, `${'deep/'.repeat(60)}two.mp4`);
    await untilTaken(bench, 2);
    await until('the inbox is empty', async () => (await remaining(bench)).length === 0);
  });

  it('takes all of a folder that is moved in whole, and of one that is copied in', async () => {
    await using bench = await openBench({ quietMs });
    const outside = join(bench.folder, 'outside');
    for (let n = 0; n < 30; n += 1) {
      await mkdir(join(outside, `day ${n % 3}/cam ${n % 5}`), { recursive: true });
      await writeFile(join(outside, `day ${n % 3}/cam ${n % 5}/clip ${n}.mp4`), someBytes());
    }
    await cp(outside, join(bench.root, 'copied'), { recursive: true });
    await untilTaken(bench, 30);
    for (let n = 0; n < 5; n += 1) await writeFile(join(outside, `day 1/more ${n}.mp4`), someBytes());
    await rename(outside, join(bench.root, 'moved'));
    await untilTaken(bench, 35);
    await until('the inbox is empty', async () => (await remaining(bench)).length === 0);
    expect(versions(bench)).toHaveLength(35);
  });

  it('takes a file from the folder it was in when that is renamed while it settles', async () => {
    await using bench = await openBench({ quietMs: 1_500 });
    const bytes = await put(bench, 'before/clip.mp4');
    await until('the sighting', () => bench.queries.arrivals(1).total === 1);
    await rename(join(bench.root, 'before'), join(bench.root, 'after'));
    await until('it is taken', () => isHeld(bench, bytes));
    await until('one row', () => bench.catalogue.holds.list('inbox').length === 1);
    expect(bench.catalogue.holds.list('inbox')).toMatchObject([{ path: 'after/clip.mp4' }]);
  });

  it('passes over hidden, unfinished and foreign files, counts them, and leaves them', async () => {
    const ignored = [
      '.hidden.mp4',
      '._clip.mp4',
      '.DS_Store',
      'clip.mp4.part',
      'x.mp4.crdownload',
      '.clip.mp4.Ab12Cd',
    ];
    const notVideos = ['notes.txt', 'photo.jpg', 'README'];
    const inFolders = ['@eaDir/clip.mp4', '#recycle/clip.mp4', '.stversions/clip.mp4', 'a.download/clip.mp4'];
    const all = [...ignored, ...notVideos, ...inFolders];
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        for (const path of all) {
          await mkdir(join(root, path, '..'), { recursive: true });
          await writeFile(join(root, path), someBytes());
        }
      },
    });
    const bytes = await put(bench, 'real.mp4');
    await until('the video', () => isHeld(bench, bytes));
    await bench.inbox.lookAround(never);
    expect(versions(bench)).toHaveLength(1);
    expect(condition(bench)).toMatchObject({
      ignored: { system: 2 + 2, unfinished: 3 + 1, 'other-program': 1, hidden: 1 },
      left: { total: notVideos.length, paths: notVideos.toSorted() },
    });
    await until('only they are left', async () => isDeepStrictEqual(await remaining(bench), [...all].sort()));
  });

  it('says when it last looked', async () => {
    await using bench = await openBench({ quietMs });
    await until('the first look', () => condition(bench)?.lastLookedAtMs);
    bench.clock.advance(3_600_000);
    const beforeMs = bench.clock.nowMs();
    await bench.inbox.lookAround(never);
    expect(condition(bench)?.lastLookedAtMs).toBeGreaterThanOrEqual(beforeMs);
    expect(condition(bench)).toMatchObject({ state: 'watched', root: bench.root });
  });

  it('keeps the sighting of a file that comes into a folder while the rest is still looked through', async () => {
    let hasCome = false;
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        for (let n = 0; n < 1_000; n += 1) await mkdir(join(root, `folder ${n}`));
        await writeFile(join(root, 'marker.mp4'), '');
      },
      wrapCatalogue: (catalogue) => ({
        ...catalogue,
        sightings: {
          ...catalogue.sightings,
          find(inbox, path) {
            // The inbox's top folder has been listed: a file comes into it, in one step and one event.
            if (path === 'marker.mp4' && !hasCome) moveIn(bench);
            hasCome ||= path === 'marker.mp4';
            return catalogue.sightings.find(inbox, path);
          },
        },
      }),
    });
    const moveIn = ({ folder, root }: InboxBench) => {
      writeFileSync(join(folder, 'draft'), someBytes());
      renameSync(join(folder, 'draft'), join(root, 'late.mp4'));
    };
    await until('the look', () => hasCome);
    await until('it is taken', () => versions(bench).length === 1);
  });

  it('sleeps while nothing happens', async () => {
    await using bench = await openBench({ quietMs, clock: createTestClock(Number.POSITIVE_INFINITY) });
    await put(bench, 'clip.mp4');
    await until('the hold', () => bench.catalogue.holds.list('inbox').length === 1);
    await untilStill('the inbox', bench.clock.sleeps, 2_000);
  });
});

describe.concurrent('an inbox that goes away', () => {
  it('is said to be gone, loses nothing, and is taken up again as another folder', async () => {
    await using bench = await openBench({ quietMs: 60_000 });
    await put(bench, 'waits.mp4');
    await until('the sighting', () => bench.queries.arrivals(1).total === 1);
    await rename(bench.root, `${bench.root}-away`);
    await until('it is gone', () => condition(bench)?.state === 'gone');
    bench.clock.advance(61_000);
    await sleep(1_000);
    expect(bench.queries.arrivals(10).items).toMatchObject([{ path: 'waits.mp4' }]);
    expect(condition(bench)?.lastLookedAtMs).toBeGreaterThan(0);
    expect(versions(bench)).toEqual([]);
    await cp(`${bench.root}-away`, bench.root, { recursive: true });
    await until('it is back', () => condition(bench)?.state === 'watched');
    await patiently(bench, 'it is taken', () => versions(bench).length === 1);
    await rm(`${bench.root}-away`, { recursive: true });
    const later = await put(bench, 'a/later.mp4');
    await patiently(bench, 'what comes later', () => isHeld(bench, later));
  });

  it('and comes back with other files forgets what is no longer in it', async () => {
    await using bench = await openBench({ quietMs: 60_000 });
    await put(bench, 'old.mp4');
    await until('the sighting', () => bench.queries.arrivals(1).total === 1);
    await rename(bench.root, `${bench.root}-away`);
    await mkdir(bench.root);
    await put(bench, 'new.mp4');
    await until('only the new one', () => {
      const [first, ...others] = bench.queries.arrivals(10).items;
      return first?.path === 'new.mp4' && others.length === 0;
    });
  });

  it('is watched anew when it was removed and made again at once', async () => {
    await using bench = await openBench({ quietMs });
    for (let n = 0; n < 3; n += 1) {
      await rm(bench.root, { recursive: true });
      await mkdir(bench.root);
      const bytes = await put(bench, `take ${n}/clip of ${n}.mp4`);
      await until('it is taken', () => isHeld(bench, bytes));
    }
  });

  it('and is not there at the start is made, or waited for', async () => {
    await using bench = await openBench({ quietMs, prepare: (root) => rm(root, { recursive: true }) });
    await until('it was made', () => condition(bench)?.state === 'watched');
    const bytes = await put(bench, 'first.mp4');
    await until('it is taken', () => isHeld(bench, bytes));
  });
});
