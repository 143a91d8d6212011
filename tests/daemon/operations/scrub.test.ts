import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQueries } from '#catalogue/queries.ts';
import { dayMs } from '#core/assess.ts';
import { ReelholdError } from '#core/errors.ts';
import type { JournalRecord } from '#core/journal-record.ts';
import type { ProofSettings } from '#core/plan-proof.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import { createScrub } from '#daemon/operations/scrub.ts';
import { createWorker } from '#daemon/worker.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { proving, type VaultProverDeps } from '#tests/support/provers.ts';
import { readJournal } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
let settings: ProofSettings;
beforeEach(() => {
  archive = openMemoryArchive(folder.path);
  settings = { promiseMs: 10 * dayMs, budgetBytes: null };
});
afterEach(() => archive[Symbol.dispose]());

const copy = (bytes: string) => archive.catalogue.archive.copy(digestOf(bytes), location);
/** Dates a copy's proof so many days back. */
const age = (bytes: string, days: number) => {
  const copyRow = { digest: digestOf(bytes), location, state: 'present', listedAtMs: 1 } as const;
  archive.catalogue.archive.setCopy({ ...copyRow, provenAtMs: archive.clock.nowMs() - days * dayMs });
};
/** Takes films of these ages in days, each of 1000 bytes that begin with its number. */
const films = async (...ages: readonly number[]) => {
  const contents = ages.map((_, index) => `${index} `.padEnd(1000, 'x'));
  await Promise.all(contents.map((bytes, index) => archive.take(`Film ${index}.mp4`, bytes)));
  for (const [index, bytes] of contents.entries()) age(bytes, ages[index] ?? 0);
  clearLane();
  return contents;
};
const clearLane = () => archive.database.sqlite.exec('DELETE FROM operations');
const insert = (subject = '') => {
  const nowMs = archive.clock.nowMs();
  const operation = { kind: 'scrub', lane: 'vault', subject, notBeforeMs: nowMs } as const;
  return archive.catalogue.operations.insert(operation, nowMs);
};
type Change = Partial<Parameters<typeof createScrub>[0] & VaultProverDeps>;
const scrubWith = (change: Change = {}) =>
  createScrub({
    ...proving({ ...archive, ...change }),
    ...{ location, settings: () => settings },
    notePace: (pace) => archive.catalogue.notes.setCondition('proofs', pace, archive.clock.nowMs()),
    ...change,
  });
/** Runs the lane until nothing is due, as a daemon does; gives what the night's scrub came to. */
const night = async (change: Change = {}, signal?: AbortSignal) => {
  const id = insert();
  await drain(change, signal);
  return archive.catalogue.operations.get(id);
};
const drain = (change: Change = {}, signal?: AbortSignal) => {
  const scrub = scrubWith(change);
  const worker = createWorker({
    ...archive,
    lane: 'vault',
    handlers: { scrub, other: async () => undefined },
  });
  return worker.drain(signal ?? new AbortController().signal);
};
const events = async () =>
  (await readJournal(archive.journal)).filter(
    (record): record is Extract<JournalRecord, { kind: 'event' }> => record.kind === 'event',
  );
const queue = () =>
  archive.database.sqlite
    .prepare("SELECT kind, subject FROM operations WHERE state = 'pending' AND kind <> 'library' ORDER BY id")
    .all();
/** A store that does as it is told when a blob is read back. */
const reading = (verify: (bytes: string) => void): BlobStore => ({
  ...archive.store,
  verify: async (ref, signal) => {
    for await (const chunk of archive.store.read(ref)) verify(Buffer.from(chunk).toString());
    return archive.store.verify(ref, signal);
  },
});
const ioError = () => {
  throw new ReelholdError({ kind: 'io', operation: 'read back', object: 'a file', side: 'vault' }, 'EIO');
};

describe('a night', () => {
  it('reads a share, the longest unread first, and writes it into the journal as one event', async () => {
    settings = { promiseMs: 90 * dayMs, budgetBytes: null };
    const contents = await films(...Array.from({ length: 120 }, (_, index) => 60 - index / 4));
    expect(await night()).toMatchObject({ state: 'done', result: '2 proven, 0 bad' });
    const read = contents.filter((bytes) => (copy(bytes)?.provenAtMs ?? 0) > archive.clock.nowMs() - dayMs);
    expect(read).toEqual(contents.slice(0, 2));
    expect(await events()).toMatchObject([
      { event: 'fixity check', outcome: 'success', digests: read.map(digestOf) },
    ]);
  });

  it('of a small archive reads nothing, and writes nothing', async () => {
    settings = { promiseMs: 90 * dayMs, budgetBytes: null };
    await films(10, 40, 70);
    const before = await archive.journal.list();
    expect(await night()).toMatchObject({ result: '0 proven, 0 bad' });
    expect(await archive.journal.list()).toEqual(before);
  });

  it('reads what is at the end of its promise however small the archive is', async () => {
    settings = { promiseMs: 90 * dayMs, budgetBytes: null };
    const [old, young] = await films(89, 10);
    expect(await night()).toMatchObject({ result: '1 proven, 0 bad' });
    expect(copy(old ?? '')?.provenAtMs).toBeGreaterThan(archive.clock.nowMs() - dayMs);
    expect(copy(young ?? '')?.provenAtMs).toBeLessThan(archive.clock.nowMs() - 9 * dayMs);
  });

  it('keeps the budget, and the next one goes on where it ended', async () => {
    const contents = await films(...Array.from({ length: 20 }, () => 95));
    settings = { promiseMs: 10 * dayMs, budgetBytes: 6500 };
    for (let turn = 1; turn <= 3; turn += 1) {
      expect((await night())?.result).toBe('6 proven, 0 bad');
      archive.clock.advance(dayMs);
    }
    const read = (await events()).flatMap(({ digests }) => digests);
    expect(new Set(read).size).toBe(18);
    expect(contents.map(digestOf)).toEqual(expect.arrayContaining(read));
  });

  it('believes no proof of the far future: it reads them again, within the night’s bounds, and once', async () => {
    const contents = await films(...Array.from({ length: 40 }, () => -3650));
    settings = { promiseMs: 10 * dayMs, budgetBytes: 15_000 };
    for (const left of [25, 10, 0, 0]) {
      await night();
      const isAhead = (bytes: string) => (copy(bytes)?.provenAtMs ?? 0) > archive.clock.nowMs() + dayMs;
      expect(contents.filter(isAhead)).toHaveLength(left);
    }
    expect((await events()).flatMap(({ digests }) => digests)).toHaveLength(40);
  });

  it('makes way for other work between two batches, and then goes on within the same budget', async () => {
    await films(...Array.from({ length: 450 }, () => 95));
    settings = { promiseMs: 10 * dayMs, budgetBytes: 410_000 };
    const id = insert();
    let reads = 0;
    const store = reading(() => {
      reads += 1;
      const nowMs = archive.clock.nowMs();
      const operation = { kind: 'other', lane: 'vault', subject: '', notBeforeMs: nowMs } as const;
      if (reads === 100) archive.catalogue.operations.insert(operation, nowMs);
    });
    await drain({ store });
    expect(archive.catalogue.operations.get(id)?.result).toBe('200 proven, 0 bad, goes on');
    const done = archive.database.sqlite.prepare('SELECT kind, result FROM operations ORDER BY id').all();
    expect(done).toEqual([
      { kind: 'scrub', result: '200 proven, 0 bad, goes on' },
      { kind: 'other', result: null },
      { kind: 'scrub', result: '210 proven, 0 bad' },
    ]);
    expect((await events()).map(({ digests }) => digests.length)).toEqual([200, 200, 10]);
  });
});

describe('a scrub that is stopped', () => {
  it('has recorded what it read, and goes on from there', async () => {
    await films(...Array.from({ length: 20 }, () => 95));
    const stop = new AbortController();
    let reads = 0;
    const store = reading(() => {
      reads += 1;
      if (reads === 8) stop.abort();
    });
    expect(await night({ store }, stop.signal)).toMatchObject({ state: 'pending' });
    expect((await events()).map(({ digests }) => digests.length)).toEqual([7]);
    await drain();
    expect((await events()).map(({ digests }) => digests.length)).toEqual([7, 13]);
  });

  it('by a kill has lost nothing but the batch it was at, and does not begin its budget again', async () => {
    await films(...Array.from({ length: 450 }, () => 95));
    settings = { promiseMs: 10 * dayMs, budgetBytes: 300_000 };
    let reads = 0;
    const never = new Promise<never>(() => {});
    const store: BlobStore = {
      ...archive.store,
      verify: (ref, signal) => {
        reads += 1;
        return reads > 250 ? never : archive.store.verify(ref, signal);
      },
    };
    insert();
    void drain({ store });
    while (reads <= 250) await new Promise(setImmediate);
    expect(archive.catalogue.operations.recover()).toBe(1);
    await drain();
    expect((await events()).map(({ digests }) => digests.length)).toEqual([200, 100]);
  });
});

describe('what a scrub finds', () => {
  it('damaged or gone becomes an operation to heal it, and an event', async () => {
    const [good, bad, gone] = await films(95, 95, 95);
    archive.store.damage({ digest: digestOf(bad ?? ''), ext: 'mp4' });
    archive.store.lose({ digest: digestOf(gone ?? ''), ext: 'mp4' });
    insert();
    const scrub = scrubWith();
    await createWorker({ ...archive, lane: 'vault', handlers: { scrub, heal: async () => 'tried' } }).drain(
      new AbortController().signal,
    );
    expect([good, bad, gone].map((bytes) => copy(bytes ?? '')?.state)).toEqual([
      'present',
      'corrupt',
      'missing',
    ]);
    const healed = archive.database.sqlite
      .prepare("SELECT subject FROM operations WHERE kind = 'heal'")
      .all();
    expect(healed).toHaveLength(2);
    expect(healed).toEqual(
      expect.arrayContaining([bad, gone].map((bytes) => ({ subject: digestOf(bytes ?? '') }))),
    );
    expect((await events()).map(({ outcome, digests }) => [outcome, digests.length])).toEqual([
      ['success', 1],
      ['failure', 2],
    ]);
  });

  it('not readable is no damage: it is unproven, tried again soon, and not in the journal', async () => {
    const [bad, good] = await films(95, 94);
    const store = reading((bytes) => bytes === bad && ioError());
    expect(await night({ store })).toMatchObject({ state: 'done', result: '1 proven, 1 bad' });
    expect(copy(bad ?? '')).toMatchObject({ state: 'unreachable', provenAtMs: null });
    expect(copy(good ?? '')).toMatchObject({ state: 'present' });
    expect(queue()).toEqual([{ kind: 'heal', subject: digestOf(bad ?? '') }]);
    expect(archive.catalogue.operations.nextDueMs('vault')).toBeGreaterThan(archive.clock.nowMs() + 5_000);
    expect((await events()).map(({ outcome }) => outcome)).toEqual(['success']);
  });

  it('to be a disk that reports one error after the other makes it rest: not every copy is tried in vain', async () => {
    const contents = await films(...Array.from({ length: 30 }, () => 95));
    expect(await night({ store: reading(ioError) })).toMatchObject({
      state: 'pending',
      error: expect.stringContaining('EIO'),
    });
    expect(contents.filter((bytes) => copy(bytes)?.state === 'unreachable')).toHaveLength(8);
  });

  it('to be a vault that is away says nothing about any copy', async () => {
    const contents = await films(95, 95);
    const away: BlobStore = {
      ...archive.store,
      verify: () =>
        Promise.reject(
          new ReelholdError(
            { kind: 'unreachable', operation: 'read back', object: 'x', side: 'vault' },
            'gone',
          ),
        ),
    };
    expect(await night({ store: away })).toMatchObject({ state: 'pending' });
    expect(contents.map((bytes) => copy(bytes)?.state)).toEqual(['present', 'present']);
    expect(await events()).toEqual([]);
  });

  it('bad on another night is said until it is mended, also where nothing is due', async () => {
    const [bad] = await films(0, 0);
    const row = { digest: digestOf(bad ?? ''), location, listedAtMs: 1, provenAtMs: null };
    archive.catalogue.archive.setCopy({ ...row, state: 'missing' });
    for (const _ of [1, 2])
      expect(await night()).toMatchObject({ result: '0 proven, 0 bad, 1 not mended yet' });
    age(bad ?? '', 0);
    expect(await night()).toMatchObject({ result: '0 proven, 0 bad' });
  });

  it('bad stays to be tried again, each night, until it is mended', async () => {
    const [bad] = await films(10);
    const row = { digest: digestOf(bad ?? ''), location, listedAtMs: 1, provenAtMs: null };
    for (const state of ['corrupt', 'missing', 'unreachable'] as const) {
      archive.catalogue.archive.setCopy({ ...row, state });
      clearLane();
      const heals: string[] = [];
      insert();
      const scrub = scrubWith();
      const heal = async ({ subject }: { readonly subject: string }) => void heals.push(subject);
      const worker = createWorker({ ...archive, lane: 'vault', handlers: { scrub, heal } });
      await worker.drain(new AbortController().signal);
      expect(heals).toEqual([digestOf(bad ?? '')]);
    }
  });
});

describe('the pace', () => {
  it('is said where page and command line read it', async () => {
    await films(10, 10);
    const pace = () => createQueries(archive.database, archive.clock.nowMs).condition('proofs');
    await night();
    expect(pace()).toEqual({ neededDays: 7, promisedDays: 10 });
    settings = { promiseMs: 90 * dayMs, budgetBytes: 10 };
    await night();
    expect(pace()).toEqual({ neededDays: 200, promisedDays: 90 });
  });
});
