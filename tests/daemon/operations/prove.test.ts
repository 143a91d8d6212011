import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalRecord } from '#core/journal-record.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import { createProve } from '#daemon/operations/prove.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { runHandler } from '#tests/support/operations.ts';
import { proving, type VaultProverDeps } from '#tests/support/provers.ts';
import { readJournal } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
beforeEach(() => {
  archive = openMemoryArchive(folder.path);
});
afterEach(() => archive[Symbol.dispose]());

const ref = (bytes: string) => ({ digest: digestOf(bytes), ext: 'mp4' });
const copy = (bytes: string) => archive.catalogue.archive.copy(digestOf(bytes), location);
const prove = (change: Partial<VaultProverDeps> = {}, signal?: AbortSignal) =>
  runHandler(createProve(proving({ ...archive, ...change })), location, signal);
const events = async () =>
  (await readJournal(archive.journal)).filter(
    (record): record is Extract<JournalRecord, { kind: 'event' }> => record.kind === 'event',
  );

describe('proving', () => {
  it('reads every new copy back, once, and writes that into the journal', async () => {
    await archive.take('Rome.mp4', 'a');
    await archive.take('Oslo.mp4', 'b');
    expect(await prove()).toBe('2 proven, 0 bad');
    for (const bytes of ['a', 'b'])
      expect(copy(bytes)).toMatchObject({ state: 'present', provenAtMs: expect.any(Number) });
    const [event, ...others] = await events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ event: 'fixity check', location, outcome: 'success' });
    expect(event?.digests.toSorted()).toEqual([digestOf('a'), digestOf('b')].sort());
    expect(await prove()).toBe('0 proven, 0 bad');
    expect(await events()).toHaveLength(1);
  });

  it('of nothing writes nothing', async () => {
    expect(await prove()).toBe('0 proven, 0 bad');
    expect(await archive.journal.list()).toEqual([]);
  });

  it('finds what is damaged and what is gone, says so, and goes on', async () => {
    for (const bytes of ['good', 'bad!', 'gone']) await archive.take(`${bytes}.mp4`, bytes);
    archive.store.damage(ref('bad!'));
    archive.store.lose(ref('gone'));
    expect(await prove()).toBe('1 proven, 2 bad');
    expect(copy('good')).toMatchObject({ state: 'present', provenAtMs: expect.any(Number) });
    expect(copy('bad!')).toMatchObject({ state: 'corrupt', provenAtMs: null });
    expect(copy('gone')).toMatchObject({ state: 'missing', provenAtMs: null });
    expect((await events()).map(({ outcome }) => outcome)).toEqual(['success', 'failure']);
    expect(archive.log.lines).toMatchObject([{ level: 'error', facts: { damaged: [digestOf('bad!')] } }]);
    expect(await prove()).toBe('0 proven, 0 bad');
  });

  it('takes many in portions, and none twice', async () => {
    await Promise.all(
      Array.from({ length: 450 }, (_, index) => archive.take(`Film ${index}.mp4`, `${index}`)),
    );
    expect(await prove()).toBe('450 proven, 0 bad');
    expect((await events()).map(({ digests }) => digests.length)).toEqual([200, 200, 50]);
  });

  it('gives way to files that are being taken', async () => {
    await archive.take('Rome.mp4', 'a');
    let isBusy = true;
    const proving = prove({ intake: { ...archive.intake, isBusy: () => isBusy } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(copy('a')?.provenAtMs).toBeNull();
    isBusy = false;
    expect(await proving).toBe('1 proven, 0 bad');
  });

  it('stops when it is told to', async () => {
    await archive.take('Rome.mp4', 'a');
    await expect(prove({}, AbortSignal.abort())).rejects.toMatchObject({ kind: 'aborted' });
    expect(copy('a')).toMatchObject({ state: 'present', provenAtMs: null });
    expect(await events()).toEqual([]);
  });

  it('never takes "could not be read" for "is damaged"', async () => {
    await archive.take('Rome.mp4', 'a');
    const away: BlobStore = {
      ...archive.store,
      verify: () => Promise.reject(new Error('the disk went away')),
    };
    await expect(prove({ store: away })).rejects.toThrow('the disk went away');
    expect(copy('a')).toMatchObject({ state: 'present', provenAtMs: null });
  });
});
