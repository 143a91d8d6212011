import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobPath, type Digest } from '#core/digest.ts';
import { createLocalTime } from '#core/local-time.ts';
import { healingAt } from '#daemon/places/heal-copy.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { type BenchChange, openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
const berlin = createLocalTime('Europe/Berlin');
const schedule = '22:00-07:00';
const nights = { placeKind: 'remote', schedule } as const;
const minuteMs = 60_000;
const mebibyte = 1024 ** 2;

let bench: PlaceBench;
/** What goes on while files are put. */
let onPut = () => {};
let onProve = () => {};
const wrap: BenchChange['wrap'] = (location) => ({
  ...location,
  put(files, context) {
    if (files.some(({ path }) => path.startsWith('blobs/'))) onPut();
    return location.put(files, context);
  },
  prove(files, context) {
    if (files.some(({ path }) => path.startsWith('blobs/'))) onProve();
    return location.prove(files, context);
  },
});
beforeEach(() => {
  onPut = () => {};
  onProve = () => {};
  bench = openPlaceBench(folder.path, pool, { wrap });
  untilClock(12);
});
afterEach(() => bench[Symbol.dispose]());

/** Lets time go by until the clock on the wall shows this hour. */
function untilClock(hour: number): void {
  const { minute } = berlin(bench.clock.nowMs());
  bench.clock.advance(((hour * 60 - minute + 24 * 60) % (24 * 60)) * minuteMs);
}
const pathOf = (digest: Digest) => blobPath({ digest, ext: 'mp4' });
const blobs = (place: { files: Map<string, unknown> }) =>
  [...place.files.keys()].filter((path) => path.startsWith('blobs/'));
const hourOf = (atMs: number) => berlin(atMs).minute / 60;

describe('a place with hours', () => {
  it('has nothing brought outside of them; the work waits, and is done when they come', async () => {
    const { id, place } = await bench.addDrive('Cloud', nights);
    await bench.hold('Rome.mp4', 'rome');
    const result = await bench.at(id, 'mirror');
    expect(result).toMatchObject({ kind: 'waits' });
    expect(blobs(place)).toEqual([]);
    const { waitsUntilMs } = bench.places.book.condition(id);
    expect(hourOf(waitsUntilMs ?? 0)).toBe(22);
    untilClock(21);
    await bench.drain(id);
    expect(blobs(place)).toEqual([]);
    untilClock(22);
    await bench.drain(id);
    expect(blobs(place)).toHaveLength(1);
    expect(bench.places.book.condition(id)).toMatchObject({ waitsUntilMs: null });
  });

  it('is not even asked for anything outside of them', async () => {
    const { id, place } = await bench.addDrive('Cloud', nights);
    place.away = 'not-connected';
    for (const kind of ['mirror', 'list', 'scrub', 'drill'])
      expect(await bench.at(id, kind)).toMatchObject({ kind: 'waits' });
    untilClock(23);
    await bench.drain(id);
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'away' });
  });

  it('is brought up to date at any hour where the owner asks for it', async () => {
    const { id, place } = await bench.addDrive('Cloud', nights);
    await bench.hold('Rome.mp4', 'rome');
    expect(await bench.at(id, 'mirror-now')).toMatchObject({ kind: 'mirrored', copied: 1, left: 0 });
    expect(blobs(place)).toHaveLength(1);
  });

  it('has brought to its end what was begun when they are over, and the rest the next night', async () => {
    const { id, place } = await bench.addDrive('Cloud', nights);
    await bench.hold('Rome.mp4', 'r'.repeat(40 * mebibyte));
    await bench.hold('Oslo.mp4', 'o'.repeat(40 * mebibyte));
    bench.places.book.note(id, { bytesPerSecond: 1 });
    untilClock(6);
    onPut = () => untilClock(8);
    const result = await bench.at(id, 'mirror');
    expect(result).toMatchObject({ kind: 'mirrored', copied: 1, left: 1 });
    expect(hourOf(result?.kind === 'mirrored' ? (result.waitsUntilMs ?? 0) : 0)).toBe(22);
    expect(blobs(place)).toHaveLength(1);
    onPut = () => {};
    untilClock(22);
    await bench.drain(id);
    expect(blobs(place)).toHaveLength(2);
  });

  it('has a copy mended at once where one good copy is left, and else in its hours', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Cloud', nights);
    await bench.at(id, 'mirror-now');
    const { subject, ...healing } = healingAt(id);
    const harmAndAsk = async () => {
      place.files.set(pathOf(rome), Buffer.from('rime'));
      const nowMs = bench.clock.nowMs();
      const operation = { ...healing, subject: subject(rome), notBeforeMs: nowMs };
      bench.catalogue.operations.insert(operation, nowMs);
      await bench.drain(id);
      return Buffer.from(place.files.get(pathOf(rome)) ?? []).toString();
    };
    expect(await harmAndAsk()).toBe('rome');
    await bench.addDrive('Blue');
    expect(await harmAndAsk()).toBe('rime');
    untilClock(22);
    await bench.drain(id);
    expect(Buffer.from(place.files.get(pathOf(rome)) ?? []).toString()).toBe('rome');
  });

  it('has no more read back than was begun when they are over, and the rest the next night', async () => {
    for (const name of ['Rome', 'Oslo']) await bench.hold(`${name}.mp4`, name.repeat(10 * mebibyte));
    const { id } = await bench.addDrive('Cloud', { ...nights, promiseDays: 1 });
    await bench.at(id, 'mirror-now');
    bench.places.book.note(id, { bytesPerSecond: 1 });
    bench.clock.advance(2 * 24 * 60 * minuteMs);
    untilClock(6);
    onProve = () => untilClock(8);
    const words = '1 proven, 0 bad, goes on';
    expect(await bench.at(id, 'scrub')).toMatchObject({ kind: 'read-back', words });
    const counted = () => bench.catalogue.proofs.longestUnread(id, bench.clock.nowMs(), 9);
    const oldMs = bench.clock.nowMs() - 24 * 60 * minuteMs;
    const unread = () => counted().filter(({ provenAtMs }) => (provenAtMs ?? 0) < oldMs);
    expect(unread()).toHaveLength(1);
    onProve = () => {};
    untilClock(22);
    await bench.drain(id);
    expect(unread()).toHaveLength(0);
  });
});

it('a place without hours works at any time', async () => {
  await bench.hold('Rome.mp4', 'rome');
  const { id, place } = await bench.addDrive('Blue');
  expect(blobs(place)).toHaveLength(1);
  expect(bench.places.book.condition(id).waitsUntilMs).toBeNull();
});
