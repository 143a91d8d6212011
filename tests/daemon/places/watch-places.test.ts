import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assess, dayMs } from '#core/assess.ts';
import type { Digest } from '#core/digest.ts';
import { ReelholdError } from '#core/errors.ts';
import { createLocalTime } from '#core/local-time.ts';
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

  it('that cannot be looked at is said once, with the reason', async () => {
    bench[Symbol.dispose]();
    let isFailing = false;
    bench = openPlaceBench(join(folder.path, 'failing'), pool, {
      wrap: (location) => ({
        ...location,
        async look(signal) {
          if (!isFailing) return location.look(signal);
          throw new ReelholdError({ kind: 'denied', operation: 'read', object: 'the note' }, 'no');
        },
      }),
    });
    await bench.addDrive('Blue');
    isFailing = true;
    watch();
    for (let look = 0; look < 3; look += 1) {
      nextLook();
      const sleeps = bench.clock.sleeps();
      await until('another look', () => bench.clock.sleeps() > sleeps + 1);
    }
    const said = bench.log.lines.filter(({ level }) => level === 'warn');
    expect(said).toEqual([
      {
        level: 'warn',
        facts: { place: 'Blue', error: 'read the note: no' },
        message: 'A place could not be looked at.',
      },
    ]);
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

describe('a place that is not seen for too long', () => {
  const reminders = () =>
    bench.log.lines.filter(({ message }) => message === 'A place was not seen for longer than usual.');
  const nextPass = async () => {
    const sleeps = bench.clock.sleeps();
    bench.clock.advance(11 * 60_000);
    await until('another pass', () => bench.clock.sleeps() > sleeps + 1);
  };
  const watchAgain = async () => {
    stop.abort();
    await watching;
    stop = new AbortController();
    watch();
  };

  it('is one reminder, over restarts too, and a new one when it was back', async () => {
    const { id, place } = await bench.addDrive('Cloud', { placeKind: 'remote' });
    place.away = 'not-connected';
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'away' });
    watch();
    await nextPass();
    expect(reminders()).toEqual([]);
    bench.clock.advance(8 * dayMs);
    for (let pass = 0; pass < 3; pass += 1) await nextPass();
    await watchAgain();
    await nextPass();
    expect(reminders()).toHaveLength(1);
    expect(bench.places.book.condition(id).reminder).toEqual({ days: 7, of: 'place' });
    expect(bench.log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toHaveLength(1);
    place.away = null;
    await nextPass();
    await until('it to be found', () => isThere(id));
    expect(bench.places.book.condition(id).reminder).toBeNull();
    place.away = 'not-connected';
    await bench.at(id, 'mirror');
    bench.clock.advance(8 * dayMs);
    for (let pass = 0; pass < 2; pass += 1) await nextPass();
    expect(reminders()).toHaveLength(2);
  });

  it('is not asked for outside of its hours', async () => {
    const hour = (inHours: number) => {
      const { minute } = createLocalTime('Europe/Berlin')(bench.clock.nowMs());
      return String((Math.floor(minute / 60) + inHours) % 24).padStart(2, '0');
    };
    const schedule = `${hour(6)}:00-${hour(8)}:00`;
    const { id, place } = await bench.addDrive('Cloud', { placeKind: 'remote', schedule });
    place.away = 'not-connected';
    await bench.at(id, 'mirror-now');
    place.away = null;
    watch();
    for (let pass = 0; pass < 2; pass += 1) await nextPass();
    expect(isThere(id)).toBe(false);
    bench.clock.advance(5.5 * 60 * 60_000);
    await nextPass();
    await until('it to be found', () => isThere(id));
  });
});

describe('two drives that take turns', () => {
  it('count as one place; each gets what it missed when it comes, and nobody is reminded', async () => {
    const wish = { set: 'turns', awayFromHome: true } as const;
    const rome = await bench.hold('Rome.mp4', 'rome');
    const a = await bench.addDrive('A', wish);
    a.place.away = 'not-connected';
    const b = await bench.addDrive('B', wish);
    watch();
    await until('A to be away', () => !isThere(a.id));
    const oslo = await bench.hold('Oslo.mp4', 'oslo');
    expect(await bench.at(b.id, 'mirror')).toMatchObject({ copied: 1, left: 0 });
    const assessed = (digest: Digest) => {
      const copies = bench.listed().flatMap(({ location }) => {
        const copy = bench.copy(digest, location);
        return copy === null ? [] : [{ ...copy, location }];
      });
      const policy = { copies: 2, media: 2, awayFromHome: 1 };
      return assess(copies, bench.listed(), policy, bench.clock.nowMs());
    };
    expect(assessed(rome)).toMatchObject({ verdict: 'safe', proven: 2 });
    expect(assessed(oslo)).toMatchObject({ verdict: 'on-its-way', reasons: ['drive-is-here'], proven: 2 });
    a.place.away = null;
    b.place.away = 'not-connected';
    nextLook();
    await until('they to be swapped', () => isThere(a.id) && !isThere(b.id));
    await bench.drain(a.id);
    expect([...a.place.files.keys()].filter((path) => path.startsWith('blobs/'))).toHaveLength(2);
    expect(assessed(oslo)).toMatchObject({ verdict: 'safe', proven: 2 });
    expect(bench.log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    bench.clock.advance(71 * dayMs);
    await until('B to be missed', () => bench.places.book.condition(b.id).reminder != null);
    expect(bench.places.book.condition(b.id).reminder).toEqual({ days: 70, of: 'turn' });
  });
});
