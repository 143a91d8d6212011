import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from '#store/memory-blob-store.ts';
import { appleDouble } from '#tests/support/apple-double.ts';
import { smallFilm, written } from '#tests/support/boxes.ts';
import { digestOf } from '#tests/support/digests.ts';
import {
  type BenchOptions,
  filesIn,
  type InboxBench,
  inside,
  isHeld,
  openBench as openDiskBench,
  put,
  someBytes,
  versions,
} from '#tests/support/inbox-bench.ts';
import { always, until } from '#tests/support/until.ts';

const quietMs = 200;
/** The bytes in memory: what becomes of them is not what is looked at here. */
const openBench = (options: BenchOptions) =>
  openDiskBench({ wrapStore: () => createMemoryBlobStore(), ...options });
const minute = 60_000;
const film = (size = 9000) => smallFilm(Buffer.concat([someBytes(size), written(100)]));
const cutOff = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);
const rowOf = (bench: InboxBench, path: string) => bench.catalogue.sightings.find('inbox', path);
const waitsFor = (bench: InboxBench, path: string, reason: string) =>
  until(
    `${path} waits`,
    () => rowOf(bench, path)?.state === 'waiting' && rowOf(bench, path)?.reason === reason,
  );

/** Lets the time go by that a file is held back for, in steps in which it is looked at again. */
async function passAnHour(bench: InboxBench): Promise<void> {
  bench.clock.advance(30 * minute);
  await bench.inbox.lookAround(new AbortController().signal);
  bench.clock.advance(31 * minute);
}

function damagesOf(bench: InboxBench): readonly (string | null)[] {
  return bench.database.sqlite.prepare('SELECT damaged FROM versions ORDER BY seq').pluck().all() as string[];
}

function partsOf(bench: InboxBench): readonly unknown[] {
  return bench.database.sqlite.prepare('SELECT digest, damaged FROM parts ORDER BY seq').all();
}

describe.concurrent('a file that does not look whole', { timeout: 120_000 }, () => {
  it('waits, untouched, and is taken as soon as the rest has come', async () => {
    await using bench = await openBench({ quietMs });
    const whole = film();
    await put(bench, 'clip.mp4', cutOff(whole));
    await waitsFor(bench, 'clip.mp4', 'cut-off');
    await always('it waits', () => versions(bench).length === 0, 600);
    expect(await filesIn(bench.root)).toEqual(['clip.mp4']);
    await writeFile(inside(bench, 'clip.mp4'), whole);
    await until('it is taken', () => isHeld(bench, whole));
    expect(versions(bench)).toHaveLength(1);
    expect(damagesOf(bench)).toEqual([null]);
    await until('the hold', () => bench.catalogue.holds.list('inbox').length === 1);
  });

  it('is taken after an hour as it is, said to be damaged, and never cleared', async () => {
    await using bench = await openBench({ quietMs });
    const half = cutOff(film());
    await put(bench, 'clip.mp4', half);
    await waitsFor(bench, 'clip.mp4', 'cut-off');
    bench.clock.advance(58 * minute);
    await always('it waits', () => versions(bench).length === 0, 600);
    bench.clock.advance(3 * minute);
    await until('it is taken', () => isHeld(bench, half));
    expect(damagesOf(bench)).toEqual(['cut-off']);
    await until('its row', () => rowOf(bench, 'clip.mp4')?.state === 'taken');
    bench.clock.advance(48 * 60 * minute);
    await bench.prove();
    await bench.inbox.clear(true, new AbortController().signal);
    await bench.inbox.lookAround(new AbortController().signal);
    expect(await filesIn(bench.root)).toEqual(['clip.mp4']);
    expect(versions(bench)).toMatchObject([{ seenAgain: 0 }]);
  });

  it.each([
    ['', async (bench: InboxBench) => bench],
    [', after a restart too', (bench: InboxBench) => bench.restart()],
  ])('is followed by its good bytes as the next version, whatever its name%s', async (_, goOn) => {
    const before = await openBench({ quietMs });
    const whole = film();
    await put(before, 'IMG_0001.MOV', cutOff(whole));
    await waitsFor(before, 'IMG_0001.MOV', 'cut-off');
    await passAnHour(before);
    await until('it is taken', () => versions(before).length === 1);
    await using bench = await goOn(before);
    await put(bench, 'IMG_0001.MOV', whole);
    await until('the good one', () => isHeld(bench, whole));
    const [first, second] = versions(bench);
    expect(second).toMatchObject({ video: first?.video, number: 2, digest: digestOf(whole) });
    expect(damagesOf(bench)).toEqual(['cut-off', null]);
    await until('only the good one is cleared', async () =>
      (await filesIn(bench.root)).every((path) => path.startsWith('.reelhold-hold')),
    );
  });

  it('is a damaged part where it is of a project, and is followed by its good bytes', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    const whole = film();
    await put(bench, 'Rome/raw/clip.mp4', cutOff(whole));
    await waitsFor(bench, 'Rome/raw/clip.mp4', 'cut-off');
    await passAnHour(bench);
    await until('it is taken', () => partsOf(bench).length === 1);
    await bench.prove();
    await bench.inbox.clear(true, new AbortController().signal);
    expect(await filesIn(bench.root)).toEqual(['Rome/raw/clip.mp4']);
    await put(bench, 'Rome/raw/clip.mp4', whole);
    await until('the good one', () => partsOf(bench).length === 2);
    expect(partsOf(bench)).toEqual([
      { digest: digestOf(cutOff(whole)), damaged: 'cut-off' },
      { digest: digestOf(whole), damaged: null },
    ]);
  });

  it('waits anew where it changes', async () => {
    await using bench = await openBench({ quietMs });
    const whole = film();
    await put(bench, 'clip.mp4', whole.subarray(0, 2000));
    await waitsFor(bench, 'clip.mp4', 'cut-off');
    bench.clock.advance(50 * minute);
    await put(bench, 'clip.mp4', whole.subarray(0, 4000));
    await until('it is seen', () => rowOf(bench, 'clip.mp4')?.sizeBytes === 4000);
    await waitsFor(bench, 'clip.mp4', 'cut-off');
    bench.clock.advance(20 * minute);
    await always('it waits', () => versions(bench).length === 0, 600);
  });

  it('waits where its end, its start or its index was never written', async () => {
    await using bench = await openBench({ quietMs });
    const whole = film(20_000);
    await put(bench, 'end.mp4', Buffer.from(whole).fill(0, 8000));
    await put(bench, 'start.mp4', Buffer.alloc(9000));
    await put(bench, 'index.mp4', whole.subarray(0, 9000).fill(0, 16, 20));
    await waitsFor(bench, 'start.mp4', 'empty-start');
    await waitsFor(bench, 'end.mp4', 'empty-end');
    await waitsFor(bench, 'index.mp4', 'no-index');
  });

  it('waits while the Finder says that it is still copying', async () => {
    await using bench = await openBench({ quietMs });
    const whole = film();
    await put(bench, '._clip.mp4', appleDouble({ typeAndCreator: 'brokMACS' }));
    await put(bench, 'clip.mp4', whole);
    await waitsFor(bench, 'clip.mp4', 'finder-busy');
    await writeFile(inside(bench, '._clip.mp4'), appleDouble({ typeAndCreator: 'MooVTVOD' }));
    bench.clock.advance(11_000);
    await until('it is taken', () => isHeld(bench, whole));
    expect(damagesOf(bench)).toEqual([null]);
  });

  it('is taken after an hour of the mark of the Finder, as damaged, and stays; the same without it goes', async () => {
    await using bench = await openBench({ quietMs });
    const whole = film();
    await put(bench, '._clip.mp4', appleDouble({ typeAndCreator: 'brokMACS' }));
    await put(bench, 'clip.mp4', whole);
    await waitsFor(bench, 'clip.mp4', 'finder-busy');
    await passAnHour(bench);
    await until('it is taken', () => isHeld(bench, whole));
    expect(damagesOf(bench)).toEqual(['marked-unfinished']);
    expect(rowOf(bench, 'clip.mp4')).toMatchObject({ state: 'taken', reason: 'damaged' });
    await put(bench, 'again/clip.mp4', whole);
    await until('the other is in the hold', () =>
      bench.catalogue.holds.list('inbox').some(({ path }) => path === 'again/clip.mp4'),
    );
    await bench.prove();
    bench.clock.advance(25 * 60 * minute);
    await until('only the marked one is left', async () => {
      await bench.inbox.clear(false, new AbortController().signal);
      const left = await filesIn(bench.root);
      return left.filter((path) => path.endsWith('/clip.mp4')).length === 0 && left.includes('clip.mp4');
    });
  });

  it('is left alone in an inbox whose files are kept, and taken once', async () => {
    await using bench = await openBench({ quietMs, mode: 'keep' });
    await put(bench, 'clip.mp4', cutOff(film()));
    await waitsFor(bench, 'clip.mp4', 'cut-off');
    await passAnHour(bench);
    await until('it is taken', () => versions(bench).length === 1);
    await using again = await bench.restart();
    await always('it is not taken again', () => versions(again)[0]?.seenAgain === 0, 800);
  });

  it('holds up no other file', async () => {
    await using bench = await openBench({ quietMs });
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => put(bench, `half ${index}.mp4`, cutOff(film()))),
    );
    const whole = await put(bench, 'whole.mp4', film());
    await until('the whole one is taken', () => isHeld(bench, whole));
    expect(versions(bench)).toHaveLength(1);
  });
});

describe.concurrent('a file that is taken anyway', { timeout: 120_000 }, () => {
  it('is taken as it is, said to be damaged where it is known to be, and stays', async () => {
    await using bench = await openBench({ quietMs });
    const half = await put(bench, 'clip.mp4', cutOff(film()));
    await waitsFor(bench, 'clip.mp4', 'cut-off');
    const taken = await bench.inbox.takeAnyway('clip.mp4');
    expect(taken).toMatchObject({ kind: 'taken', outcome: { kind: 'new-video' } });
    expect(bench.queries.latestVideos({ limit: 1, beforeSeq: null })[0]?.versions).toMatchObject([
      { digest: digestOf(half), damaged: 'cut-off' },
    ]);
    await bench.inbox.lookAround(new AbortController().signal);
    expect(await filesIn(bench.root)).toEqual(['clip.mp4']);
    expect(rowOf(bench, 'clip.mp4')).toMatchObject({ state: 'taken', reason: 'damaged' });
  });

  it('is taken once, however often it is asked for', async () => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'clip.mp4', cutOff(film()));
    await waitsFor(bench, 'clip.mp4', 'cut-off');
    await Promise.all([1, 2, 3].map(() => bench.inbox.takeAnyway('clip.mp4')));
    expect(versions(bench)).toHaveLength(1);
    await rm(inside(bench, 'clip.mp4'));
  });
});
