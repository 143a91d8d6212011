import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { smallFilm, written } from '#tests/support/boxes.ts';
import {
  filesIn,
  type InboxBench,
  inside,
  isHeld,
  openBench,
  put,
  someBytes,
  versions,
} from '#tests/support/inbox-bench.ts';
import { always, until } from '#tests/support/until.ts';

const quietMs = 250;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const never = new AbortController().signal;
const film = smallFilm(Buffer.concat([someBytes(9000), written(100)]));
const cutOff = film.subarray(0, film.length / 2);

const damagesOf = ({ database }: InboxBench) =>
  database.sqlite.prepare('SELECT damaged FROM versions ORDER BY seq').pluck().all();

/** A bench whose one file was taken; its writer then goes on, and breaks off in the middle. */
async function benchWithBrokenOff() {
  const bench = await openBench({ quietMs });
  await put(bench, 'clip.mp4');
  const held = await until('clip.mp4 in the hold', async () =>
    (await filesIn(bench.root)).find((file) => file.startsWith('.reelhold-hold/')),
  );
  await writeFile(inside(bench, held), cutOff);
  await always('it waits', () => versions(bench).length === 1, 4 * quietMs);
  return { bench, held };
}

describe.concurrent('an original in the hold whose writer breaks off', { timeout: 120_000 }, () => {
  it('waits for the rest, and is whole when that has come', async () => {
    const { bench, held } = await benchWithBrokenOff();
    await using _ = bench;
    await writeFile(inside(bench, held), film);
    bench.clock.advance(minuteMs);
    await bench.inbox.clear(false, never);
    await until('all of it', () => isHeld(bench, film));
    expect(damagesOf(bench)).toEqual([null, null]);
  });

  it('is taken as damaged after an hour, and stays', async () => {
    const { bench, held } = await benchWithBrokenOff();
    await using _ = bench;
    await until('what has come', async () => {
      // Each time: the hour begins when it is first seen.
      bench.clock.advance(61 * minuteMs);
      await bench.inbox.clear(false, never);
      return isHeld(bench, cutOff);
    });
    expect(damagesOf(bench)).toEqual([null, 'cut-off']);
    await bench.prove();
    bench.clock.advance(3 * dayMs);
    await bench.inbox.clear(true, never);
    expect(await filesIn(bench.root)).toEqual([held]);
  });
});
