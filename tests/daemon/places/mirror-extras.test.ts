import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import type { Location } from '#core/ports/location.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const hourMs = 3_600_000;
const pool = useHashPool();
const folder = useTempFolder();
/** What the place cannot read. */
let unreadable: string | null;
/** What it does not take. */
let refused: string | null;
let reads: string[];

const wrap = (location: Location): Location => ({
  ...location,
  async read(path, signal) {
    reads.push(path);
    if (path !== unreadable) return location.read(path, signal);
    throw new ReelholdError({ kind: 'io', operation: 'read', object: path }, 'the disk reports an error');
  },
  async put(files, context) {
    if (files.every(({ path }) => path !== refused)) return location.put(files, context);
    return files.map(({ path }) => {
      const error = new ReelholdError({ kind: 'io', operation: 'copy', object: path }, 'it says no');
      return { kind: 'failed', error };
    });
  },
});

let bench: PlaceBench;
beforeEach(() => {
  unreadable = null;
  refused = null;
  reads = [];
  bench = openPlaceBench(join(folder.path, 'here'), pool, { wrap, openMe: '<p>all videos</p>' });
});
afterEach(() => bench[Symbol.dispose]());

describe('what people look at, at a place', () => {
  it.each(['README.txt', 'OPEN-ME.html', 'restore.sh'])(
    'is written anew where it is gone, changed or unreadable: %s',
    async (name) => {
      const { id, place } = await bench.addDrive('Blue');
      const whole = place.files.get(name) ?? new Uint8Array();
      expect(whole.length).toBeGreaterThan(9);
      place.files.delete(name);
      await bench.at(id, 'mirror');
      expect(place.files.get(name)).toEqual(whole);
      for (const bad of [null, name]) {
        place.files.set(
          name,
          whole.map((byte, index) => (index === 9 ? byte ^ 1 : byte)),
        );
        unreadable = bad;
        await bench.at(id, 'mirror');
        expect(place.files.get(name)).toEqual(whole);
      }
    },
  );

  it.each([
    ['cannot be written', null],
    ['is damaged there, and cannot be replaced', new Uint8Array(3)],
  ])('makes no place up to date whose script that restores %s', async (_, there) => {
    const { id, place } = await bench.addDrive('Blue');
    const before = bench.places.book.condition(id).upToDateMs;
    bench.clock.advance(60_000);
    for (const path of ['README.txt', 'OPEN-ME.html', 'restore.sh']) place.files.delete(path);
    if (there !== null) place.files.set('restore.sh', there);
    refused = 'restore.sh';
    expect(await bench.at(id, 'mirror')).toBeNull();
    expect(bench.places.book.condition(id)).toMatchObject({ safeToUnplug: false, upToDateMs: before });
    for (const path of ['README.txt', 'OPEN-ME.html']) expect(place.files.has(path)).toBe(true);
    expect(bench.log.lines).toContainEqual(
      expect.objectContaining({ message: 'An operation failed; it is tried again later.' }),
    );
    refused = null;
    bench.clock.advance(60_000);
    await bench.drain(id);
    expect(bench.places.book.condition(id)).toMatchObject({ safeToUnplug: true });
    expect(place.files.get('restore.sh')?.length).toBeGreaterThan(1000);
  });

  it('is read back at a drive at each visit, and at a remote twice a day, however often something is brought', async () => {
    const papers = ['OPEN-ME.html', 'README.txt', 'restore.sh'];
    const read = () => papers.map((name) => reads.filter((path) => path === name).length);
    const drive = await bench.addDrive('Blue');
    const remote = await bench.addDrive('Cloud', { placeKind: 'remote' });
    for (const [{ id }, expected] of [[drive, 24] as const, [remote, 2] as const]) {
      reads = [];
      for (let hour = 0; hour < 24; hour += 1) {
        bench.clock.advance(hourMs);
        await bench.at(id, 'mirror');
      }
      expect(read()).toEqual(papers.map(() => expected));
    }
  });

  it('is put right at a remote within half a day, and what could not be is tried again at the next visit', async () => {
    const { id, place } = await bench.addDrive('Cloud', { placeKind: 'remote' });
    for (const name of ['README.txt', 'restore.sh']) place.files.delete(name);
    bench.clock.advance(12 * hourMs);
    refused = 'restore.sh';
    await bench.at(id, 'mirror');
    expect(place.files.has('README.txt')).toBe(true);
    refused = null;
    bench.clock.advance(hourMs);
    await bench.at(id, 'mirror');
    expect(place.files.has('restore.sh')).toBe(true);
  });
});
