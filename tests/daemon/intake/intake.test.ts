import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Journal } from '#core/ports/journal.ts';
import { dumpTables, projectedColumns } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { readJournal } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
/** What the next call of the store or the journal fails with; null for none. */
let failure: Error | null;

const failing = <T extends (...args: never[]) => Promise<unknown>>(call: T): T =>
  (async (...args: never[]) => {
    if (failure !== null) throw failure;
    return call(...args);
  }) as T;
const wrapStore = (store: BlobStore): BlobStore => ({ ...store, store: failing(store.store) });
const wrapJournal = (journal: Journal): Journal => ({ ...journal, append: failing(journal.append) });

beforeEach(() => {
  failure = null;
  archive = openMemoryArchive(folder.path, {});
});
afterEach(() => archive[Symbol.dispose]());

/** Opens the archive again, with something in between that fails when told to. */
function reopen(wraps: Parameters<typeof openMemoryArchive>[1]): void {
  archive[Symbol.dispose]();
  archive = openMemoryArchive(folder.path, wraps);
}

const copy = (bytes: string) => archive.catalogue.archive.copy(digestOf(bytes), location);
const ref = (bytes: string) => ({ digest: digestOf(bytes), ext: 'mp4' });
const records = () => readJournal(archive.journal);
const kinds = async () => (await records()).map(({ kind }) => kind);
const pending = (lane: 'media' | 'library' | 'vault', inMs = 0) =>
  archive.catalogue.operations.claim(lane, archive.clock.nowMs() + inMs);

describe('a file that is taken', () => {
  it('is in the store, the journal and the catalogue when it is acknowledged', async () => {
    const taken = await archive.take('Rome.mp4', 'a');
    expect(taken).toMatchObject({ digest: digestOf('a'), ext: 'mp4', outcome: { kind: 'new-video' } });
    expect(await archive.store.verify(ref('a'), new AbortController().signal)).toBe('good');
    expect(await kinds()).toEqual(['video', 'version']);
    expect(archive.journal.index).toMatchObject([
      { digest: digestOf('a'), readablePath: '2026/2026-11-20 Rome/Rome.mp4' },
    ]);
    expect(archive.catalogue.archive.heldVersion(digestOf('a'))).toMatchObject({
      video: taken.outcome.video,
    });
    expect(copy('a')).toMatchObject({ state: 'present', provenAtMs: null });
    expect(archive.takenCount()).toBe(1);
  });

  it('is probed, shown in the library, and read back in a quiet minute', async () => {
    await archive.take('Rome.mp4', 'a');
    expect(pending('media')).toMatchObject({ kind: 'probe', subject: digestOf('a') });
    expect(pending('library')).toMatchObject({ kind: 'library' });
    expect(pending('vault', 59_000)).toBeNull();
    expect(pending('vault', 61_000)).toMatchObject({ kind: 'prove', subject: location });
  });

  it('under a known name with new bytes is a new version', async () => {
    const first = await archive.take('Rome.mp4', 'a');
    const second = await archive.take('rome.MOV', 'b');
    expect(second.outcome).toMatchObject({ kind: 'new-version', video: first.outcome.video });
    expect(await kinds()).toEqual(['video', 'version', 'version']);
  });

  it('lets whoever asked write in the same transaction', async () => {
    const { notes } = archive.catalogue;
    await archive.take('Rome.mp4', 'a', {
      alsoRecord: ({ outcome }) => {
        expect(archive.database.sqlite.inTransaction).toBe(true);
        notes.setFact('taken', outcome.video);
      },
    });
    expect(notes.fact('taken')).toBe('id-1');
  });
});

describe('bytes that are held already', () => {
  beforeEach(async () => {
    await archive.take('Rome.mp4', 'a');
  });

  it('are read again first, which is a proof; nothing new is written', async () => {
    const taken = await archive.take('Other.mp4', 'a');
    expect(taken.outcome).toMatchObject({ kind: 'held', video: 'id-1', broughtBack: false });
    expect(copy('a')?.provenAtMs).not.toBeNull();
    expect(await kinds()).toEqual(['video', 'version', 'event']);
    expect(archive.store.stagedCount()).toBe(0);
    expect(archive.database.sqlite.prepare('SELECT seen_again FROM versions').pluck().get()).toBe(1);
  });

  it('but damaged are healed by the new ones, to be proven afresh and shown afresh', async () => {
    archive.store.damage(ref('a'));
    const taken = await archive.take('Other.mp4', 'a');
    expect(taken.outcome.kind).toBe('held');
    expect(await archive.store.verify(ref('a'), new AbortController().signal)).toBe('good');
    expect(archive.store.quarantine).toHaveLength(1);
    expect(copy('a')).toMatchObject({ state: 'present', provenAtMs: null });
    expect((await records()).at(-1)).toMatchObject({
      event: 'recovery',
      outcome: 'success',
      digests: [digestOf('a')],
    });
    expect(archive.catalogue.library.stale(9)).toHaveLength(1);
  });

  it('but lost are put back by the new ones', async () => {
    archive.store.lose(ref('a'));
    await archive.reconcile();
    expect(copy('a')?.state).toBe('missing');
    await archive.take('Other.mp4', 'a');
    expect(await archive.store.verify(ref('a'), new AbortController().signal)).toBe('good');
    expect(copy('a')?.state).toBe('present');
  });

  it('and in the trash are brought back', async () => {
    await archive.ledger.commit(() => ({
      drafts: [{ facts: { kind: 'trash', video: 'id-1', trashed: true }, index: [] }],
      also: () => undefined,
    }));
    const taken = await archive.take('Rome.mp4', 'a');
    expect(taken.outcome).toMatchObject({ kind: 'held', broughtBack: true });
    expect(archive.catalogue.archive.heldVersion(digestOf('a'))?.trashed).toBe(false);
    expect((await records()).at(-1)).toMatchObject({ kind: 'trash', trashed: false });
  });
});

describe('files that come at once', () => {
  it('of the same bytes become one version, and all are told', async () => {
    const taken = await Promise.all(['a', 'b', 'c', 'd'].map((name) => archive.take(`${name}.mp4`, 'same')));
    expect(taken.map(({ outcome }) => outcome.kind).sort()).toEqual(['held', 'held', 'held', 'new-video']);
    expect(new Set(taken.map(({ outcome }) => 'version' in outcome && outcome.version)).size).toBe(1);
    expect(await kinds()).toEqual(['video', 'version']);
    expect(archive.store.stagedCount()).toBe(0);
  });

  it('of one name become versions of one video, numbered without a gap', async () => {
    const contents = Array.from({ length: 30 }, (_, index) => `content ${index}`);
    await Promise.all(contents.map((content) => archive.take('Rome.mp4', content)));
    const [video] = archive.catalogue.library.stale(9);
    expect(video?.versions.map(({ number }) => number)).toEqual(contents.map((_, index) => index + 1));
  });

  it('are recorded together: one flush does for many', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => archive.take(`Film ${index}.mp4`, `${index}`)),
    );
    expect((await archive.journal.list()).length).toBeLessThan(20);
    expect(archive.catalogue.library.stale(100)).toHaveLength(60);
  });

  it('say while they do that the intake is busy', async () => {
    expect(archive.intake.isBusy()).toBe(false);
    const taking = archive.take('Rome.mp4', 'a');
    expect(archive.intake.isBusy()).toBe(true);
    await taking;
    expect(archive.intake.isBusy()).toBe(false);
  });
});

describe('where it fails', () => {
  const full = new ReelholdError(
    { kind: 'full', operation: 'store', object: 'a file', side: 'vault' },
    'no space',
  );
  const everything = () =>
    dumpTables(archive.database, { ...projectedColumns, copies: 'digest, state', operations: 'kind, state' });

  it('in the source, nothing is recorded and who asked is told', async () => {
    const before = everything();
    const source = { path: `${folder.path}/none.mp4`, within: null };
    await expect(archive.take('x', 'a', { source })).rejects.toMatchObject({
      kind: 'missing',
      side: 'source',
    });
    await expect(archive.take('x', 'a', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'aborted',
    });
    expect(everything()).toEqual(before);
    expect(archive.intake.isBusy()).toBe(false);
  });

  it.each([
    ['in the store', { store: wrapStore }],
    ['in the journal', { journal: wrapJournal }],
  ])('%s, nothing is acknowledged, and the next try succeeds', async (_, wraps) => {
    reopen(wraps);
    failure = full;
    const before = everything();
    const tries = await Promise.allSettled([archive.take('Rome.mp4', 'a'), archive.take('Oslo.mp4', 'b')]);
    expect(tries).toMatchObject([{ reason: full }, { reason: full }]);
    expect(everything()).toEqual(before);
    expect(await archive.journal.list()).toEqual([]);
    expect(archive.store.stagedCount()).toBe(0);
    expect(archive.takenCount()).toBe(0);
    failure = null;
    expect((await archive.take('Rome.mp4', 'a')).outcome.kind).toBe('new-video');
    expect(await kinds()).toEqual(['video', 'version']);
  });

  it('in the transaction, what the journal holds already is not forgotten, nor written twice', async () => {
    const alsoRecord = () => {
      throw full;
    };
    await expect(archive.take('Rome.mp4', 'a', { alsoRecord })).rejects.toBe(full);
    expect(archive.catalogue.archive.isHeld(digestOf('a'))).toBe(false);
    const again = await archive.take('Rome.mp4', 'a');
    expect(again.outcome).toMatchObject({ video: 'id-1' });
    expect(await kinds()).toEqual(['video', 'version']);
    const seqs = (await records()).map(({ seq }) => seq);
    expect(new Set(seqs).size).toBe(seqs.length);
  });

  it('for a file that changed after it had settled, nothing is left in staging', async () => {
    const taking = archive.take('Rome.mp4', 'a', { settledAs: 'another fingerprint' });
    await expect(taking).rejects.toMatchObject({ kind: 'changed', side: 'source' });
    expect(archive.store.stagedCount()).toBe(0);
    expect(await archive.journal.list()).toEqual([]);
  });
});
