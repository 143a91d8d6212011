import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQueries } from '#catalogue/queries.ts';
import type { Digest } from '#core/digest.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
let bench: PlaceBench;
beforeEach(() => {
  bench = openPlaceBench(folder.path, pool);
});
afterEach(() => bench[Symbol.dispose]());

const stands = (place: { files: Map<string, unknown> }, digest: Digest) =>
  [...place.files.keys()].some((path) => path.includes(digest.slice('sha256:'.length)));
const remote = (encrypted: boolean) => ({ placeKind: 'remote', encrypted }) as const;

describe('a data export, which holds private messages', () => {
  it('goes to drives and to encrypted remotes, and never to one in the clear', async () => {
    const film = await bench.hold('Rome.mp4', 'rome');
    const data = await bench.hold('TikTok_Data_1735588272.zip', 'messages');
    const { place: drive } = await bench.addDrive('Blue');
    const { place: hidden } = await bench.addDrive('Hidden', remote(true));
    const { place: open, id } = await bench.addDrive('Open', remote(false));
    for (const place of [drive, hidden, open]) expect(stands(place, film)).toBe(true);
    expect([drive, hidden, open].map((place) => stands(place, data))).toEqual([true, true, false]);
    expect(await bench.at(id, 'mirror')).toMatchObject({ left: 0 });
    expect(bench.places.book.condition(id).upToDateMs).not.toBeNull();
  });

  it('stays out of it though the same bytes came under another name too', async () => {
    const { place: open, id } = await bench.addDrive('Open', remote(false));
    const data = await bench.hold('user_data_tiktok.json', 'messages');
    await bench.hold('copy of it.mp4', 'messages');
    await bench.at(id, 'mirror');
    expect(stands(open, data)).toBe(false);
  });

  it('needs as many copies as all else, where it may go', async () => {
    await bench.hold('TikTok_Data_1735588272.zip', 'messages');
    await bench.addDrive('Open', remote(false));
    await bench.addDrive('Blue');
    const verdict = () => createQueries(bench.database, bench.clock.nowMs).summary().verdict;
    expect(verdict()).not.toBe('safe');
    await bench.addDrive('Hidden', remote(true));
    expect(verdict()).toBe('safe');
  });
});
