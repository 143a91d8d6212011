import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { blobPath, type Digest } from '#core/digest.ts';
import { ReelholdError } from '#core/errors.ts';
import { placeLane } from '#core/operation.ts';
import { createDiskJournal } from '#store/disk-journal.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { type BenchChange, flipCopy, openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { readJournal } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
let bench: PlaceBench;
let listFails = false;
let isDiskHereFull = false;
const wrap: BenchChange['wrap'] = (location) => ({
  ...location,
  async fetch(file, target, context) {
    if (!isDiskHereFull) return location.fetch(file, target, context);
    const facts = { kind: 'full', operation: 'write', object: target, side: 'vault' } as const;
    throw new ReelholdError(facts, 'no space left on the disk');
  },
  async *list(name, signal) {
    let count = 0;
    for await (const file of location.list(name, signal)) {
      count += 1;
      if (listFails && count > 1)
        throw new ReelholdError({ kind: 'io', operation: 'list', object: name }, 'it broke off');
      yield file;
    }
  },
});
beforeEach(() => {
  listFails = false;
  isDiskHereFull = false;
  bench = openPlaceBench(folder.path, pool, { wrap });
});
afterEach(() => bench[Symbol.dispose]());

const pathOf = (digest: Digest) => blobPath({ digest, ext: 'mp4' });
const refOf = (digest: Digest) => ({ digest, ext: 'mp4' });
const verify = (ref: { digest: Digest; ext: string }) =>
  bench.blobs.store.verify(ref, new AbortController().signal);

describe('what is damaged in the vault', () => {
  it.each(['damage', 'lose'] as const)('is healed from another place after a %s', async (harm) => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    await bench.addDrive('Blue');
    bench.blobs[harm](refOf(rome));
    const nowMs = bench.clock.nowMs();
    const operation = { kind: 'heal', lane: 'vault', subject: rome, notBeforeMs: nowMs } as const;
    bench.catalogue.operations.insert(operation, nowMs);
    await bench.drainVault();
    expect(await verify(refOf(rome))).toBe('good');
    expect(bench.copy(rome, bench.vault)).toMatchObject({ state: 'present' });
    expect(bench.blobs.quarantine().length).toBe(harm === 'damage' ? 1 : 0);
    expect(bench.blobs.stagedCount()).toBe(0);
  });

  it('is tried again, and not said to be lost, where there is no room for what a place has', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    await bench.addDrive('Blue');
    bench.blobs.lose(refOf(rome));
    isDiskHereFull = true;
    const nowMs = bench.clock.nowMs();
    const operation = { kind: 'heal', lane: 'vault', subject: rome, notBeforeMs: nowMs } as const;
    const id = bench.catalogue.operations.insert(operation, nowMs);
    await bench.drainVault();
    expect(bench.catalogue.operations.get(id)).toMatchObject({
      state: 'pending',
      error: expect.stringContaining('no space left on the disk'),
    });
    expect(bench.log.lines.map(({ message }) => message).join()).not.toContain('Put it into the inbox again');
    isDiskHereFull = false;
    bench.clock.advance(15_000);
    await bench.drainVault();
    expect(await verify(refOf(rome))).toBe('good');
  });

  it('takes no bad bytes from a place for good: the next place is asked', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    await bench.addDrive('Green');
    bench.clock.advance(dayMs);
    const { place: blue } = await bench.addDrive('Blue');
    flipCopy(blue, rome);
    bench.blobs.damage(refOf(rome));
    const nowMs = bench.clock.nowMs();
    bench.catalogue.operations.insert(
      { kind: 'heal', lane: 'vault', subject: rome, notBeforeMs: nowMs },
      nowMs,
    );
    await bench.drainVault();
    expect(await verify(refOf(rome))).toBe('good');
  });

  it('stays where it is while the drive that has it is in a drawer, and is healed when that comes', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    place.away = 'not-connected';
    bench.blobs.damage(refOf(rome));
    const nowMs = bench.clock.nowMs();
    bench.catalogue.operations.insert(
      { kind: 'heal', lane: 'vault', subject: rome, notBeforeMs: nowMs },
      nowMs,
    );
    await bench.drainVault();
    expect(await verify(refOf(rome))).toBe('corrupt');
    expect(bench.copy(rome, id)).toMatchObject({ state: 'present' });
    place.away = null;
    await bench.at(id, 'mirror');
    await bench.drainVault();
    expect(await verify(refOf(rome))).toBe('good');
  });

  it('is healed whole where the vault has lost every video', async () => {
    const digests = [await bench.hold('Rome.mp4', 'rome'), await bench.hold('Oslo.mp4', 'oslo')];
    const { id } = await bench.addDrive('Blue');
    for (const digest of digests) rmSync(join(bench.vaultDir, pathOf(digest)));
    await bench.reconcile();
    await bench.at(id, 'mirror');
    await bench.drainVault();
    for (const digest of digests) expect(await verify(refOf(digest))).toBe('good');
  });
});

describe('what is damaged at a place', () => {
  it('is found by reading it back, and replaced by the vault’s good bytes', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    flipCopy(place, rome);
    bench.clock.advance(170 * dayMs);
    await bench.at(id, 'scrub');
    expect(Buffer.from(place.files.get(pathOf(rome)) ?? []).toString()).toBe('rome');
    expect(place.keptAside).toHaveLength(1);
    expect(bench.copy(rome, id)).toMatchObject({ state: 'present' });
    expect(bench.copy(rome, id)?.provenAtMs).not.toBeNull();
    const records = await readJournal(createDiskJournal({ root: bench.vaultDir }));
    const events = records.flatMap((one) => (one.kind === 'event' && one.location === id ? [one.event] : []));
    expect(events).toEqual(['replication', 'fixity check', 'fixity check', 'recovery', 'fixity check']);
  });

  it('is no part of what is complete there until it is mended; then the place is brought up to date', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    flipCopy(place, rome);
    const known = { digest: rome, location: id, state: 'corrupt', listedAtMs: 1, provenAtMs: null } as const;
    bench.catalogue.archive.setCopy(known);
    expect(await bench.at(id, 'mirror')).toMatchObject({ left: 0, damaged: 1 });
    expect(bench.places.book.condition(id)).toMatchObject({ safeToUnplug: false });
    await bench.at(id, 'scrub');
    expect(Buffer.from(place.files.get(pathOf(rome)) ?? []).toString()).toBe('rome');
    expect(bench.places.book.condition(id)).toMatchObject({ safeToUnplug: true });
  });

  it('is brought again where it is no longer listed', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    place.files.delete(pathOf(rome));
    expect(await bench.at(id, 'list')).toMatchObject({ kind: 'listed', files: 0, gone: 1 });
    expect(place.files.has(pathOf(rome))).toBe(true);
    expect(bench.copy(rome, id)).toMatchObject({ state: 'present' });
  });

  it('is not believed where the list broke off: nothing is missing then', async () => {
    const digests = [await bench.hold('Rome.mp4', 'rome'), await bench.hold('Oslo.mp4', 'oslo')];
    const { id } = await bench.addDrive('Blue');
    listFails = true;
    await bench.at(id, 'list');
    for (const digest of digests) expect(bench.copy(digest, id)).toMatchObject({ state: 'present' });
  });

  it('stays as it is where the vault has no good bytes either', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    flipCopy(place, rome);
    bench.blobs.damage(refOf(rome));
    bench.clock.advance(170 * dayMs);
    await bench.at(id, 'scrub');
    await bench.drainVault();
    await bench.drain(id);
    expect(bench.copy(rome, id)).toMatchObject({ state: 'corrupt', provenAtMs: null });
    expect(place.files.get(pathOf(rome))).toHaveLength(4);
    expect(place.keptAside).toEqual([]);
  });
});

describe('reading back at a place', () => {
  it('renews proofs, and a list never does', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id } = await bench.addDrive('Blue');
    const first = bench.copy(rome, id)?.provenAtMs ?? 0;
    bench.clock.advance(170 * dayMs);
    await bench.at(id, 'list');
    expect(bench.copy(rome, id)?.provenAtMs).toBe(first);
    expect(bench.copy(rome, id)?.listedAtMs).toBeGreaterThan(first);
    await bench.at(id, 'scrub');
    expect(bench.copy(rome, id)?.provenAtMs).toBeGreaterThan(first);
  });

  it('reads everything where that is asked for', async () => {
    for (const name of ['Rome', 'Oslo', 'Paris']) await bench.hold(`${name}.mp4`, name);
    const { id, place } = await bench.addDrive('Blue');
    const digest = [...place.files.keys()].find((path) => path.startsWith('blobs/')) ?? '';
    place.files.set(digest, Buffer.from('nonsense'));
    bench.clock.advance(60_000);
    const nowMs = bench.clock.nowMs();
    const operation = { kind: 'verify', lane: `location:${id}`, subject: id, notBeforeMs: nowMs } as const;
    const row = bench.catalogue.operations.insert(operation, nowMs);
    await bench.drain(id);
    expect(JSON.parse(bench.catalogue.operations.get(row)?.result ?? '')).toEqual({
      proven: 2,
      bad: 1,
      unread: 0,
      unmended: 0,
    });
  });

  it('reads what is known to be bad as well, and says so until it is good', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    bench.blobs.damage(refOf(rome)); // nothing can mend it
    flipCopy(place, rome);
    const verified = async () => {
      bench.clock.advance(60_000);
      const nowMs = bench.clock.nowMs();
      const operation = { kind: 'verify', lane: placeLane(id), subject: id, notBeforeMs: nowMs } as const;
      const row = bench.catalogue.operations.insert(operation, nowMs);
      await bench.drain(id);
      await bench.drainVault();
      return JSON.parse(bench.catalogue.operations.get(row)?.result ?? '') as unknown;
    };
    for (const _ of [1, 2]) expect(await verified()).toMatchObject({ proven: 0, bad: 1 });
    bench.clock.advance(60_000);
    expect(await bench.at(id, 'scrub')).toMatchObject({ words: '0 proven, 0 bad, 1 not mended yet' });
    flipCopy(place, rome);
    expect(await verified()).toMatchObject({ proven: 1, bad: 0 });
    expect(bench.copy(rome, id)).toMatchObject({ state: 'present' });
  });
});
