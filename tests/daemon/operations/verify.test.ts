import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '#core/digest.ts';
import { ReelholdError } from '#core/errors.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import { parseProofResult } from '#core/proof-result.ts';
import { createProve } from '#daemon/operations/prove.ts';
import { createVerify } from '#daemon/operations/verify.ts';
import { createWorker } from '#daemon/worker.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { runHandler } from '#tests/support/operations.ts';
import { proving } from '#tests/support/provers.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
let goodAgain: Digest[];
/** What was read back, in this order. */
let read: Digest[];
/** Copies that the disk reports an error on. */
let unreadable: Set<Digest>;
/** Told before each reading. */
let onRead: () => void;
beforeEach(() => {
  archive = openMemoryArchive(folder.path);
  goodAgain = [];
  read = [];
  unreadable = new Set();
  onRead = () => {};
});
afterEach(() => archive[Symbol.dispose]());

const ref = (bytes: string) => ({ digest: digestOf(bytes), ext: 'mp4' });
const copy = (bytes: string) => archive.catalogue.archive.copy(digestOf(bytes), location);
/** Takes these, and has the vault read them back a minute ago, so that all that is bad is known. */
const take = async (...contents: readonly string[]) => {
  await Promise.all(contents.map((bytes) => archive.take(`${bytes}.mp4`, bytes)));
  await runHandler(createProve(proving(archive)), location);
  later();
};
const later = () => archive.clock.advance(60_000);
/** As a night's check has found it. */
const know = (bytes: string, state: 'corrupt' | 'missing' | 'unreachable' | 'unknown') =>
  archive.catalogue.archive.setCopy({
    ...{ digest: digestOf(bytes), location, state, provenAtMs: null },
    listedAtMs: archive.clock.nowMs(),
  });
const reading: () => BlobStore = () => ({
  ...archive.store,
  verify: async (asked, signal) => {
    onRead();
    read.push(asked.digest);
    if (!unreadable.has(asked.digest)) return archive.store.verify(asked, signal);
    throw new ReelholdError({ kind: 'io', operation: 'read back', object: 'a file', side: 'vault' }, 'EIO');
  },
});
const begin = () => {
  const nowMs = archive.clock.nowMs();
  const operation = { kind: 'verify', lane: 'vault', subject: location, notBeforeMs: nowMs } as const;
  return archive.catalogue.operations.insert(operation, nowMs);
};
const goOn = async (signal = new AbortController().signal) => {
  const verify = createVerify({
    ...proving({ ...archive, store: reading() }),
    ...{ location, onGoodAgain: (digest: Digest) => goodAgain.push(digest) },
  });
  await createWorker({ ...archive, lane: 'vault', handlers: { verify, heal: async () => 'tried' } }).drain(
    signal,
  );
};
const verifyAll = async () => {
  const id = begin();
  await goOn();
  later();
  return parseProofResult(archive.catalogue.operations.get(id)?.result ?? '');
};

describe('reading everything back', () => {
  it('comes to the same each time while a copy is damaged or gone', async () => {
    await take('good', 'bad', 'gone');
    archive.store.damage(ref('bad'));
    archive.store.lose(ref('gone'));
    for (const _ of [1, 2, 3]) {
      expect(await verifyAll()).toMatchObject({ proven: 1, bad: 2, unread: 0 });
    }
    expect(copy('bad')).toMatchObject({ state: 'corrupt', provenAtMs: null });
    expect(copy('gone')).toMatchObject({ state: 'missing', provenAtMs: null });
  });

  it.each(['corrupt', 'missing', 'unreachable', 'unknown'] as const)(
    'finds a copy good again that was %s, and says so',
    async (state) => {
      await take('good', 'other');
      know('good', state);
      later();
      expect(await verifyAll()).toMatchObject({ proven: 2, bad: 0 });
      expect(copy('good')).toMatchObject({ state: 'present', provenAtMs: expect.any(Number) });
      expect(goodAgain).toEqual([digestOf('good')]);
    },
  );

  it('counts what the disk cannot read as bad, each time', async () => {
    await take('good', 'worn');
    unreadable.add(digestOf('worn'));
    for (const _ of [1, 2]) expect(await verifyAll()).toMatchObject({ proven: 1, bad: 1 });
    expect(copy('worn')).toMatchObject({ state: 'unreachable' });
  });

  it('reads what is there first, the longest unread before the others, then what was looked at longest ago', async () => {
    await take('a', 'b', 'c', 'd');
    for (const bytes of ['d', 'b']) {
      know(bytes, 'corrupt');
      later();
    }
    const proof = { digest: digestOf('c'), location, state: 'present', listedAtMs: 1 } as const;
    archive.catalogue.archive.setCopy({ ...proof, provenAtMs: 5 });
    await verifyAll();
    expect(read).toEqual(['c', 'a', 'd', 'b'].map(digestOf));
  });

  it('comes to an end though the clock is set back meanwhile, and has read all of it once', async () => {
    await take('a', 'b', 'c');
    know('c', 'missing');
    later();
    onRead = () => {
      if (read.length === 0) archive.clock.advance(-3_600_000);
    };
    expect(await verifyAll()).toMatchObject({ proven: 3 });
    expect(read).toHaveLength(3);
  });

  it('goes on where it was stopped, and then has counted all of it', async () => {
    await take('good', 'bad', 'gone');
    for (const bytes of ['bad', 'gone']) {
      archive.store.lose(ref(bytes));
      know(bytes, 'missing');
      later();
    }
    const stop = new AbortController();
    const id = begin();
    later();
    onRead = () => {
      if (read.length === 2) stop.abort();
    };
    await goOn(stop.signal);
    expect(archive.catalogue.operations.get(id)).toMatchObject({ state: 'pending' });
    onRead = () => {};
    await goOn();
    expect(new Set(read).size).toBe(3);
    expect(parseProofResult(archive.catalogue.operations.get(id)?.result ?? '')).toMatchObject({ bad: 2 });
  });

  it('comes past a disk that cannot read many of them, a few each time', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `worn ${index}`);
    await take(...names);
    for (const name of names) unreadable.add(digestOf(name));
    const id = begin();
    for (let turn = 0; turn < 3; turn += 1) {
      await goOn();
      archive.clock.advance(30 * 60_000);
    }
    expect(new Set(read).size).toBe(20);
    expect(parseProofResult(archive.catalogue.operations.get(id)?.result ?? '')).toMatchObject({ bad: 20 });
  });
});
