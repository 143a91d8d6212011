import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PartFacts } from '#core/journal-record.ts';
import type { Journal } from '#core/ports/journal.ts';
import { dumpTables, projectedColumns } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { readJournal, recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
const opened: MemoryArchive[] = [];

function open(name: string): MemoryArchive {
  mkdirSync(join(folder.path, name));
  const one = openMemoryArchive(join(folder.path, name));
  opened.push(one);
  return one;
}

beforeEach(() => {
  archive = open('first');
});
afterEach(() => {
  for (const one of opened.splice(0)) one[Symbol.dispose]();
});

const copyOf = (one: MemoryArchive, bytes: string) => one.catalogue.archive.copy(digestOf(bytes), location);
const ref = (bytes: string, ext = 'mp4') => ({ digest: digestOf(bytes), ext });
const dump = (one: MemoryArchive) =>
  dumpTables(one.database, { ...projectedColumns, copies: 'digest, location, state' });
const stageOnly = async (one: MemoryArchive, bytes: string, ext = 'mp4') => {
  const path = join(folder.path, 'blob');
  writeFileSync(path, bytes);
  const staged = await one.store.stage({ path, within: null }, { signal: new AbortController().signal });
  await one.store.store([{ staged, ext }]);
};

describe('at a start', () => {
  it('where all agree, nothing is written and nothing is said', async () => {
    await archive.take('Rome.mp4', 'a');
    const before = dump(archive);
    await archive.reconcile();
    await archive.reconcile();
    expect(dump(archive)).toEqual(before);
    expect(archive.log.lines).toEqual([]);
    expect(await archive.journal.list()).toHaveLength(1);
  });

  it('a catalogue that was lost is made again from the journal', async () => {
    await archive.take('Rome.mp4', 'a');
    await archive.take('Rome.mp4', 'b');
    await archive.take('Oslo.mp4', 'c');
    const rebuilt = open('rebuilt');
    await rebuilt.reconcile({ journal: archive.journal, store: archive.store });
    expect(dump(rebuilt)).toEqual(dump(archive));
  });

  it('what is applied comes into the readable tree, and is read back', async () => {
    await archive.take('Rome.mp4', 'a');
    const rebuilt = open('rebuilt');
    await rebuilt.reconcile({ journal: archive.journal, store: archive.store });
    const dueMs = rebuilt.clock.nowMs() + 60_000;
    const next = (['library', 'vault'] as const).map(
      (lane) => rebuilt.catalogue.operations.claim(lane, dueMs)?.kind,
    );
    expect(next).toEqual(['library', 'prove']);
  });

  it('a catalogue that is older than the journal catches up', async () => {
    const older = open('older');
    await archive.take('Rome.mp4', 'a');
    await older.reconcile({ journal: archive.journal, store: archive.store });
    await archive.take('Rome.mp4', 'b');
    await older.reconcile({ journal: archive.journal, store: archive.store });
    expect(dump(older)).toEqual(dump(archive));
  });

  it('a journal that is older than the catalogue gets back what it lost, byte for byte', async () => {
    await archive.take('Rome.mp4', 'a');
    const [name = ''] = await archive.journal.list();
    const written = await archive.journal.read(name);
    const before = archive.catalogue.library.stale(9);
    const restored = open('restored');
    await archive.reconcile({ journal: restored.journal, store: restored.store });
    expect(await restored.journal.read(name)).toEqual(written);
    expect(archive.catalogue.library.stale(9)).toEqual(before);
    expect(copyOf(archive, 'a')).toMatchObject({ state: 'missing', provenAtMs: null });
  });

  it('an index that is gone is put back; made again, it says the same', async () => {
    await archive.take('Rome.mp4', 'a');
    const [name = ''] = await archive.journal.list();
    const { index } = await archive.journal.read(name);
    archive.journal.damage(name, { index: null });
    await archive.reconcile();
    expect((await archive.journal.read(name)).index).toEqual(index);
    const rebuilt = open('rebuilt');
    archive.journal.damage(name, { index: null });
    await rebuilt.reconcile({ journal: archive.journal, store: archive.store });
    const made = (await archive.journal.read(name)).index;
    expect(Buffer.from(made ?? [])).toEqual(index);
  });

  it('an index whose records never came is put aside: what nobody was told of does not hold', async () => {
    const { video } = (await archive.take('Rome.mp4', 'a')).outcome;
    await archive.change({ kind: 'trash', video, trashed: true });
    const [, name = ''] = await archive.journal.list();
    const beforeIt = open('before it');
    const first = segmentOf([recordOf(videoFacts('oslo'), 1)]);
    await beforeIt.journal.mend(first);
    await beforeIt.reconcile();
    archive.journal.damage(name, 'lose records');
    const parts = { journal: archive.journal, store: archive.store };
    expect(await archive.journal.listIndexed()).toContain(name);
    await beforeIt.reconcile(parts);
    expect(await archive.journal.listIndexed()).not.toContain(name);
  });

  it('the index of a segment that was lost with the catalogue keeps its names', async () => {
    await archive.take('Rome.mp4', 'a');
    await archive.take('Oslo.mp4', 'b');
    const [name = ''] = await archive.journal.list();
    archive.journal.damage(name, 'lose records');
    await open('rebuilt').reconcile({ journal: archive.journal, store: archive.store });
    expect(await archive.journal.listIndexed()).toContain(name);
  });

  it('segments of two writers hold in the order of their records, in whatever order they came', async () => {
    const theirs = 'ffffffffffff';
    const rename = (title: string, seq: number, by?: string) =>
      segmentOf([recordOf({ kind: 'edit', video: 'rome', title }, seq, by)]);
    const all = [
      segmentOf([recordOf(videoFacts('rome'), 1), recordOf(versionFacts('rome'), 2)]),
      rename('Their title', 3, theirs),
      rename('My title', 4),
      segmentOf([recordOf(versionFacts('rome', 2), 5), recordOf(versionFacts('rome', 3), 7)]),
      segmentOf([recordOf({ kind: 'trash', video: 'rome', trashed: true }, 6, theirs)]),
    ];
    for (const segment of all) await archive.journal.mend(segment);
    await archive.reconcile();
    for (const [index, order] of [all.toReversed(), [2, 0, 4, 1, 3].map((i) => all[i])].entries()) {
      const late = open(`late ${index}`);
      for (const segment of order) {
        if (segment !== undefined) await late.journal.mend(segment);
        await late.reconcile();
      }
      expect(dump(late)).toEqual(dump(archive));
    }
    expect(archive.catalogue.archive.video('rome')).toMatchObject({ title: 'My title', trashed: true });
  });

  describe('a segment that is not as it was written', () => {
    const spoilLastLine = async (name: string) => {
      const { content } = await archive.journal.read(name);
      archive.journal.damage(name, { content: content.subarray(0, content.length - 40) });
    };

    it('gives what can be read of it, and that is said', async () => {
      await archive.take('Rome.mp4', 'a');
      const [name = ''] = await archive.journal.list();
      await spoilLastLine(name);
      const rebuilt = open('rebuilt');
      const found = await rebuilt.reconcile({ journal: archive.journal, store: archive.store });
      expect(found).toMatchObject({ damaged: [name], orphans: 1 });
      expect(rebuilt.log.lines).toContainEqual(
        expect.objectContaining({ level: 'warn', facts: { segment: name } }),
      );
    });

    it('leaves the video its name, as the index still has it', async () => {
      await archive.take('Rome.mp4', 'a');
      const [name = ''] = await archive.journal.list();
      await spoilLastLine(name);
      const rebuilt = open('rebuilt');
      const parts = { journal: archive.journal, store: archive.store };
      await rebuilt.reconcile(parts);
      await rebuilt.adopt(parts);
      expect(
        rebuilt.catalogue.library.stale(9).flatMap(({ title, versions }) => [title, versions.length]),
      ).toEqual(expect.arrayContaining(['Rome', 1]));
    });

    it('is put back by a catalogue that has it whole, where every segment is read', async () => {
      await archive.take('Rome.mp4', 'a');
      const [name = ''] = await archive.journal.list();
      const written = await archive.journal.read(name);
      await spoilLastLine(name);
      expect(await archive.reconcile()).toMatchObject({ mended: 0 });
      expect(await archive.reconcile({}, { fromScratch: true })).toMatchObject({ mended: 1 });
      expect(await archive.journal.read(name)).toEqual(written);
    });

    it('is applied whole once it is whole again', async () => {
      await archive.take('Rome.mp4', 'a');
      const [name = ''] = await archive.journal.list();
      const { content } = await archive.journal.read(name);
      await spoilLastLine(name);
      const rebuilt = open('rebuilt');
      const parts = { journal: archive.journal, store: archive.store };
      await rebuilt.reconcile(parts);
      archive.journal.damage(name, { content });
      await rebuilt.reconcile(parts);
      expect(dump(rebuilt)).toEqual(dump(archive));
    });

    it('and cannot be read at all does not stop the start', async () => {
      await archive.take('Rome.mp4', 'a');
      const dying: Journal = { ...archive.journal, read: () => Promise.reject(new Error('EIO')) };
      const rebuilt = open('rebuilt');
      const found = await rebuilt.reconcile({ journal: dying, store: archive.store });
      expect(found.unreadable).toHaveLength(1);
    });
  });

  it('records of a kind that nobody knows yet are kept, for a version that does', async () => {
    const segment = segmentOf([], '{"seq":1,"writer":"0123456789ab","at":"","kind":"later"}');
    await archive.journal.mend(segment);
    await archive.reconcile();
    expect(archive.catalogue.archive.segment(segment.name)?.content).toEqual(segment.content);
    expect(archive.catalogue.archive.lastSeq()).toBe(1);
  });

  it('a journal that cannot be read stops the start: that is not "no videos"', async () => {
    await archive.take('Rome.mp4', 'a');
    const away: Journal = { ...archive.journal, list: () => Promise.reject(new Error('not connected')) };
    const before = dump(archive);
    await expect(archive.reconcile({ journal: away })).rejects.toThrow('not connected');
    expect(dump(archive)).toEqual(before);
  });
});

describe('a catalogue that a disk has changed', () => {
  it('is put right from the segments that it keeps, where it can no longer be read', async () => {
    await archive.take('Rome.mp4', 'a');
    const before = dump(archive);
    archive.database.sqlite.exec("UPDATE versions SET digest = replace(digest, 'a', 'g')");
    await archive.reconcile();
    expect(dump(archive)).toEqual(before);
    expect(archive.log.lines).toMatchObject([{ level: 'warn' }]);
  });
});

describe('a blob without a record', () => {
  it('is left to the inbox for ten minutes: the file that brought it may come again, with its name', async () => {
    await stageOnly(archive, 'orphan');
    expect(await archive.reconcile()).toMatchObject({ orphans: 1 });
    expect(archive.catalogue.operations.claim('intake', archive.clock.nowMs())).toBeNull();
    await archive.take('Rome.mp4', 'orphan');
    expect(archive.catalogue.operations.claim('intake', archive.clock.nowMs() + 600_000)?.kind).toBe('adopt');
    expect(await archive.adopt()).toBe('0 adopted');
    expect(archive.catalogue.library.stale(9)).toMatchObject([{ title: 'Rome' }]);
  });

  it('is adopted as a video of its own, and stays so', async () => {
    await stageOnly(archive, 'orphan');
    await archive.adopt();
    const hex = digestOf('orphan').slice('sha256:'.length);
    expect(archive.catalogue.library.stale(9)).toMatchObject([
      { title: `Found ${hex.slice(-16)}`, versions: [{ ...ref('orphan'), number: 1 }] },
    ]);
    expect(copyOf(archive, 'orphan')).toMatchObject({ state: 'present', provenAtMs: null });
    const records = await readJournal(archive.journal);
    expect(records.at(-1)).toMatchObject({ kind: 'version', how: 'found', sizeBytes: 6 });
    await archive.adopt();
    expect(await archive.journal.list()).toHaveLength(1);
  });

  it('that is adopted comes into the readable tree, is looked into, and is read back, like any other', async () => {
    await stageOnly(archive, 'orphan');
    await archive.adopt();
    const dueMs = archive.clock.nowMs() + 60_000;
    const { operations } = archive.catalogue;
    const next = (['library', 'media', 'vault'] as const).map((lane) => operations.claim(lane, dueMs)?.kind);
    expect(next).toEqual(['library', 'probe', 'prove']);
  });

  it('is adopted apart from every other, though their names are alike', async () => {
    for (const bytes of ['one', 'two', 'three']) await stageOnly(archive, bytes, '');
    await archive.adopt();
    expect(archive.catalogue.library.stale(9)).toHaveLength(3);
  });

  it('that is taken later is held already, and gets the name that it comes with', async () => {
    await stageOnly(archive, 'orphan');
    await archive.adopt();
    expect((await archive.take('Rome.mp4', 'orphan')).outcome.kind).toBe('held');
    const [video] = archive.catalogue.library.stale(9);
    expect(video).toMatchObject({ title: 'Rome', folder: '2026/2026-11-20 Rome' });
    const later = await archive.take('Rome.mp4', 'second cut');
    expect(later.outcome).toMatchObject({ kind: 'new-version', video: video?.id });
  });

  it('that cannot be listed is not taken for lost', async () => {
    await archive.take('Rome.mp4', 'a');
    const away = {
      ...archive.store,
      // biome-ignore lint/correctness/useYield: the disk is gone before the first
      async *list() {
        throw new Error('not connected');
      },
    };
    await expect(archive.reconcile({ store: away })).rejects.toThrow('not connected');
    expect(copyOf(archive, 'a')?.state).toBe('present');
  });
});

describe('the copy in the vault', () => {
  it('is missing where the listing does not show it, and present again where it does', async () => {
    await archive.take('Rome.mp4', 'a');
    const { store } = archive;
    archive.store.lose(ref('a'));
    await archive.reconcile();
    expect(copyOf(archive, 'a')).toMatchObject({ state: 'missing', provenAtMs: null });
    await stageOnly(archive, 'a');
    await archive.reconcile({ store });
    expect(copyOf(archive, 'a')).toMatchObject({ state: 'present', provenAtMs: null });
  });

  it('keeps the date of its proof, also through a lost catalogue, and never a newer one', async () => {
    await archive.take('Rome.mp4', 'a');
    await archive.ledger.commit(() => ({
      drafts: [
        {
          facts: {
            kind: 'event',
            event: 'fixity check',
            location,
            outcome: 'success',
            digests: [digestOf('a')],
          },
          index: [],
        },
      ],
      also: () => undefined,
    }));
    const provenAtMs = copyOf(archive, 'a')?.provenAtMs;
    const rebuilt = open('rebuilt');
    rebuilt.clock.advance(1e9);
    await rebuilt.reconcile({ journal: archive.journal, store: archive.store });
    expect(copyOf(rebuilt, 'a')).toMatchObject({ state: 'present', provenAtMs });
  });

  it('that was found damaged stays damaged, however well it is listed', async () => {
    await archive.take('Rome.mp4', 'a');
    const copy = { digest: digestOf('a'), location, listedAtMs: 1, provenAtMs: null };
    archive.catalogue.archive.setCopy({ ...copy, state: 'corrupt' });
    await archive.reconcile();
    expect(copyOf(archive, 'a')?.state).toBe('corrupt');
  });

  it('of a part is looked after as that of a version is', async () => {
    await stageOnly(archive, 'part');
    const part: PartFacts = {
      ...{ kind: 'part', part: 'p', video: 'rome', partKind: 'raw', name: 'Take.mov' },
      ...{ digest: digestOf('part'), sizeBytes: 4, ext: 'mp4' },
    };
    const drafts = [videoFacts('rome'), part].map((facts) => ({ facts, index: [] }));
    await archive.ledger.commit(() => ({ drafts, also: () => undefined }));
    await archive.reconcile();
    expect(copyOf(archive, 'part')?.state).toBe('present');
    expect(archive.catalogue.library.stale(9)).toHaveLength(1);
  });
});
