import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobPath, type Digest } from '#core/digest.ts';
import { ReelholdError } from '#core/errors.ts';
import { placeLane } from '#core/operation.ts';
import type { MediaFacts } from '#core/ports/media.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { type BenchChange, flipCopy, openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
let bench: PlaceBench;
let isDiskHereFull = false;
const wrap: BenchChange['wrap'] = (location) => ({
  ...location,
  async fetch(file, target, context) {
    if (!isDiskHereFull) return location.fetch(file, target, context);
    const facts = { kind: 'full', operation: 'write', object: target, side: 'vault' } as const;
    throw new ReelholdError(facts, 'no space left on the disk');
  },
});
beforeEach(() => {
  isDiskHereFull = false;
  bench = openPlaceBench(folder.path, pool, { wrap });
});
afterEach(() => bench[Symbol.dispose]());

const mediaFacts: MediaFacts = {
  ...{ container: 'mp4', durationMs: 9, width: 16, height: 9, rotationDegrees: 0, videoCodec: 'h264' },
  ...{ audioCodec: null, frameRate: 25, recordedAtMs: null },
};
const pathOf = (digest: Digest) => blobPath({ digest, ext: 'mp4' });

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
    flipCopy(place, rome);
    expect(await bench.at(id, 'drill')).toEqual({ kind: 'drilled', tried: 1, good: 0 });
    expect(Buffer.from(place.files.get(pathOf(rome)) ?? []).toString()).toBe('rome');
  });

  it('says that nothing came back where what the kit says does not lead there, and blames no copy', async () => {
    bench[Symbol.dispose]();
    const facts = { kind: 'unsupported', operation: 'reach', object: 'it' } as const;
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

  it('opens what could be opened before, and asks no more of all else than that it came back whole', async () => {
    bench[Symbol.dispose]();
    const probe = async () => ({ kind: 'unreadable', detail: 'no film' }) as const;
    bench = openPlaceBench(join(folder.path, 'opened'), pool, { probe });
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id } = await bench.addDrive('Blue');
    expect(await bench.at(id, 'drill')).toEqual({ kind: 'drilled', tried: 1, good: 1 });
    bench.catalogue.media.setProblem(rome, 'unreadable');
    expect(await bench.at(id, 'drill')).toEqual({ kind: 'drilled', tried: 1, good: 1 });
    bench.catalogue.media.setFacts(rome, mediaFacts, false);
    expect(await bench.at(id, 'drill')).toEqual({ kind: 'drilled', tried: 1, good: 0 });
  });

  it('blames no kit for what passes: it is tried again', async () => {
    bench[Symbol.dispose]();
    const facts = { kind: 'unreachable', operation: 'reach', object: 'it' } as const;
    let isPassing = true;
    bench = openPlaceBench(join(folder.path, 'passing'), pool, {
      async openByKit({ location }) {
        if (isPassing) throw new ReelholdError(facts, 'no answer in time');
        return { fetch: location.fetch, async [Symbol.asyncDispose]() {} };
      },
    });
    await bench.hold('Rome.mp4', 'rome');
    const { id } = await bench.addDrive('Blue');
    await bench.at(id, 'drill');
    expect(bench.places.book.condition(id).drill).toBeNull();
    isPassing = false;
    bench.clock.advance(60_000);
    await bench.drain(id);
    expect(bench.places.book.condition(id).drill).toMatchObject({ tried: 1, good: 1 });
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
