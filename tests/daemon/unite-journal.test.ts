import { beforeEach, describe, expect, it } from 'vitest';
import type { Journal } from '#core/ports/journal.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, type MemoryArchive } from '#tests/support/memory-archive.ts';
import { dumpArchive as dump, useMemoryArchives } from '#tests/support/memory-archives.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const open = useMemoryArchives(folder);
let archive: MemoryArchive;
beforeEach(() => {
  archive = open('first');
});

const copyOf = (one: MemoryArchive, bytes: string) => one.catalogue.archive.copy(digestOf(bytes), location);

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
