import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { blobPath, type Digest } from '#core/digest.ts';
import { type FailureKind, ReelholdError } from '#core/errors.ts';
import { placeLane } from '#core/operation.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { type BenchChange, openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
let bench: PlaceBench;
let listFails = false;
let isDiskHereFull = false;
/** A file that its place's disk cannot read, for as long as it is said; and how often it was asked for. */
let badSector: BadSector | null = null;
interface BadSector {
  readonly path: string;
  readonly kind: FailureKind;
  readonly isBad: () => boolean;
  reads: number;
}
const wrap: BenchChange['wrap'] = (location) => ({
  ...location,
  async prove(files, context) {
    const findings = await location.prove(files, context);
    return findings.map((finding, index) => {
      if (badSector === null || files[index]?.path !== badSector.path) return finding;
      badSector.reads += 1;
      if (!badSector.isBad()) return finding;
      const facts = { kind: badSector.kind, operation: 'read back', object: badSector.path } as const;
      return { kind: 'unknown', error: new ReelholdError(facts, 'the disk reports an error (EIO)') };
    });
  },
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
  badSector = null;
  bench = openPlaceBench(folder.path, pool, { wrap });
});
afterEach(() => bench[Symbol.dispose]());

const pathOf = (digest: Digest) => blobPath({ digest, ext: 'mp4' });
const refOf = (digest: Digest) => ({ digest, ext: 'mp4' });
const flip = (place: { files: Map<string, Uint8Array> }, digest: Digest) => {
  const bytes = Uint8Array.from(place.files.get(pathOf(digest)) ?? []);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  place.files.set(pathOf(digest), bytes);
};
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
    flip(blue, rome);
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
    flip(place, rome);
    bench.clock.advance(170 * dayMs);
    await bench.at(id, 'scrub');
    expect(Buffer.from(place.files.get(pathOf(rome)) ?? []).toString()).toBe('rome');
    expect(place.keptAside).toHaveLength(1);
    expect(bench.copy(rome, id)).toMatchObject({ state: 'present' });
    expect(bench.copy(rome, id)?.provenAtMs).not.toBeNull();
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
    flip(place, rome);
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

describe('a bad sector below a copy at a place', () => {
  /** A copy that its place cannot read, as a night found it out. */
  const withBadSector = async (change: Partial<BadSector> = {}) => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    flip(place, rome);
    const isBad = () => place.keptAside.length === 0;
    badSector = { path: pathOf(rome), kind: 'io', isBad, reads: 0, ...change };
    bench.clock.advance(170 * dayMs);
    await bench.at(id, 'scrub');
    return { rome, id, place };
  };
  const waitFor = async (id: string, minutes: number) => {
    for (let seconds = 0; seconds < 60 * minutes; seconds += 10) {
      bench.clock.advance(10_000);
      await bench.drain(id);
    }
  };
  const textOf = (place: { files: Map<string, Uint8Array> }, digest: Digest) =>
    Buffer.from(place.files.get(pathOf(digest)) ?? []).toString();

  it('is asked for some minutes, and then gives way to a good copy; what it held is kept aside', async () => {
    const { rome, id, place } = await withBadSector();
    await waitFor(id, 2);
    expect(bench.copy(rome, id)).toMatchObject({ state: 'unreachable', provenAtMs: null });
    expect(place.keptAside).toEqual([]);
    await waitFor(id, 8);
    expect(textOf(place, rome)).toBe('rome');
    expect(place.keptAside).toHaveLength(1);
    expect(bench.copy(rome, id)).toMatchObject({ state: 'present', provenAtMs: expect.any(Number) });
    expect(bench.catalogue.operations.nextDueMs(placeLane(id))).toBeNull();
  });

  it('that can be read after all leaves the copy as it is', async () => {
    const { rome, id, place } = await withBadSector({ isBad: () => (badSector?.reads ?? 0) <= 3 });
    flip(place, rome);
    await waitFor(id, 10);
    expect(bench.copy(rome, id)).toMatchObject({ state: 'present', provenAtMs: expect.any(Number) });
    expect(place.keptAside).toEqual([]);
    expect(badSector?.reads).toBe(4);
  });

  it('replaces nothing where the vault has no good bytes, and each night tries again', async () => {
    const { rome, id, place } = await withBadSector();
    bench.blobs.damage(refOf(rome));
    await waitFor(id, 10);
    await bench.drainVault();
    expect(place.keptAside).toEqual([]);
    expect(bench.copy(rome, id)).toMatchObject({ state: 'unreachable' });
    const before = badSector?.reads ?? 0;
    bench.clock.advance(dayMs);
    await bench.at(id, 'scrub');
    expect(badSector?.reads).toBeGreaterThan(before);
  });

  it('is not what it is where the place keeps us out: that is asked for as long as it takes', async () => {
    const { rome, id, place } = await withBadSector({ kind: 'denied' });
    await waitFor(id, 30);
    expect(place.keptAside).toEqual([]);
    expect(textOf(place, rome)).not.toBe('rome');
  });

  it('is seen to when a drive that was unplugged meanwhile comes back', async () => {
    const { rome, id, place } = await withBadSector();
    place.away = 'not-connected';
    await waitFor(id, 10);
    expect(place.keptAside).toEqual([]);
    expect(bench.catalogue.operations.nextDueMs(placeLane(id))).toBeNull();
    place.away = null;
    await bench.at(id, 'scrub'); // as whoever watches the places asks for it then
    await waitFor(id, 10);
    expect(textOf(place, rome)).toBe('rome');
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
    flip(place, rome);
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
    flip(place, rome);
    expect(await verified()).toMatchObject({ proven: 1, bad: 0 });
    expect(bench.copy(rome, id)).toMatchObject({ state: 'present' });
  });
});

describe('a rehearsal', () => {
  it('fetches videos from a place alone, and says how many came back', async () => {
    for (const name of ['Rome', 'Oslo', 'Paris']) await bench.hold(`${name}.mp4`, name);
    const { id } = await bench.addDrive('Blue');
    expect(await bench.at(id, 'drill')).toEqual({ kind: 'drilled', tried: 3, good: 3 });
    expect(bench.places.book.condition(id).drill).toMatchObject({ tried: 3, good: 3 });
    expect(bench.blobs.stagedCount()).toBe(0);
  });

  it('says where one did not, and has it seen to', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    flip(place, rome);
    expect(await bench.at(id, 'drill')).toEqual({ kind: 'drilled', tried: 1, good: 0 });
    expect(Buffer.from(place.files.get(pathOf(rome)) ?? []).toString()).toBe('rome');
  });

  it('says that nothing came back where what the kit says does not lead there, and blames no copy', async () => {
    bench[Symbol.dispose]();
    const facts = { kind: 'denied', operation: 'reach', object: 'it' } as const;
    const openByKit = () => Promise.reject(new ReelholdError(facts, 'another password'));
    bench = openPlaceBench(join(folder.path, 'kit'), pool, { openByKit });
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id } = await bench.addDrive('Blue');
    expect(await bench.at(id, 'drill')).toEqual({ kind: 'drilled', tried: 1, good: 0 });
    expect(bench.places.book.condition(id).drill).toMatchObject({ tried: 1, good: 0 });
    expect(bench.copy(rome, id)).toMatchObject({ state: 'present' });
    const said = bench.log.lines.filter(({ level }) => level === 'error');
    expect(said.map(({ message }) => message)).toEqual([
      'What the recovery kit says does not lead to a place. Make a new kit, and look whether it does.',
    ]);
  });

  it('blames no place for a disk that is full here: it fails, and is tried again', async () => {
    await bench.hold('Rome.mp4', 'rome');
    const { id } = await bench.addDrive('Blue');
    isDiskHereFull = true;
    const nowMs = bench.clock.nowMs();
    const operation = { kind: 'drill', lane: placeLane(id), subject: id, notBeforeMs: nowMs } as const;
    const drill = bench.catalogue.operations.insert(operation, nowMs);
    await bench.drain(id);
    expect(bench.catalogue.operations.get(drill)).toMatchObject({
      state: 'pending',
      error: expect.stringContaining('no space left on the disk'),
    });
    expect(bench.places.book.condition(id).drill ?? null).toBeNull();
  });
});
