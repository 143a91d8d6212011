import {
  chmodSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQueries } from '#catalogue/queries.ts';
import { createLibraryGuard } from '#daemon/operations/check-library.ts';
import { createRefreshLibrary } from '#daemon/operations/refresh-library.ts';
import { digestOf } from '#tests/support/digests.ts';
import { type DiskArchive, openDiskArchive } from '#tests/support/disk-archive.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { location } from '#tests/support/memory-archive.ts';
import { runHandler } from '#tests/support/operations.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const pool = useHashPool();
const { signal } = new AbortController();
let archive: DiskArchive;
beforeEach(() => {
  archive = openDiskArchive(folder.path, pool);
});
afterEach(() => archive[Symbol.dispose]());

const rome = '2026/2026-11-20 Rome';
const at = (path: string) => join(archive.libraryDir, path);
const refresh = () => runHandler(createRefreshLibrary(archive));
const guard = () => createLibraryGuard({ ...archive, store: archive.blobs.store, location });
const checkAll = () => runHandler(guard().checkAll);
const copyState = (bytes: string) => archive.catalogue.archive.copy(digestOf(bytes), location)?.state;
const stateOf = (path: string) => archive.catalogue.library.entryAt(path)?.state;
const condition = () => createQueries(archive.database, archive.clock.nowMs).condition('library');
/** Every file of the tree, with what it says. */
const tree = () =>
  Object.fromEntries(
    readdirSync(archive.libraryDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(archive.libraryDir.length + 1), readFileSync(path, 'utf8')]),
  );
const writeInto = (path: string, content: string) => {
  chmodSync(at(path), 0o644);
  writeFileSync(at(path), content, { flag: 'r+' });
  utimesSync(at(path), 1_800_000_000, 1_800_000_000);
};
const trash = (video: string, trashed = true) =>
  archive.ledger.commit(() => ({
    drafts: [{ facts: { kind: 'trash', video, trashed }, index: [] }],
    also: () => undefined,
  }));

describe('the readable tree', () => {
  it('shows each video by name and date, the newest version on top', async () => {
    await archive.take('Rome.mp4', 'first');
    await archive.take('Rome.mov', 'second');
    await archive.take('Oslo.mp4', 'oslo');
    expect(await refresh()).toBeUndefined();
    expect(tree()).toEqual({
      '2026/2026-11-20 Oslo/Oslo.mp4': 'oslo',
      [`${rome}/Rome.mov`]: 'second',
      [`${rome}/older versions/Rome (version 1).mp4`]: 'first',
    });
  });

  it('follows what changes, and is not touched where nothing does', async () => {
    await archive.take('Rome.mp4', 'first');
    await refresh();
    const before = statSync(at(`${rome}/Rome.mp4`)).ino;
    await archive.take('Oslo.mp4', 'oslo');
    await refresh();
    expect(statSync(at(`${rome}/Rome.mp4`)).ino).toBe(before);
    await archive.take('Rome.mp4', 'second');
    await refresh();
    expect(tree()).toMatchObject({
      [`${rome}/Rome.mp4`]: 'second',
      [`${rome}/older versions/Rome (version 1).mp4`]: 'first',
    });
  });

  it('loses a video that goes to the trash, folder and all, and shows it again when it is brought back', async () => {
    const { outcome } = await archive.take('Rome.mp4', 'first');
    await refresh();
    await trash(outcome.video);
    await refresh();
    expect(readdirSync(archive.libraryDir)).toEqual([]);
    expect(
      readFileSync(archive.blobs.store.localPath({ digest: digestOf('first'), ext: 'mp4' }) ?? '', 'utf8'),
    ).toBe('first');
    await trash(outcome.video, false);
    await refresh();
    expect(tree()).toEqual({ [`${rome}/Rome.mp4`]: 'first' });
  });

  it('shows all others where one cannot be shown, and says which', async () => {
    for (const name of ['Bern', 'Oslo', 'Rome']) await archive.take(`${name}.mp4`, name);
    await refresh();
    rmSync(at('2026'), { recursive: true });
    archive.catalogue.library.markAllStale();
    for (const { path } of archive.catalogue.library.entries('', 9)) archive.catalogue.library.drop(path);
    archive.blobs.lose({ digest: digestOf('Oslo'), ext: 'mp4' });
    expect(await refresh()).toBe('1 could not be shown');
    expect(Object.values(tree())).toEqual(['Bern', 'Rome']);
    expect(archive.log.lines).toMatchObject([{ level: 'warn', facts: { folder: '2026/2026-11-20 Oslo' } }]);
  });

  it('leaves alone what somebody else put in the place of a file', async () => {
    await archive.take('Rome.mp4', 'first');
    await refresh();
    rmSync(at(`${rome}/Rome.mp4`));
    writeFileSync(at(`${rome}/Rome.mp4`), 'theirs');
    await archive.take('Rome.mp4', 'second');
    expect(await refresh()).toBe('1 could not be shown');
    expect(tree()).toMatchObject({ [`${rome}/Rome.mp4`]: 'theirs' });
  });
});

describe('what others do to the tree', () => {
  beforeEach(async () => {
    await archive.take('Rome.mp4', 'first');
    await refresh();
  });
  const path = `${rome}/Rome.mp4`;

  it('is nothing, most nights', async () => {
    expect(await checkAll()).toBe('0 written to, 0 gone');
    expect(condition()).toEqual({ written: 0, gone: 0 });
    expect(archive.log.lines).toEqual([]);
  });

  it('such as deleting means nothing for the vault', async () => {
    rmSync(at(path));
    expect(await checkAll()).toBe('0 written to, 1 gone');
    expect([stateOf(path), copyState('first')]).toEqual(['gone', 'present']);
  });

  it('such as writing through a hard link is noticed: the copy in the vault is damaged', async () => {
    writeInto(path, 'wr');
    expect(await checkAll()).toBe('1 written to, 0 gone');
    expect([stateOf(path), copyState('first')]).toEqual(['written', 'corrupt']);
    expect(condition()).toEqual({ written: 1, gone: 0 });
    expect(archive.log.lines).toMatchObject([{ level: 'error', facts: { path } }]);
  });

  it('is mended when the same bytes come again: the tree shows good ones, and the bad ones are kept', async () => {
    writeInto(path, 'wr');
    await checkAll();
    await archive.take('Again.mp4', 'first');
    expect(copyState('first')).toBe('present');
    await refresh();
    expect(tree()).toEqual({ [path]: 'first' });
    expect(archive.blobs.quarantine()).toEqual([Buffer.from('wrrst')]);
    expect(await checkAll()).toBe('0 written to, 0 gone');
  });

  it('such as replacing a file leaves the vault as it was', async () => {
    writeFileSync(at(`${rome}/draft`), 'theirs');
    renameSync(at(`${rome}/draft`), at(path));
    await checkAll();
    expect([stateOf(path), copyState('first')]).toEqual(['written', 'present']);
    expect(archive.log.lines).toMatchObject([{ level: 'warn' }]);
  });

  it('is seen at once where a watcher hints at it, and nothing is made of other hints', async () => {
    writeInto(path, 'wr');
    await guard().look('2026/not ours.mp4', signal);
    await guard().look(dirname(path), signal);
    expect(copyState('first')).toBe('present');
    await guard().look(path, signal);
    expect(copyState('first')).toBe('corrupt');
  });
});

describe('a tree of copies', () => {
  it('may be written to without harm to the vault', async () => {
    archive[Symbol.dispose]();
    archive = openDiskArchive(join(folder.path, 'other'), pool, 'copy');
    await archive.take('Rome.mp4', 'first');
    await refresh();
    writeInto(`${rome}/Rome.mp4`, 'wr');
    expect(await checkAll()).toBe('1 written to, 0 gone');
    expect(copyState('first')).toBe('present');
    expect(archive.log.lines).toMatchObject([{ level: 'warn' }]);
  });

  it('is made whole again where a power cut emptied a file of it', async () => {
    archive[Symbol.dispose]();
    archive = openDiskArchive(join(folder.path, 'other'), pool, 'copy');
    await archive.take('Rome.mp4', 'first');
    await refresh();
    const path = `${rome}/Rome.mp4`;
    chmodSync(at(path), 0o644);
    truncateSync(at(path));
    await checkAll();
    await refresh();
    expect(tree()).toEqual({ [path]: 'first' });
    expect(archive.log.lines).toEqual([]);
  });
});
