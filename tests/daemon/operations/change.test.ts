import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { readJournal } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
beforeEach(() => {
  archive = openMemoryArchive(folder.path);
});
afterEach(() => archive[Symbol.dispose]());

const video = (id: string) => archive.catalogue.archive.video(id);
const take = async (name: string, bytes: string) => (await archive.take(name, bytes)).outcome;

describe('what the owner changes', () => {
  it('is in the journal, and the readable tree follows', async () => {
    const { video: rome } = await take('Rome.mp4', 'a');
    archive.catalogue.library.markFresh(rome);
    await archive.change({ kind: 'rename', video: rome, title: 'Summer in Rome' });
    expect((await readJournal(archive.journal)).at(-1)).toMatchObject({
      ...{ kind: 'edit', video: rome, title: 'Summer in Rome', folder: '2026/2026-11-20 Summer in Rome' },
    });
    expect(archive.journal.index.at(-1)).toMatchObject({
      readablePath: '2026/2026-11-20 Summer in Rome/Summer in Rome.mp4',
    });
    expect(archive.catalogue.library.stale(9)).toMatchObject([{ id: rome, title: 'Summer in Rome' }]);
    expect(archive.catalogue.operations.claim('library', archive.clock.nowMs())?.kind).toBe('library');
  });

  it('is recorded once, however often it is asked for', async () => {
    const { video: rome } = await take('Rome.mp4', 'a');
    expect(await archive.change({ kind: 'trash', video: rome, trashed: true })).toBe('done');
    expect(await archive.change({ kind: 'trash', video: rome, trashed: true })).toBe('nothing to do');
    expect(await archive.journal.list()).toHaveLength(2);
  });

  it('of what is not there is refused, and changes nothing', async () => {
    expect(await archive.change({ kind: 'rename', video: 'nobody', title: 'x' })).toBe('refused');
    expect(await archive.journal.list()).toEqual([]);
  });
});

describe('two videos that are one work', () => {
  it('become one, with all their versions in order, and later files find it', async () => {
    const rome = await take('Rome.mp4', 'a');
    const oslo = await take('Oslo.mp4', 'b');
    await take('Oslo.mp4', 'c');
    await archive.change({ kind: 'merge', from: oslo.video, into: rome.video });
    expect(video(oslo.video)).toEqual(video(rome.video));
    expect(video(rome.video)?.versions.map(({ digest }) => digest)).toEqual(['a', 'b', 'c'].map(digestOf));
    expect(await take('Oslo.mp4', 'd')).toMatchObject({ kind: 'new-version', video: rome.video });
    expect(video(rome.video)?.versions.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  it('that are merged both ways are merged once', async () => {
    const rome = await take('Rome.mp4', 'a');
    const oslo = await take('Oslo.mp4', 'b');
    await archive.change({ kind: 'merge', from: oslo.video, into: rome.video });
    expect(await archive.change({ kind: 'merge', from: rome.video, into: oslo.video })).toBe('refused');
    await archive.change({ kind: 'rename', video: oslo.video, title: 'North and south' });
    expect(video(rome.video)).toMatchObject({ id: rome.video, title: 'North and south' });
  });

  it('let a file that went on after it was taken become a version of what it has become', async () => {
    const rome = await take('Rome.mp4', 'a');
    const oslo = await take('Oslo.mp4', 'b');
    await archive.change({ kind: 'merge', from: oslo.video, into: rome.video });
    const later = await archive.take('IMG_0001.mp4', 'c', { continues: oslo.video });
    expect(later.outcome).toMatchObject({ kind: 'new-version', video: rome.video });
  });
});
