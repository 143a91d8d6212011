import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { watchPlaces } from '#daemon/places/watch-places.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { until } from '#tests/support/until.ts';

const pool = useHashPool();
const folder = useTempFolder();
let bench: PlaceBench;
let stop: AbortController;
let came = 0;
let watching: Promise<void>;
beforeEach(() => {
  bench = openPlaceBench(folder.path, pool);
  stop = new AbortController();
  came = 0;
});
afterEach(async () => {
  stop.abort();
  await watching;
  bench[Symbol.dispose]();
});
const watch = () => {
  const onCame = () => {
    came += 1;
  };
  watching = watchPlaces({ ...bench, book: bench.places.book, onCame }, stop.signal);
};
/** Lets the next look come due. */
const nextLook = () => bench.clock.advance(6_000);
const isThere = (id: string) => bench.places.book.condition(id).presence.state === 'present';

describe('a drive', () => {
  it('that comes is brought up to date by itself, and its going is no failure', async () => {
    const { id, place } = await bench.addDrive('Blue');
    place.away = 'not-connected';
    watch();
    await until('the drive to be away', () => !isThere(id));
    expect(bench.places.book.condition(id)).toMatchObject({ safeToUnplug: false });
    await bench.hold('Rome.mp4', 'rome');
    place.away = null;
    nextLook();
    await until('the drive to be found', () => came > 0);
    await bench.drain(id);
    expect([...place.files.keys()].filter((path) => path.startsWith('blobs/'))).toHaveLength(1);
    expect(bench.places.book.condition(id)).toMatchObject({ safeToUnplug: true });
    const problems = bench.log.lines.filter(({ level }) => level === 'warn' || level === 'error');
    expect(problems).toEqual([]);
  });

  it('that is away says so once, and is expected within its rhythm', async () => {
    const { id, place } = await bench.addDrive('Blue', { everyDays: 30 });
    place.away = 'not-connected';
    watch();
    await until('the drive to be away', () => !isThere(id));
    for (let look = 0; look < 5; look += 1) {
      nextLook();
      const sleeps = bench.clock.sleeps();
      await until('another look', () => bench.clock.sleeps() > sleeps + 1);
    }
    expect(bench.log.lines.filter(({ message }) => message === 'A place is away.')).toHaveLength(1);
    const due = (bench.listed()[1]?.dueAtMs ?? 0) - bench.clock.nowMs();
    expect(due).toBeGreaterThan(29 * dayMs);
    expect(due).toBeLessThanOrEqual(30 * dayMs);
  });

  it('that stays has nothing written by being looked at', async () => {
    const { id, place } = await bench.addDrive('Blue');
    watch();
    const before = new Map(place.files);
    const condition = bench.places.book.condition(id);
    for (let look = 0; look < 3; look += 1) {
      nextLook();
      const sleeps = bench.clock.sleeps();
      await until('another look', () => bench.clock.sleeps() > sleeps + 1);
    }
    expect(place.files).toEqual(before);
    expect(bench.places.book.condition(id)).toEqual(condition);
  });
});
