import { appendFileSync } from 'node:fs';
import { appendFile, open, readFile, rename, truncate, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import {
  filesIn,
  type InboxBench,
  inside,
  isHeld,
  openBench,
  patiently,
  put,
  someBytes,
  versions,
} from '#tests/support/inbox-bench.ts';
import { always, until } from '#tests/support/until.ts';

const quietMs = 300;

const taken = (bench: InboxBench, count: number) =>
  until(`${count} version(s) taken`, () => versions(bench).length === count);
const arrivals = (bench: InboxBench) => bench.queries.arrivals(10).items;

/** Writes once, and pauses for less than the quiet time of a minute from when that is seen. */
async function writeAndPause(bench: InboxBench, path: string, write: () => Promise<unknown>): Promise<void> {
  const seen = () => bench.catalogue.sightings.find('inbox', path)?.fingerprint;
  const before = seen();
  await write();
  await until('it is seen', () => seen() !== before);
  bench.clock.advance(45_000);
  await always('it is not taken', () => versions(bench).length === 0, 100);
}

describe.concurrent('a file in the inbox', () => {
  it('is taken after the quiet time, and its original waits in the hold under its own name', async () => {
    await using bench = await openBench({ quietMs });
    const putAtMs = performance.now();
    const bytes = await put(bench, 'My holiday.mp4');
    const held = await until('the original in the hold', async () =>
      (await filesIn(bench.root)).find((path) => path.startsWith('.reelhold-hold/')),
    );
    expect(performance.now() - putAtMs).toBeGreaterThanOrEqual(quietMs);
    const [hold] = bench.catalogue.holds.list('inbox');
    expect(held).toBe(`.reelhold-hold/${hold?.id}/My holiday.mp4`);
    expect(hold).toMatchObject({ heldPath: held, path: 'My holiday.mp4', digest: digestOf(bytes) });
    expect(await readFile(inside(bench, held))).toEqual(bytes);
    expect(await filesIn(bench.root)).toEqual([held]);
    expect(versions(bench)).toMatchObject([{ digest: digestOf(bytes), name: 'My holiday.mp4', number: 1 }]);
    expect(arrivals(bench)).toEqual([]);
  });

  it('shows as arriving while it settles', async () => {
    await using bench = await openBench({ quietMs: 60_000 });
    await put(bench, 'clip.mp4', someBytes(1234));
    await until('the sighting', () => arrivals(bench).length === 1);
    expect(arrivals(bench)).toMatchObject([
      { path: 'clip.mp4', sizeBytes: 1234, state: 'settling', reason: null },
    ]);
  });

  it('is not taken early while a slow writer appends to it', async () => {
    await using bench = await openBench({ quietMs: 60_000 });
    const chunks = Array.from({ length: 8 }, () => someBytes(5_000));
    for (const chunk of chunks) {
      await writeAndPause(bench, 'slow.mp4', () => appendFile(inside(bench, 'slow.mp4'), chunk));
    }
    await patiently(bench, 'it is taken', () => versions(bench).length === 1);
    expect(versions(bench)).toMatchObject([{ digest: digestOf(Buffer.concat(chunks)), seenAgain: 0 }]);
  });

  it('is not taken early while a writer fills what it set the full size of first', async () => {
    await using bench = await openBench({ quietMs: 60_000 });
    const bytes = someBytes(32 * 1024);
    await writeFile(inside(bench, 'explorer.mp4'), '');
    await truncate(inside(bench, 'explorer.mp4'), bytes.length);
    const file = await open(inside(bench, 'explorer.mp4'), 'r+');
    for (let at = 0; at < bytes.length; at += 4096) {
      await writeAndPause(bench, 'explorer.mp4', () => file.write(bytes, at, 4096, at));
    }
    await file.close();
    await patiently(bench, 'it is taken', () => versions(bench).length === 1);
    expect(isHeld(bench, bytes)).toBe(true);
  });

  it('waits with a reason for as long as it is empty, and is taken once it is not', async () => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'empty.mp4', Buffer.alloc(0));
    await until('the sighting', () => arrivals(bench).length === 1);
    await always(
      'it waits',
      () => arrivals(bench)[0]?.reason === 'empty' && versions(bench).length === 0,
      4 * quietMs,
    );
    const bytes = await put(bench, 'empty.mp4');
    await taken(bench, 1);
    expect(isHeld(bench, bytes)).toBe(true);
  });

  it('is taken under the name it was given while it waited', async () => {
    await using bench = await openBench({ quietMs: 60_000 });
    await put(bench, 'before.mp4');
    await until('the sighting', () => arrivals(bench).length === 1);
    await rename(inside(bench, 'before.mp4'), inside(bench, 'after.mp4'));
    await patiently(bench, 'it is taken', () => versions(bench).length === 1);
    expect(versions(bench)).toMatchObject([{ name: 'after.mp4' }]);
    await until('nothing arrives any more', () => arrivals(bench).length === 0);
  });

  it('starts its quiet time over when it is renamed to its final name', async () => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'upload.mp4.part');
    await sleep(2 * quietMs);
    const renamedAtMs = performance.now();
    await rename(inside(bench, 'upload.mp4.part'), inside(bench, 'upload.mp4'));
    await taken(bench, 1);
    expect(performance.now() - renamedAtMs).toBeGreaterThanOrEqual(quietMs);
  });

  it('leaves no trace when it is deleted before it was taken', async () => {
    await using bench = await openBench({ quietMs: 60_000 });
    await put(bench, 'mistake.mp4');
    await until('the sighting', () => arrivals(bench).length === 1);
    await unlink(inside(bench, 'mistake.mp4'));
    await until('the sighting is gone', () => arrivals(bench).length === 0);
    bench.clock.advance(61_000);
    await always('nothing is taken', () => versions(bench).length === 0, 1_000);
    expect(bench.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('that is replaced by other bytes after it was taken becomes the next version', async () => {
    await using bench = await openBench({ quietMs });
    const first = await put(bench, 'Trailer.mp4');
    await taken(bench, 1);
    const second = await put(bench, 'Trailer.mp4');
    await taken(bench, 2);
    expect(versions(bench)).toMatchObject([
      { digest: digestOf(first), number: 1 },
      { digest: digestOf(second), number: 2 },
    ]);
    expect(new Set(versions(bench).map(({ video }) => video)).size).toBe(1);
  });

  it('with bytes that are held already is counted, not taken twice', async () => {
    await using bench = await openBench({ quietMs });
    const bytes = await put(bench, 'one.mp4');
    await taken(bench, 1);
    await put(bench, 'another name.mp4', bytes);
    await until('both originals in the hold', () => bench.catalogue.holds.list('inbox').length === 2);
    expect(versions(bench)).toMatchObject([{ seenAgain: 1 }]);
  });

  it('that was written to after it settled starts over, also while it waits for its turn', async () => {
    const bytes = someBytes();
    let writtenAtMs: number | null = null;
    await using bench = await openBench({
      quietMs,
      wrapStore: (store) => ({
        ...store,
        // The writer goes on between the last look and the moment the file is opened.
        async stage(source, options) {
          if (writtenAtMs === null) {
            writtenAtMs = performance.now();
            await writeFile(source.path, bytes);
          }
          return store.stage(source, options);
        },
      }),
    });
    await put(bench, 'stalls.mp4');
    await taken(bench, 1);
    expect(performance.now() - (writtenAtMs ?? Number.NaN)).toBeGreaterThanOrEqual(quietMs);
    expect(versions(bench)).toMatchObject([{ digest: digestOf(bytes), number: 1 }]);
  });

  it('that changes between being taken and being moved away goes on as the same video', async () => {
    let hasGoneOn = false;
    await using bench = await openBench({
      quietMs,
      wrapCatalogue: (catalogue) => ({
        ...catalogue,
        holds: {
          ...catalogue.holds,
          add(hold) {
            catalogue.holds.add(hold);
            // The writer wakes up in the very moment in which everything has become durable.
            if (!hasGoneOn) appendFileSync(inside(bench, hold.path), someBytes());
            hasGoneOn = true;
          },
        },
      }),
    });
    const first = await put(bench, 'IMG_0001.MOV');
    await taken(bench, 2);
    const [one, two] = versions(bench);
    expect(one).toMatchObject({ digest: digestOf(first), number: 1 });
    expect(two).toMatchObject({ number: 2, video: one?.video });
    await until('one row', () => bench.catalogue.holds.list('inbox').length === 1);
    expect(bench.catalogue.holds.list('inbox')).toMatchObject([{ digest: two?.digest }]);
  });
});
