import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobPath, type Digest } from '#core/digest.ts';
import { ReelholdError } from '#core/errors.ts';
import { createDiskJournal } from '#store/disk-journal.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { type BenchChange, openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { readJournal } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
const opened: PlaceBench[] = [];
const open = (name = 'here', change: BenchChange = {}) => {
  const bench = openPlaceBench(join(folder.path, name), pool, change);
  opened.push(bench);
  return bench;
};
let bench: PlaceBench;
beforeEach(() => {
  bench = open();
});
afterEach(() => {
  for (const one of opened.splice(0)) one[Symbol.dispose]();
});

const pathOf = (digest: Digest) => blobPath({ digest, ext: 'mp4' });
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
const events = async (one = bench) =>
  (await readJournal(createDiskJournal({ root: one.vaultDir }))).flatMap((record) =>
    record.kind === 'event' ? [record] : [],
  );

describe('bringing a place up to date', () => {
  it('brings every proven video, reads it back there, and says both in the journal', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    expect(text(place.files.get(pathOf(rome)))).toBe('rome');
    expect(bench.copy(rome, id)).toMatchObject({ state: 'present' });
    expect(bench.copy(rome, id)?.provenAtMs).not.toBeNull();
    const said = (await events()).filter(({ location }) => location === id);
    expect(said.map(({ event, outcome, digests }) => [event, outcome, digests])).toEqual([
      ['replication', 'success', [rome]],
      ['fixity check', 'success', [rome]],
    ]);
  });

  it('brings the whole journal with its indexes, its own last events too, and the way to restore', async () => {
    await bench.hold('Rome.mp4', 'rome');
    const { place } = await bench.addDrive('Blue');
    const names = await createDiskJournal({ root: bench.vaultDir }).list();
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) {
      expect(place.files.get(`journal/${name}`)).toEqual(readFileSync(join(bench.vaultDir, 'journal', name)));
      expect(place.files.has(`index/${name.replace('.jsonl', '.tsv')}`)).toBe(true);
    }
    expect(text(place.files.get('restore.sh'))).toMatch(/^#!\/bin\/sh/);
    expect(text(place.files.get('README.txt'))).toContain('THIS FOLDER HOLDS VIDEOS');
  });

  it('writes nothing where nothing is new', async () => {
    await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    const before = new Map(place.files);
    const segments = (await createDiskJournal({ root: bench.vaultDir }).list()).length;
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'mirrored', copied: 0, left: 0 });
    expect(place.files).toEqual(before);
    expect((await createDiskJournal({ root: bench.vaultDir }).list()).length).toBe(segments);
  });

  it('leaves alone what the vault has not proven yet, and what belongs elsewhere', async () => {
    await bench.take('Unproven.mp4', 'unproven');
    const { place } = await bench.addDrive('Blue');
    const blobs = () => [...place.files.keys()].filter((path) => path.startsWith('blobs/'));
    expect(blobs()).toEqual([]);
    const { place: drafts } = await bench.addDrive('Drafts', { roles: ['draft'] });
    await bench.hold('Rome.mp4', 'rome');
    for (const { location } of bench.catalogue.places.list()) await bench.at(location, 'mirror');
    expect(blobs()).toHaveLength(2);
    expect([...drafts.files.keys()].filter((path) => path.startsWith('blobs/'))).toEqual([]);
  });

  it('replaces what an upload that was killed left under its name', async () => {
    const { id, place } = await bench.addDrive('Blue');
    const rome = await bench.hold('Rome.mp4', 'rome in the rain');
    place.files.set(pathOf(rome), Buffer.from('rome in'));
    expect(await bench.at(id, 'mirror')).toMatchObject({ left: 0 });
    expect(text(place.files.get(pathOf(rome)))).toBe('rome in the rain');
    expect(place.keptAside.map(text)).toEqual(['rome in']);
    expect((await events()).map(({ event }) => event)).toContain('recovery');
  });

  it('replaces other bytes of the same size, once they were read', async () => {
    const { id, place } = await bench.addDrive('Blue');
    const rome = await bench.hold('Rome.mp4', 'rome');
    place.files.set(pathOf(rome), Buffer.from('rime'));
    expect(await bench.at(id, 'mirror')).toMatchObject({ left: 0 });
    expect(text(place.files.get(pathOf(rome)))).toBe('rome');
  });

  it('brings no bytes that went bad in the vault, and has the vault healed', async () => {
    const { id, place } = await bench.addDrive('Blue');
    const rome = await bench.hold('Rome.mp4', 'rome');
    const oslo = await bench.hold('Oslo.mp4', 'oslo');
    bench.blobs.damage({ digest: rome, ext: 'mp4' });
    expect(await bench.at(id, 'mirror')).toMatchObject({ copied: 1, left: 1 });
    expect(place.files.has(pathOf(rome))).toBe(false);
    expect(place.files.has(pathOf(oslo))).toBe(true);
    expect(bench.catalogue.operations.nextDueMs('vault')).not.toBeNull();
    expect(bench.copy(rome, id)).toBeNull();
  });

  it('fills a place as far as there is room, and says what does not fit', async () => {
    const { id, place } = await bench.addDrive('Blue');
    await bench.hold('Big.mp4', 'x'.repeat(3 * 1024 * 1024));
    const small = await bench.hold('Small.mp4', 'small');
    const used = [...place.files.values()].reduce((sum, { length }) => sum + length, 0);
    place.roomBytes = used + 65 * 1024 * 1024;
    const result = await bench.at(id, 'mirror');
    expect(result).toMatchObject({ copied: 1, left: 1, noRoomForBytes: 3 * 1024 * 1024 });
    expect(place.files.has(pathOf(small))).toBe(true);
    expect(bench.places.book.condition(id)).toMatchObject({ safeToUnplug: false });
  });

  it('says once that not all fits, however often it is tried', async () => {
    const { id, place } = await bench.addDrive('Blue');
    await bench.hold('Big.mp4', 'x'.repeat(3 * 1024 * 1024));
    const used = [...place.files.values()].reduce((sum, { length }) => sum + length, 0);
    place.roomBytes = used + 65 * 1024 * 1024;
    for (let time = 0; time < 3; time += 1) await bench.at(id, 'mirror');
    const warnings = bench.log.lines.filter(({ level }) => level === 'warn');
    expect(warnings.map(({ message }) => message)).toEqual([
      'A place is brought up to date, as far as there is room; finals come first.',
    ]);
    expect(bench.places.book.condition(id).noRoomForRoles).toEqual(['final']);
  });

  it('says once that there is little room to encrypt in, though all of it goes in smaller portions', async () => {
    const tight = open('small portions', { spoolBytes: () => 3 * 1024 * 1024 });
    const { id } = await tight.addDrive('Cloud', { placeKind: 'remote' });
    for (let round = 0; round < 2; round += 1) {
      for (const name of ['a', 'b'])
        await tight.hold(`${name}${round}.mp4`, `${name}${round}`.repeat(1024 * 1024));
      expect(await tight.at(id, 'mirror')).toMatchObject({ copied: 2, left: 0, noSpoolForBytes: 0 });
    }
    expect(tight.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('leaves out what there is no room here to encrypt, brings the rest, and goes on when there is', async () => {
    let spoolBytes = 2 * 1024 * 1024;
    const tight = open('tight', { spoolBytes: () => spoolBytes });
    const big = await tight.hold('Big.mp4', 'x'.repeat(3 * 1024 * 1024));
    const small = await tight.hold('Small.mp4', 'small');
    const { id, place } = await tight.addDrive('Cloud', { placeKind: 'remote' });
    expect(place.files.has(pathOf(small))).toBe(true);
    expect(place.files.has(pathOf(big))).toBe(false);
    expect(tight.places.book.condition(id)).toMatchObject({ noSpoolForBytes: 3 * 1024 * 1024 });
    spoolBytes *= 2;
    expect(await tight.at(id, 'mirror')).toMatchObject({ copied: 1, left: 0, noSpoolForBytes: 0 });
    expect(tight.places.book.condition(id)).toMatchObject({ noSpoolForBytes: 0 });
  });

  it('says that a drive may be unplugged when all of it is read back, and no longer when there is more', async () => {
    await bench.hold('Rome.mp4', 'rome');
    const { id } = await bench.addDrive('Blue');
    expect(bench.places.book.condition(id)).toMatchObject({
      safeToUnplug: true,
      noRoomForBytes: 0,
      work: null,
    });
    expect(bench.places.book.condition(id).upToDateMs).not.toBeNull();
  });

  it('goes on where it was when it is broken off', async () => {
    let calls = 0;
    const broken = open('broken', {
      wrap: (location) => ({
        ...location,
        async put(files, context) {
          calls += 1;
          if (calls === 2) throw new ReelholdError({ kind: 'io', operation: 'copy', object: 'it' }, 'pulled');
          return location.put(files, context);
        },
      }),
    });
    for (let n = 0; n < 3; n += 1) await broken.hold(`Film ${n}.mp4`, `film ${n}`);
    const { id, place } = await broken.addDrive('Blue');
    broken.clock.advance(60_000);
    await broken.drain(id);
    expect([...place.files.keys()].filter((path) => path.startsWith('blobs/'))).toHaveLength(3);
    expect(await broken.at(id, 'mirror')).toMatchObject({ copied: 0, left: 0 });
  });
});

describe('a place that is not the one that is meant', () => {
  it('is not written to, and its work waits without a failure', async () => {
    const { id, place } = await bench.addDrive('Blue');
    const rome = await bench.hold('Rome.mp4', 'rome');
    place.away = 'not-connected';
    expect(await bench.at(id, 'mirror')).toEqual({ kind: 'away', reason: 'not-connected', detail: null });
    expect(bench.copy(rome, id)).toBeNull();
    place.away = null;
    expect(await bench.at(id, 'mirror')).toMatchObject({ copied: 1 });
  });

  it('is told from it by its marks, though it stands in the same slot', async () => {
    const { id } = await bench.addDrive('Blue');
    const { place: green } = await bench.addDrive('Green');
    const before = new Map(green.files);
    bench.slots.set('Blue', green);
    await bench.hold('Rome.mp4', 'rome');
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'away', reason: 'another-place' });
    expect(green.files).toEqual(before);
  });

  it('loses no copy for that: what it holds stays as it was proven', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    const before = bench.copy(rome, id);
    place.away = 'empty-mount-point';
    for (const kind of ['mirror', 'list', 'scrub', 'drill']) await bench.at(id, kind);
    expect(bench.copy(rome, id)).toEqual(before);
  });

  it('is left alone while it is paused', async () => {
    const { id, place } = await bench.addDrive('Blue');
    await bench.changePlace({ kind: 'pause', name: 'Blue' });
    const before = new Map(place.files);
    await bench.hold('Rome.mp4', 'rome');
    expect(await bench.at(id, 'mirror')).toEqual({ kind: 'paused' });
    expect(place.files).toEqual(before);
    await bench.changePlace({ kind: 'resume', name: 'Blue' });
    await bench.drain(id);
    expect(place.files.size).toBeGreaterThan(before.size);
  });
});

describe('two installations with one place', () => {
  it('never write over each other: taking a place over is explicit, and brings what the other knew', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    const other = open('other', { writer: 'ba9876543210', slots: bench.slots });
    for (const [path, bytes] of place.files) {
      if (path.startsWith('journal/') || path.startsWith('index/'))
        writeFileSync(join(other.vaultDir, path), bytes);
    }
    await other.reconcile();
    expect(await other.at(id, 'mirror')).toMatchObject({ kind: 'away', reason: 'another-writer' });
    await other.changePlace({ kind: 'take-over', name: 'Blue' });
    await other.drain(id);
    await other.drainVault();
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'away', reason: 'another-writer' });
    expect(other.copy(rome, other.vault)).toMatchObject({ state: 'present' });
    expect(other.catalogue.archive.isHeld(rome)).toBe(true);

    const oslo = await other.hold('Oslo.mp4', 'oslo');
    await other.at(id, 'mirror');
    await bench.changePlace({ kind: 'take-over', name: 'Blue' });
    await bench.drain(id);
    await bench.drainVault();
    expect(bench.catalogue.archive.isHeld(oslo)).toBe(true);
    expect(bench.copy(oslo, bench.vault)).toMatchObject({ state: 'present' });
  });
});
