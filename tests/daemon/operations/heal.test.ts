import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import type { JournalRecord } from '#core/journal-record.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { ByteSource } from '#core/ports/byte-source.ts';
import { createHeal } from '#daemon/operations/heal.ts';
import { createWorker } from '#daemon/worker.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { readJournal } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
const bytes = 'good bytes';
const digest = digestOf(bytes);
const ref = { digest, ext: 'mp4' };
beforeEach(async () => {
  archive = openMemoryArchive(folder.path);
  await archive.take('Rome.mp4', bytes);
  archive.database.sqlite.exec('DELETE FROM operations');
});
afterEach(() => archive[Symbol.dispose]());

/** A source that names these files, of which each has what is said; null for one that is not there. */
const sourceOf = (...contents: readonly (string | null)[]): ByteSource => {
  const within = join(folder.path, 'good');
  mkdirSync(within, { recursive: true });
  const files = contents.map((content, index) => {
    const path = join(within, `file ${index}`);
    if (content !== null) writeFileSync(path, content);
    return { path, within };
  });
  return {
    async *find(asked) {
      if (asked === digest) yield* files;
    },
  };
};
/** Has it healed as a daemon does, and gives the operation as it then is. */
const heal = async (sources: readonly ByteSource[] = [], store: BlobStore = archive.store) => {
  const nowMs = archive.clock.nowMs();
  const operation = { kind: 'heal', lane: 'vault', subject: digest, notBeforeMs: nowMs } as const;
  const id = archive.catalogue.operations.insert(operation, nowMs);
  const handlers = { heal: createHeal({ ...archive, store, location, sources }) };
  await createWorker({ ...archive, lane: 'vault', handlers }).drain(new AbortController().signal);
  return archive.catalogue.operations.get(id);
};
const copy = () => archive.catalogue.archive.copy(digest, location);
const note = (state: 'corrupt' | 'missing' | 'unreachable') =>
  archive.catalogue.archive.setCopy({ digest, location, state, listedAtMs: 1, provenAtMs: null });
const events = async () =>
  (await readJournal(archive.journal))
    .filter((record): record is Extract<JournalRecord, { kind: 'event' }> => record.kind === 'event')
    .map(({ event, outcome, digests }) => `${event}: ${outcome} of ${digests.length}`);
const hasToShowAgain = () => archive.catalogue.operations.nextDueMs('library') !== null;
const failing = (kind: 'io' | 'unreachable', times = Number.POSITIVE_INFINITY): BlobStore => {
  let left = times;
  return {
    ...archive.store,
    verify: async (asked, signal) => {
      left -= 1;
      if (left < 0) return archive.store.verify(asked, signal);
      throw new ReelholdError({ kind, operation: 'read back', object: 'a file', side: 'vault' }, 'EIO');
    },
  };
};

/** Lets time go by until the operation is tried no more; gives how long that took. */
const untilOver = async (again: () => ReturnType<typeof heal>) => {
  let seconds = 0;
  let operation = await again();
  while (operation?.state === 'pending') {
    const waitMs = operation.notBeforeMs - archive.clock.nowMs();
    seconds += Math.round(waitMs / 10_000) * 10;
    archive.clock.advance(waitMs);
    operation = await again();
  }
  return { operation, seconds };
};
/** Fails the second time that a blob is read: what was just written. */
const failingOnce = (kind: 'io'): BlobStore => {
  let reads = 0;
  const broken = failing(kind, 1);
  return {
    ...archive.store,
    verify: (asked, signal) => {
      reads += 1;
      return reads === 2 ? broken.verify(asked, signal) : archive.store.verify(asked, signal);
    },
  };
};

describe('a blob that did not read back', () => {
  it('and now does is proven after all, and shown again', async () => {
    note('corrupt');
    expect(await heal()).toMatchObject({ state: 'done', result: 'good after all' });
    expect(copy()).toMatchObject({ state: 'present', provenAtMs: expect.any(Number) });
    expect(await events()).toEqual(['fixity check: success of 1']);
    expect(hasToShowAgain()).toBe(true);
  });

  it.each([
    ['damaged', 'corrupt', () => archive.store.damage(ref), 1],
    ['gone', 'missing', () => archive.store.lose(ref), 0],
  ] as const)('as it is %s gets the good bytes that a source has', async (_, state, harm, kept) => {
    note(state);
    harm();
    expect(await heal([sourceOf(), sourceOf(bytes)])).toMatchObject({ state: 'done', result: 'healed' });
    expect(await archive.store.verify(ref, new AbortController().signal)).toBe('good');
    expect(copy()).toMatchObject({ state: 'present', provenAtMs: expect.any(Number) });
    expect(archive.store.quarantine).toHaveLength(kept);
    const healed = ['recovery: success of 1', 'fixity check: success of 1'];
    expect(await events()).toEqual(kept === 1 ? ['quarantine: success of 1', ...healed] : healed);
    expect(archive.store.stagedCount()).toBe(0);
    expect(hasToShowAgain()).toBe(true);
  });

  it('gets no bytes that are not its own: each is hashed, and the next one is asked', async () => {
    archive.store.damage(ref);
    const sources = [sourceOf('other bytes', null, bytes)];
    expect(await heal(sources)).toMatchObject({ result: 'healed' });
    expect(archive.store.stagedCount()).toBe(0);
  });

  it('and for which there are no good bytes stays where it is, noted once, and is said to the owner', async () => {
    archive.store.damage(ref);
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await heal([sourceOf('other bytes', null)])).toMatchObject({ state: 'done', result: 'corrupt' });
    }
    expect(copy()).toMatchObject({ state: 'corrupt', provenAtMs: null });
    expect(await events()).toEqual(['fixity check: failure of 1']);
    expect(archive.store.quarantine).toEqual([]);
    expect(archive.store.stagedCount()).toBe(0);
    expect(archive.log.lines.at(-1)?.message).toContain('Put it into the inbox again.');
    expect(archive.catalogue.operations.nextDueMs('vault')).toBeNull();
  });

  it('and then comes into the inbox again is good, whatever was said of it', async () => {
    archive.store.damage(ref);
    await heal();
    await archive.take('Rome.mp4', bytes);
    expect(await heal()).toMatchObject({ result: 'good after all' });
    expect(copy()).toMatchObject({ state: 'present', provenAtMs: expect.any(Number) });
  });

  it('and that no record names is nobody’s', async () => {
    const handler = createHeal({ ...archive, location, sources: [] });
    const operation = { id: 1, kind: 'heal', lane: 'vault', state: 'running', attempt: 1 } as const;
    const subject = digestOf('nobody knows');
    const rest = { notBeforeMs: 0, createdAtMs: 0, error: null };
    const context = { signal: new AbortController().signal, setProgress: () => {} };
    expect(await handler({ ...operation, ...rest, subject }, context)).toBe('nobody knows it any more');
  });
});

describe('a disk that reports an error', () => {
  it('is asked again ever more rarely, and after the last time the copy is left to the next scrub', async () => {
    note('unreachable');
    const store = failing('io');
    const { operation, seconds } = await untilOver(() => heal([], store));
    expect(seconds).toBe(10 + 20 + 40 + 80 + 160);
    expect(operation).toMatchObject({ state: 'done', result: 'unreadable' });
    expect(copy()).toMatchObject({ state: 'unreachable', provenAtMs: null });
    expect(await events()).toEqual([]);
  });

  it('for a while clears by the next good read', async () => {
    note('unreachable');
    const store = failing('io', 1);
    expect(await heal([], store)).toMatchObject({
      state: 'pending',
      error: expect.stringContaining('error'),
    });
    archive.clock.advance(15_000);
    expect(await heal([], store)).toMatchObject({ result: 'good after all' });
    expect(copy()).toMatchObject({ state: 'present', provenAtMs: expect.any(Number) });
  });

  it('gets good bytes written anew where there are some, but not before it has been asked for minutes', async () => {
    const sources = [sourceOf(bytes)];
    const store = failing('io', 6);
    const waited = await untilOver(() => heal(sources, store));
    expect(waited.operation).toMatchObject({ result: 'healed', attempt: 6 });
    expect(waited.seconds).toBeGreaterThan(300);
    expect(archive.store.quarantine).toHaveLength(1);
  });

  it('on what was just written is not believed: nothing is proven, and it is tried again', async () => {
    archive.store.damage(ref);
    const broken = failingOnce('io');
    expect(await heal([sourceOf(bytes)], broken)).toMatchObject({ state: 'pending' });
    expect(copy()).toMatchObject({ state: 'present', provenAtMs: null });
  });

  it('as it is not connected says nothing about the bytes', async () => {
    const before = copy();
    expect(await heal([sourceOf(bytes)], failing('unreachable'))).toMatchObject({ state: 'pending' });
    expect(copy()).toEqual(before);
    expect(archive.store.quarantine).toEqual([]);
  });
});

describe('a vault that is full', () => {
  it('leaves the damaged blob as it is, and tries again', async () => {
    archive.store.damage(ref);
    const full: BlobStore = {
      ...archive.store,
      heal: async () => {
        throw new ReelholdError({ kind: 'full', operation: 'heal', object: digest, side: 'vault' }, 'ENOSPC');
      },
    };
    expect(await heal([sourceOf(bytes)], full)).toMatchObject({ state: 'pending' });
    expect(archive.store.stagedCount()).toBe(0);
    archive.clock.advance(60_000);
    expect(await heal([sourceOf(bytes)])).toMatchObject({ result: 'healed' });
  });
});
