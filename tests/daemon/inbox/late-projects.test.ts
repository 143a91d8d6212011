import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { InboxMode } from '#core/inbox-mode.ts';
import { nameOf } from '#core/inbox-path.ts';
import { libraryFiles } from '#core/library-path.ts';
import { watchInbox } from '#daemon/inbox/watch.ts';
import { smallFilm, written } from '#tests/support/boxes.ts';
import {
  filesIn,
  type InboxBench,
  inside,
  isHeld,
  openBench,
  put,
  someBytes,
} from '#tests/support/inbox-bench.ts';
import { until } from '#tests/support/until.ts';

const quietMs = 250;
const never = new AbortController().signal;

/** What the readable library shows of each video, below its folder. */
function account(bench: InboxBench): Record<string, readonly string[]> {
  const ids = bench.database.sqlite.prepare('SELECT id FROM videos').pluck().all() as string[];
  const videos = ids.flatMap((id) => bench.catalogue.archive.video(id) ?? []);
  const below = (folder: string) => (path: string) => path.slice(folder.length + 1);
  return Object.fromEntries(
    videos.map((video) => [
      video.title,
      libraryFiles(video)
        .map(({ path }) => below(video.folder)(path))
        .sort(),
    ]),
  );
}

const takeFirst = async (bench: InboxBench, paths: readonly string[]) => {
  for (const path of paths) {
    const bytes = await put(bench, path);
    await until(`${path} is taken`, () => isHeld(bench, bytes), 15_000);
  }
  await until('each has its row', () => rows(bench) >= paths.length, 15_000);
};
const rows = (bench: InboxBench) =>
  bench.catalogue.holds.list('inbox').length +
  bench.catalogue.sightings.list('inbox').filter(({ state }) => state === 'taken').length;
const untilAccount = (bench: InboxBench, wanted: Record<string, readonly string[]>) =>
  until('it is so', () => isDeepStrictEqual(account(bench), wanted), 15_000).catch(() =>
    expect(account(bench)).toEqual(wanted),
  );
const countBlobs = async (bench: InboxBench) => {
  let blobs = 0;
  for await (const _ of bench.store.list()) blobs += 1;
  return blobs;
};
const rowOf = (bench: InboxBench, path: string) => bench.catalogue.sightings.find('inbox', path);
const damagesOf = (bench: InboxBench) =>
  bench.database.sqlite.prepare('SELECT damaged FROM parts ORDER BY name').pluck().all();
const lastSeq = (bench: InboxBench) => bench.catalogue.archive.lastSeq();

/** Nothing more is recorded, however often it is looked at, and after a new start. */
async function expectQuiet(bench: InboxBench): Promise<InboxBench> {
  const before = account(bench);
  const seq = lastSeq(bench);
  const again = await bench.restart();
  for (let look = 0; look < 3; look += 1) {
    await again.inbox.lookAround(never);
    await sleep(2 * quietMs);
  }
  expect(lastSeq(again)).toBe(seq);
  expect(account(again)).toEqual(before);
  expect(again.queries.arrivals(10).items).toEqual([]);
  expect(again.log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  return again;
}

const modes: readonly InboxMode[] = ['consume', 'keep'];

describe.concurrent.each(modes)('what was taken before its project (%s)', { timeout: 60_000 }, (mode) => {
  it('is of the project as soon as the project file came, on the same bytes, once', async () => {
    const bench = await openBench({ quietMs, mode });
    await takeFirst(bench, ['Rome/clip.mp4']);
    await put(bench, 'Rome/cut.drp');
    const wanted = { clip: ['clip.mp4'], Rome: ['as it came/clip.mp4', 'as it came/cut.drp'] };
    await untilAccount(bench, wanted);
    expect(await countBlobs(bench)).toBe(2);
    await using _ = await expectQuiet(bench);
  });

  it('is of it with everything: two clips, and a subtitle that went with one', async () => {
    const bench = await openBench({ quietMs, mode });
    await takeFirst(bench, ['Rome/one.mp4', 'Rome/two.mp4', 'Rome/two.srt']);
    await put(bench, 'Rome/cut.drp');
    await untilAccount(bench, {
      one: ['one.mp4'],
      two: ['subtitle/two.srt', 'two.mp4'],
      Rome: ['cut.drp', 'one.mp4', 'two.mp4', 'two.srt'].map((name) => `as it came/${name}`),
    });
    await using _ = await expectQuiet(bench);
  });

  it('is of it in its own folder below, and where a folder of a role shows the project', async () => {
    const bench = await openBench({ quietMs, mode });
    await takeFirst(bench, ['Rome/day 1/morning/clip.mp4', 'Rome side.mp4']);
    await put(bench, 'Rome/final/Film.mp4');
    await untilAccount(bench, {
      clip: ['clip.mp4'],
      'Rome side': ['Rome side.mp4'],
      Rome: ['Rome.mp4', 'as it came/day 1/morning/clip.mp4'],
    });
    await using _ = await expectQuiet(bench);
  });

  it('is of a camera’s card whose structure came last', async () => {
    const bench = await openBench({ quietMs, mode });
    await takeFirst(bench, ['Interview/CONTENTS/VIDEO/0001AB.MXF']);
    await put(bench, 'Interview/CONTENTS/CLIP/0001AB.XML');
    await untilAccount(bench, {
      '0001AB': ['0001AB.mxf'],
      Interview: ['as it came/CONTENTS/CLIP/0001AB.XML', 'as it came/CONTENTS/VIDEO/0001AB.MXF'],
    });
    await using _ = await expectQuiet(bench);
  });

  it('is of it when the project file came while nobody looked', async () => {
    const before = await openBench({ quietMs, mode });
    await takeFirst(before, ['Rome/clip.mp4']);
    await before.stop();
    await put(before, 'Rome/cut.drp');
    const bench = await before.restart();
    await untilAccount(bench, { clip: ['clip.mp4'], Rome: ['as it came/clip.mp4', 'as it came/cut.drp'] });
    await using _ = await expectQuiet(bench);
  });

  it('is of none where the owner has put it into the trash', async () => {
    await using bench = await openBench({ quietMs, mode });
    await takeFirst(bench, ['Rome/clip.mp4', 'Rome/clip.srt']);
    bench.database.sqlite.exec('UPDATE videos SET trashed_at_ms = 1');
    const cut = await put(bench, 'Rome/cut.drp');
    await until('the project', () => isHeld(bench, cut), 15_000);
    await bench.inbox.lookAround(never);
    await bench.inbox.lookAround(never);
    expect(account(bench)).toMatchObject({ Rome: ['as it came/cut.drp'] });
  });

  it('is of it with what was wrong with it, and is followed by its good bytes', async () => {
    await using bench = await openBench({ quietMs, mode });
    const whole = smallFilm(Buffer.concat([someBytes(9_000), written(100)]));
    await put(bench, 'Rome/day 1/clip.mp4', whole.subarray(0, whole.length / 2));
    await until('it waits', () => rowOf(bench, 'Rome/day 1/clip.mp4')?.reason === 'cut-off', 15_000);
    await bench.inbox.takeAnyway('Rome/day 1/clip.mp4');
    await put(bench, 'Rome/cut.drp');
    await untilAccount(bench, {
      clip: ['clip.mp4'],
      Rome: ['as it came/cut.drp', 'as it came/day 1/clip.mp4'],
    });
    expect(damagesOf(bench)).toEqual(['cut-off', null]);
    expect(rowOf(bench, 'Rome/day 1/clip.mp4')).toMatchObject({ state: 'taken', reason: 'damaged' });
    await put(bench, 'Rome/day 1/clip.mp4', whole);
    await until('the good one', () => isHeld(bench, whole), 15_000);
    expect(account(bench).Rome).toContain('older versions/as it came/day 1/clip (version 1).mp4');
  });

  it('is of no project whose file went again before it was taken', async () => {
    await using bench = await openBench({ quietMs: 3_000, mode });
    await takeFirst(bench, ['Rome/clip.mp4']);
    await put(bench, 'Rome/cut.drp');
    await until('it is seen', () => bench.queries.arrivals(10).total === 1, 15_000);
    await bench.inbox.lookAround(never);
    await rm(inside(bench, 'Rome/cut.drp'));
    await until('it is forgotten', () => bench.queries.arrivals(10).total === 0, 15_000);
    await bench.inbox.lookAround(never);
    expect(account(bench)).toEqual({ clip: ['clip.mp4'] });
  });
});

describe.concurrent('what stays in an inbox, and was taken before its project', { timeout: 60_000 }, () => {
  it('is neither copied nor read again, and never on its way', async () => {
    const read: string[] = [];
    const open = new Set<string>();
    await using bench = await openBench({
      ...{ quietMs, mode: 'keep' },
      wrapStore: (store) => ({
        ...store,
        stage: (source, options) => {
          read.push(nameOf(source.path));
          return store.stage(source, options);
        },
        verify: (ref, signal) => {
          read.push(ref.digest);
          return store.verify(ref, signal);
        },
      }),
      wrapCatalogue: (catalogue) => ({
        ...catalogue,
        sightings: {
          ...catalogue.sightings,
          see(seen, nowMs) {
            if (seen.state !== 'taken') open.add(seen.path);
            return catalogue.sightings.see(seen, nowMs);
          },
        },
      }),
    });
    await takeFirst(bench, ['Rome/one.mp4', 'Rome/two.mp4', 'Rome/two.srt']);
    read.length = 0;
    open.clear();
    await put(bench, 'Rome/cut.drp');
    await until('it is so', () => account(bench).Rome?.length === 4, 15_000);
    expect(read).toEqual(['cut.drp']);
    expect([...open]).toEqual(['Rome/cut.drp']);
  });

  it('is a video of its own where that was a day before', async () => {
    await using bench = await openBench({ quietMs, mode: 'keep' });
    await takeFirst(bench, ['Rome/clip.mp4']);
    bench.clock.advance(24 * 60 * 60_000);
    await takeFirst(bench, ['Rome/day 2/late.mp4']);
    await put(bench, 'Rome/cut.drp');
    const videos = { clip: ['clip.mp4'], late: ['late.mp4'] };
    await untilAccount(bench, { ...videos, Rome: ['as it came/cut.drp', 'as it came/day 2/late.mp4'] });
    await bench.inbox.lookAround(never);
    expect(account(bench).Rome).toHaveLength(2);
  });
});

describe.concurrent('what was taken before its project', { timeout: 60_000 }, () => {
  it('is of it when it was being taken as the project showed itself, one after the other', async () => {
    const begun = new Set<string>();
    const open = new Set<string>();
    await using bench = await openBench({
      quietMs,
      // Nobody else is to ask for a look through everything.
      watch: (root, told) => watchInbox(root, { ...told, onUnclear: () => {}, onUse: () => {} }),
      wrapStore: (store) => ({
        ...store,
        async stage(source, options) {
          const name = nameOf(source.path);
          begun.add(name);
          if (name !== 'Film.mp4') await until('it may go on', () => open.has(name), 30_000);
          return store.stage(source, options);
        },
      }),
    });
    await put(bench, 'Rome/one.mp4');
    await put(bench, 'Rome/two.mp4');
    await until('they are being taken', () => begun.size === 2, 15_000);
    const film = await put(bench, 'Rome/final/Film.mp4');
    await until('the project', () => isHeld(bench, film), 15_000);
    await sleep(2_000);
    open.add('one.mp4');
    await until('the first', () => account(bench).Rome?.length === 2, 15_000);
    await sleep(2_000);
    open.add('two.mp4');
    await untilAccount(bench, {
      ...{ one: ['one.mp4'], two: ['two.mp4'] },
      Rome: ['Rome.mp4', 'as it came/one.mp4', 'as it came/two.mp4'],
    });
  });

  it('is of it alone when it still waited for its turn', async () => {
    let freeBytes = 0;
    const readSpace = async () => ({ totalBytes: 1e12, freeBytes });
    await using bench = await openBench({ quietMs, readSpace });
    await put(bench, 'Rome/clip.mp4');
    await until('it waits for room', () => rowOf(bench, 'Rome/clip.mp4')?.reason === 'no-room', 15_000);
    await put(bench, 'Rome/cut.drp');
    await until('so does the project', () => rowOf(bench, 'Rome/cut.drp')?.reason === 'no-room', 15_000);
    await bench.inbox.lookAround(never);
    freeBytes = 5e11;
    await untilAccount(bench, { Rome: ['Rome.mp4', 'as it came/cut.drp'] });
  });

  it('has its writer’s later bytes in the project, too', async () => {
    await using bench = await openBench({ quietMs });
    await takeFirst(bench, ['Rome/day 1/clip.mp4']);
    await put(bench, 'Rome/cut.drp');
    await untilAccount(bench, {
      clip: ['clip.mp4'],
      Rome: ['as it came/cut.drp', 'as it came/day 1/clip.mp4'],
    });
    const held = (await filesIn(bench.root)).find((path) => path.endsWith('clip.mp4')) ?? '';
    const more = await put(bench, held, someBytes());
    await until('it is taken', () => isHeld(bench, more), 15_000);
    expect(account(bench).Rome).toContain('older versions/as it came/day 1/clip (version 1).mp4');
  });

  it('is a video of its own where its original left the hold before', async () => {
    await using bench = await openBench({ quietMs });
    await takeFirst(bench, ['Rome/clip.mp4']);
    for (const { id } of bench.catalogue.holds.list('inbox')) bench.catalogue.holds.remove(id);
    const cut = await put(bench, 'Rome/cut.drp');
    await until('the project', () => isHeld(bench, cut), 15_000);
    await bench.inbox.lookAround(never);
    expect(account(bench)).toEqual({ clip: ['clip.mp4'], Rome: ['as it came/cut.drp'] });
  });
});
