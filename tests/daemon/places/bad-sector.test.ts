import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { blobPath, type Digest } from '#core/digest.ts';
import { type FailureKind, ReelholdError } from '#core/errors.ts';
import { placeLane } from '#core/operation.ts';
import type { PlaceWish } from '#core/plan-place.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { type BenchChange, flipCopy, openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
let bench: PlaceBench;
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
});
beforeEach(() => {
  badSector = null;
  bench = openPlaceBench(folder.path, pool, { wrap });
});
afterEach(() => bench[Symbol.dispose]());

const pathOf = (digest: Digest) => blobPath({ digest, ext: 'mp4' });
const refOf = (digest: Digest) => ({ digest, ext: 'mp4' });

describe('a bad sector below a copy at a place', () => {
  /** A copy that its place cannot read, as a night found it out. */
  const withBadSector = async (change: Partial<BadSector> = {}, wish: Partial<PlaceWish> = {}) => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue', wish);
    flipCopy(place, rome);
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

  it('at a remote has to be there for two days: what a service says may be an outage', async () => {
    const { rome, id, place } = await withBadSector({}, { placeKind: 'remote' });
    for (let hour = 0; hour < 47; hour += 1) {
      bench.clock.advance(3_600_000);
      await bench.drain(id);
    }
    expect(place.keptAside).toEqual([]);
    for (let hour = 0; hour < 3; hour += 1) {
      bench.clock.advance(3_600_000);
      await bench.drain(id);
    }
    expect(textOf(place, rome)).toBe('rome');
  });

  it('that can be read after all leaves the copy as it is', async () => {
    const { rome, id, place } = await withBadSector({ isBad: () => (badSector?.reads ?? 0) <= 3 });
    flipCopy(place, rome);
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
