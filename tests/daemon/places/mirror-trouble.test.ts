import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { blobPath, type Digest } from '#core/digest.ts';
import { type FailureFacts, ReelholdError } from '#core/errors.ts';
import { placeLane } from '#core/operation.ts';
import type { Location } from '#core/ports/location.ts';
import { formatSegmentName } from '#core/segment-name.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
/** What the place answers to files of a path, in place of taking or giving them. */
let refuses: {
  putOf: (path: string) => Partial<FailureFacts> | null;
  readOf: (path: string) => boolean;
  proveOf: (path: string) => Partial<FailureFacts> | null;
};
let largestFileBytes: number | null;
const asked: string[] = [];
let proofs = 0;

const wrap = (location: Location): Location => ({
  ...location,
  async look(signal) {
    const presence = await location.look(signal);
    return presence.kind === 'present' ? { ...presence, largestFileBytes } : presence;
  },
  async put(files, context) {
    const outcomes = [];
    for (const file of files) {
      asked.push(file.path);
      const facts = refuses.putOf(file.path);
      if (facts === null) outcomes.push(...(await location.put([file], context)));
      else {
        const error = new ReelholdError(
          { kind: 'io', operation: 'copy', object: file.path, ...facts },
          'it says no',
        );
        outcomes.push({ kind: 'failed', error } as const);
      }
    }
    return outcomes;
  },
  async prove(files, context) {
    const findings = await location.prove(files, context);
    return findings.map((finding, index) => {
      const object = files[index]?.path ?? '';
      const facts = refuses.proveOf(object);
      if (facts === null) return finding;
      proofs += 1;
      const error = new ReelholdError({ kind: 'io', operation: 'read back', object, ...facts }, 'it says no');
      return { kind: 'unknown', error };
    });
  },
  async read(path, signal) {
    if (!refuses.readOf(path)) return location.read(path, signal);
    throw new ReelholdError({ kind: 'io', operation: 'read', object: path }, 'the disk reports an error');
  },
});

let bench: PlaceBench;
beforeEach(() => {
  refuses = { putOf: () => null, readOf: () => false, proveOf: () => null };
  proofs = 0;
  largestFileBytes = null;
  asked.length = 0;
  bench = openPlaceBench(join(folder.path, 'here'), pool, { wrap, openMe: '<p>all videos</p>' });
});
afterEach(() => bench[Symbol.dispose]());

const pathOf = (digest: Digest) => blobPath({ digest, ext: 'mp4' });
const segments = () => readdirSync(join(bench.vaultDir, 'journal'));
const asInVault = (path: string) => readFileSync(join(bench.vaultDir, path));
const flipped = (bytes: Uint8Array) =>
  Uint8Array.from(bytes, (byte, index) => (index === 9 ? byte ^ 1 : byte));
const dueMs = (id: string) => bench.catalogue.operations.nextDueMs(placeLane(id));
const said = () => bench.log.lines.map(({ message }) => message);

describe('one file that cannot be brought', () => {
  it('keeps neither the others nor the journal and the papers away; it is tried again', async () => {
    const { id, place } = await bench.addDrive('Blue');
    const rome = await bench.hold('Rome.mp4', 'rome');
    const oslo = await bench.hold('Oslo.mp4', 'oslo');
    for (const path of ['README.txt', 'restore.sh']) place.files.delete(path);
    refuses.putOf = (path) => (path === pathOf(rome) ? {} : null);
    expect(await bench.at(id, 'mirror')).toBeNull();
    expect(place.files.has(pathOf(oslo))).toBe(true);
    for (const name of segments()) expect(place.files.has(`journal/${name}`)).toBe(true);
    expect(place.files.has('restore.sh')).toBe(true);
    expect(bench.places.book.condition(id)).toMatchObject({ safeToUnplug: false });
    expect(said()).toContain('An operation failed; it is tried again later.');
    refuses.putOf = () => null;
    bench.clock.advance(60_000);
    await bench.drain(id);
    expect(place.files.has(pathOf(rome))).toBe(true);
    expect(bench.places.book.condition(id)).toMatchObject({ safeToUnplug: true });
  });

  it('is not even tried where it is larger than any that the drive can hold, which is said', async () => {
    largestFileBytes = 1000;
    const { id, place } = await bench.addDrive('Blue');
    const big = await bench.hold('Big.mp4', 'x'.repeat(1001));
    const fits = await bench.hold('Fits.mp4', 'x'.repeat(1000));
    expect(await bench.at(id, 'mirror')).toMatchObject({ copied: 1, left: 1, tooLargeFiles: 1 });
    expect(asked).toContain(pathOf(fits));
    expect(asked).not.toContain(pathOf(big));
    expect(place.files.has('OPEN-ME.html') || place.files.has('README.txt')).toBe(true);
    expect(bench.places.book.condition(id)).toMatchObject({ tooLargeFiles: 1, safeToUnplug: false });
    largestFileBytes = null;
    expect(await bench.at(id, 'mirror')).toMatchObject({ copied: 1, left: 0, tooLargeFiles: 0 });
  });

  it('keeps nothing that is behind it waiting, however many there are of it', async () => {
    bench[Symbol.dispose]();
    bench = openPlaceBench(join(folder.path, 'small pages'), pool, { wrap, pageSize: 2 });
    largestFileBytes = 1000;
    const { id, place } = await bench.addDrive('Blue');
    for (let n = 0; n < 5; n += 1) await bench.hold(`Big ${n}.mp4`, `${n}`.repeat(1001));
    const fits = await bench.hold('Fits.mp4', 'fits');
    bench.clock.advance(1000);
    await bench.hold('Big 9.mp4', '9'.repeat(1001));
    expect(await bench.at(id, 'mirror')).toMatchObject({ copied: 1, tooLargeFiles: 6 });
    expect(place.files.has(pathOf(fits))).toBe(true);
  });

  it('is not sent again where the place found it too large, nor is one that is larger, for a week', async () => {
    const { id } = await bench.addDrive('Cloud', { placeKind: 'remote' });
    const big = await bench.hold('Big.mp4', 'x'.repeat(500));
    refuses.putOf = (path) => (path === pathOf(big) ? { kind: 'too-large' } : null);
    await bench.at(id, 'mirror');
    const larger = await bench.hold('Larger.mp4', 'y'.repeat(501));
    const smaller = await bench.hold('Smaller.mp4', 'z'.repeat(499));
    asked.length = 0;
    expect(await bench.at(id, 'mirror')).toMatchObject({ copied: 1, tooLargeFiles: 2 });
    expect(asked).toContain(pathOf(smaller));
    for (const digest of [big, larger]) expect(asked).not.toContain(pathOf(digest));
    bench.clock.advance(8 * dayMs);
    refuses.putOf = () => null;
    expect(await bench.at(id, 'mirror')).toMatchObject({ copied: 2, tooLargeFiles: 0 });
  });

  it('is no failure where the place says that it takes none as large, though nobody knew', async () => {
    const { id } = await bench.addDrive('Blue');
    const big = await bench.hold('Big.mp4', 'big');
    refuses.putOf = (path) => (path === pathOf(big) ? { kind: 'too-large' } : null);
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'mirrored', left: 1, tooLargeFiles: 1 });
  });
});

describe('a place that takes no more for a while', () => {
  const hold = async (count: number) => {
    for (let n = 0; n < count; n += 1) await bench.hold(`Film ${n}.mp4`, `film ${n}`);
  };
  const blobsAsked = () => asked.filter((path) => path.startsWith('blobs/'));

  it('is left alone until the time that it said, though more comes; then it goes on by itself', async () => {
    const { id, place } = await bench.addDrive('Cloud', { placeKind: 'remote' });
    await hold(3);
    const retryAtMs = bench.clock.nowMs() + 4 * 3_600_000;
    refuses.putOf = (path) => (path.startsWith('blobs/') ? { kind: 'busy', retryAtMs } : null);
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'away', reason: 'quota' });
    expect(bench.places.book.condition(id)).toMatchObject({ restsUntilMs: retryAtMs });
    expect(dueMs(id)).toBe(retryAtMs);

    asked.length = 0;
    await bench.hold('Another.mp4', 'another');
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'waits', untilMs: retryAtMs });
    expect(blobsAsked()).toEqual([]);

    refuses.putOf = () => null;
    bench.clock.advance(4 * 3_600_000);
    await bench.drain(id);
    expect([...place.files.keys()].filter((path) => path.startsWith('blobs/'))).toHaveLength(4);
    expect(bench.places.book.condition(id)).toMatchObject({ restsUntilMs: null });
  });

  it('is asked once a day where it wants to be left alone for longer', async () => {
    const { id } = await bench.addDrive('Cloud', { placeKind: 'remote' });
    await hold(1);
    const retryAtMs = bench.clock.nowMs() + 40 * dayMs;
    refuses.putOf = (path) => (path.startsWith('blobs/') ? { kind: 'busy', retryAtMs } : null);
    await bench.at(id, 'mirror');
    expect(dueMs(id)).toBeLessThanOrEqual(bench.clock.nowMs() + dayMs);
    expect(dueMs(id)).toBeGreaterThan(bench.clock.nowMs() + dayMs - 60_000);
  });

  it('is asked at once where the owner wants it, and where the clock turns out to have been wrong', async () => {
    const { id } = await bench.addDrive('Cloud', { placeKind: 'remote' });
    await hold(1);
    bench.places.book.note(id, { restsUntilMs: bench.clock.nowMs() + 40 * dayMs });
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'mirrored', left: 0 });
    await bench.hold('Another.mp4', 'another');
    bench.places.book.note(id, { restsUntilMs: bench.clock.nowMs() + 3_600_000 });
    expect(await bench.at(id, 'mirror-now')).toMatchObject({ kind: 'mirrored', left: 0 });
  });
});

describe('a place that lets nothing more be read for a while', () => {
  it('is brought what is new all the same', async () => {
    await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Cloud', { placeKind: 'remote', promiseDays: 1 });
    bench.clock.advance(2 * dayMs);
    const retryAtMs = bench.clock.nowMs() + 4 * 3_600_000;
    refuses.proveOf = (path) => (path.startsWith('blobs/') ? { kind: 'busy', retryAtMs } : null);
    await bench.at(id, 'scrub');
    const oslo = await bench.hold('Oslo.mp4', 'oslo');
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'mirrored' });
    expect(place.files.has(pathOf(oslo))).toBe(true);
  });

  it('is not asked again and again where the time that it named has passed', async () => {
    await bench.hold('Rome.mp4', 'rome');
    const { id } = await bench.addDrive('Cloud', { placeKind: 'remote', promiseDays: 1 });
    bench.clock.advance(2 * dayMs);
    const retryAtMs = bench.clock.nowMs() - 1;
    refuses.proveOf = (path) => (path.startsWith('blobs/') ? { kind: 'busy', retryAtMs } : null);
    await bench.at(id, 'scrub');
    expect(proofs).toBeLessThan(5);
  });
});

describe('the journal at a place', () => {
  it('comes there, and what people look at too, but for a segment that the vault’s disk cannot read', async () => {
    await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    const [worn = '', ...others] = segments();
    const file = join(bench.vaultDir, 'journal', worn);
    renameSync(file, join(bench.vaultDir, 'staging', worn));
    mkdirSync(file);
    for (const name of segments()) place.files.delete(`journal/${name}`);
    place.files.delete('restore.sh');
    await bench.at(id, 'mirror');
    expect(others.length).toBeGreaterThan(0);
    for (const name of others) expect(place.files.has(`journal/${name}`)).toBe(true);
    expect(place.files.has('restore.sh')).toBe(true);
  });

  it('is put right where a part of it was cut off, segment and index', async () => {
    await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    const [name = ''] = segments();
    const index = `index/${name.replace('.jsonl', '.tsv')}`;
    place.files.set(`journal/${name}`, asInVault(`journal/${name}`).subarray(0, 20));
    place.files.set(index, new Uint8Array(3));
    expect(await bench.at(id, 'mirror')).toMatchObject({ left: 0 });
    for (const path of [`journal/${name}`, index]) expect(place.files.get(path)).toEqual(asInVault(path));
    expect(place.keptAside).toHaveLength(2);
  });

  it('is read back within the place’s promise, and what went bad there is replaced', async () => {
    await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue', { promiseDays: 10 });
    for (const name of segments()) place.files.set(`journal/${name}`, flipped(asInVault(`journal/${name}`)));
    for (let day = 0; day < 10; day += 1) {
      bench.clock.advance(dayMs);
      await bench.at(id, 'mirror');
    }
    for (const name of segments())
      expect(place.files.get(`journal/${name}`)).toEqual(asInVault(`journal/${name}`));
  });

  it('mends the vault’s own where that is damaged', async () => {
    await bench.hold('Rome.mp4', 'rome');
    const { id } = await bench.addDrive('Blue');
    const [name = ''] = segments();
    const file = join(bench.vaultDir, 'journal', name);
    const whole = readFileSync(file);
    writeFileSync(join(bench.vaultDir, 'staging', 'damaged'), whole.subarray(0, 20));
    renameSync(join(bench.vaultDir, 'staging', 'damaged'), file);
    await bench.at(id, 'mirror');
    expect(readFileSync(file)).toEqual(whole);
  });

  it('is brought though a segment of another installation’s cannot be read there', async () => {
    const { id, place } = await bench.addDrive('Blue');
    await bench.hold('Rome.mp4', 'rome');
    const name = formatSegmentName({ writer: 'ba9876543210', seq: 99, hash: '0'.repeat(64) });
    place.files.set(`journal/${name}`, new Uint8Array(9));
    refuses.readOf = (path) => path === `journal/${name}`;
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'mirrored', left: 0 });
    expect(said()).toContain('A part of the journal at a place cannot be read.');
  });
});
