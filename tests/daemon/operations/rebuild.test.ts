import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCheckJournal } from '#daemon/operations/check-journal.ts';
import { createRebuild } from '#daemon/operations/rebuild.ts';
import type { ReconcileOptions } from '#daemon/reconcile.ts';
import { dumpTables, projectedColumns } from '#tests/support/catalogue.ts';
import { type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { runHandler } from '#tests/support/operations.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
beforeEach(async () => {
  archive = openMemoryArchive(folder.path);
  const [rome, , oslo] = [
    (await archive.take('Rome.mp4', 'a')).outcome,
    (await archive.take('Rome.mp4', 'b')).outcome,
    (await archive.take('Oslo.mp4', 'c')).outcome,
    (await archive.take('Bern.mp4', 'd')).outcome,
  ];
  await archive.take('Rome.mp4', 'a');
  await archive.change({ kind: 'rename', video: rome.video, title: 'Summer' });
  await archive.change({ kind: 'trash', video: oslo.video, trashed: true });
  await archive.change({
    ...{
      kind: 'link',
      version: 'version' in rome ? rome.version : '',
      platform: 'tiktok',
      post: '7',
      linked: true,
    },
  });
});
afterEach(() => archive[Symbol.dispose]());

const dump = () => dumpTables(archive.database, { ...projectedColumns, copies: 'digest, location, state' });
const seenAgain = () =>
  archive.database.sqlite.prepare('SELECT total(seen_again) FROM versions').pluck().get();
const rebuild = async () => {
  const reconcile = (options: ReconcileOptions) => archive.reconcile({}, options);
  return JSON.parse((await runHandler(createRebuild({ ...archive, reconcile }))) ?? '');
};

describe('a rebuild', () => {
  it('of what is as it should be changes nothing, and counts what there is', async () => {
    const before = dump();
    const count = { videos: 3, versions: 4, parts: 0, damaged: 0, unreadable: 0, orphans: 0, missing: 0 };
    expect(await rebuild()).toEqual(count);
    expect(dump()).toEqual(before);
    expect(seenAgain()).toBe(1);
  });

  it('puts right whatever the catalogue had wrong: titles, numbers, what is gone and what never was', async () => {
    const before = dump();
    archive.database.sqlite.exec(`
      UPDATE videos SET title = 'W' || title, trashed_at_ms = NULL;
      UPDATE versions SET number = 9, name = 'x', digest = digest || 'x' WHERE number = 2;
      DELETE FROM links;
      INSERT INTO videos (id, title, folder, folder_key, changed_seq) VALUES ('no', 'No', 'no', 'no', 99);
      UPDATE segments SET content = x'00' WHERE name IN (SELECT name FROM segments LIMIT 2);
    `);
    await rebuild();
    expect(dump()).toEqual(before);
  });

  it('takes from the catalogue what the journal has lost', async () => {
    const before = dump();
    for (const name of (await archive.journal.list()).slice(1, 3)) archive.journal.damage(name, 'lose');
    await rebuild();
    expect(dump()).toEqual(before);
    expect(await archive.journal.list()).toHaveLength(8);
  });
});

describe('the readable tree', () => {
  it('gets back what somebody deleted in it, when all is made again', async () => {
    const [video] = archive.catalogue.library.stale(9);
    const ref = video?.versions[0];
    if (video === undefined || ref === undefined) throw new Error('there is no video');
    const entry = { ...ref, path: 'Rome.mp4', link: 'hardlink', fingerprint: '' } as const;
    archive.catalogue.library.put(video.id, entry);
    archive.catalogue.library.setState(entry.path, 'gone');
    archive.catalogue.library.markFresh(video.id);
    await rebuild();
    expect(archive.catalogue.library.entryAt(entry.path)).toBeNull();
    expect(archive.catalogue.library.stale(9).map(({ id }) => id)).toContain(video.id);
  });
});

describe('a look through the journal', () => {
  it('puts back what was damaged, and says how much', async () => {
    const [first = '', second = ''] = await archive.journal.list();
    const written = [await archive.journal.read(first), await archive.journal.read(second)];
    archive.journal.damage(first, { content: new Uint8Array(10) });
    archive.journal.damage(second, { index: Buffer.from('bad') });
    const check = () => runHandler(createCheckJournal(archive));
    expect(await check()).toBe('2 put right, 0 damaged, 0 unreadable');
    expect([await archive.journal.read(first), await archive.journal.read(second)]).toEqual(written);
    expect(await check()).toBe('0 put right, 0 damaged, 0 unreadable');
  });
});
