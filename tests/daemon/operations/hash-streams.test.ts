import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQueries } from '#catalogue/queries.ts';
import type { MediaFacts, StreamHasher, StreamsOutcome } from '#core/ports/media.ts';
import { createHashStreams, requestStreams } from '#daemon/operations/hash-streams.ts';
import { digestOf } from '#tests/support/digests.ts';
import { type DiskArchive, openDiskArchive } from '#tests/support/disk-archive.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { runHandler } from '#tests/support/operations.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const pool = useHashPool();
let archive: DiskArchive;
let asked: string[];
beforeEach(() => {
  archive = openDiskArchive(folder.path, pool);
  asked = [];
});
afterEach(() => archive[Symbol.dispose]());

const facts: MediaFacts = {
  ...{ container: 'mp4', durationMs: 1000, width: 640, height: 360, rotationDegrees: 0 },
  ...{ videoCodec: 'h264', audioCodec: 'aac', frameRate: 25, recordedAtMs: null },
};

/** Files of text are a wrapper's name, a space, and what is wrapped. */
const textHasher: StreamHasher = {
  async hashStreams(file): Promise<StreamsOutcome> {
    const [wrapper, inside = ''] = readFileSync(file, 'utf8').split(' ');
    asked.push(`${wrapper} ${inside}`);
    if (wrapper === 'broken') return { kind: 'unreadable', detail: 'broken' };
    return { kind: 'hashes', hashes: [{ type: 'v', hex: inside }] };
  },
};

async function take(name: string, bytes: string): Promise<void> {
  await archive.take(name, bytes);
  archive.catalogue.media.setFacts(digestOf(bytes), facts, true);
}
const run = (changed: { isBusy?: () => boolean; hasher?: StreamHasher } = {}) =>
  runHandler(
    createHashStreams({
      ...archive,
      store: archive.blobs.store,
      intake: { isBusy: changed.isBusy ?? (() => false) },
      hasher: changed.hasher ?? textHasher,
    }),
    '',
  );
const twins = () =>
  createQueries(archive.database, archive.clock.nowMs)
    .latestVideos({ limit: 10, beforeSeq: null })
    .map(({ title, versions }) => `${title}: ${versions.flatMap((v) => v.twins.map((twin) => twin.title))}`)
    .sort();
const pending = (afterMs: number) =>
  archive.catalogue.operations.claim('media', archive.clock.nowMs() + afterMs);
const clearQueue = () => archive.database.sqlite.exec('DELETE FROM operations');

describe('a look at the streams of videos', () => {
  it('recognises the same picture in another wrapper, and reads each file once', async () => {
    await take('Rome.mp4', 'mp4 rome');
    await take('Roma.mov', 'mov rome');
    await take('Oslo.mp4', 'mp4 oslo');
    clearQueue();
    expect(await run()).toBe('3 done');
    expect(twins()).toEqual(['Oslo: ', 'Roma: Rome', 'Rome: Roma']);
    expect(await run()).toBe('0 done');
    expect(asked).toHaveLength(3);
  });

  it('says nothing of what cannot be read, and does not ask again', async () => {
    await take('One.mp4', 'broken rome');
    await take('Two.mp4', 'broken oslo');
    clearQueue();
    await run();
    expect(twins()).toEqual(['One: ', 'Two: ']);
    expect(await run()).toBe('0 done');
  });

  it('waits while files are taken', async () => {
    await take('Rome.mp4', 'mp4 rome');
    clearQueue();
    expect(await run({ isBusy: () => true })).toBe('0 done, goes on');
    expect(asked).toEqual([]);
    expect(pending(0)).toBeNull();
    expect(pending(60_000)).toMatchObject({ kind: 'hash-streams' });
  });

  it('makes way for posters', async () => {
    await take('Rome.mp4', 'mp4 rome');
    expect(await run()).toBe('0 done, goes on');
    expect(pending(0)).toMatchObject({ kind: 'probe' });
  });

  it('without the tool says nothing, and is tried again once it is there', async () => {
    await take('Rome.mp4', 'mp4 rome');
    clearQueue();
    const none: StreamHasher = { hashStreams: async () => ({ kind: 'unavailable', tool: 'ffmpeg' }) };
    expect(await run({ hasher: none })).toBe('unavailable');
    expect(await run()).toBe('1 done');
  });

  it('goes on with the others where one blob cannot be opened, and fails, to be tried again', async () => {
    await take('Rome.mp4', 'mp4 rome');
    await take('Oslo.mp4', 'mp4 oslo');
    archive.blobs.lose({ digest: digestOf('mp4 rome'), ext: 'mp4' });
    clearQueue();
    await expect(run()).rejects.toThrow('ENOENT');
    expect(asked).toEqual(['mp4 oslo']);
  });

  it('is asked for once, however many videos came', () => {
    requestStreams(archive.catalogue, 5);
    requestStreams(archive.catalogue, 9);
    const count = archive.database.sqlite.prepare('SELECT count(*) FROM operations').pluck();
    expect(count.get()).toBe(1);
  });
});
