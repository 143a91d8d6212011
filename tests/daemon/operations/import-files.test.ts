import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DiskSpace } from '#core/disk-space.ts';
import { encodeName } from '#core/file-name.ts';
import type { ImportPlace } from '#core/import-place.ts';
import { libraryFiles } from '#core/library-path.ts';
import type { ImportFile } from '#daemon/import/import-file.ts';
import { createImporter, createImportFiles, formatImportSubject } from '#daemon/operations/import-files.ts';
import { createSpaceGuard } from '#daemon/space-guard.ts';
import { smallFilm } from '#tests/support/boxes.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, lookOf, type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { classicMhl } from '#tests/support/mhl.ts';
import { runHandler } from '#tests/support/operations.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
let space: DiskSpace;
beforeEach(() => {
  archive = openMemoryArchive(folder.path);
  space = { totalBytes: 1e12, freeBytes: 5e11 };
});
afterEach(() => archive[Symbol.dispose]());

const within = () => join(folder.path, 'old');
const importer = () =>
  createImporter({
    ...archive,
    ...{ look: lookOf(archive), space: createSpaceGuard({ ...archive, readSpace: async () => space }) },
  });
const write = (path: string, content: string, place: ImportPlace = { kind: 'video' }) => {
  const file = join(within(), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(Buffer.from(encodeName(file)), content);
  return { path: file, within: within(), sizeBytes: content.length, place };
};
const take = async (...files: readonly ImportFile[]) =>
  importer().take(files, new AbortController().signal, () => {});

describe('a batch of files of an old archive', () => {
  it('is taken, each with its outcome, and the originals stay', async () => {
    const files = [write('Rome.mp4', 'a'), write('copy of it.mp4', 'a'), write('Oslo.mp4', 'b')];
    expect((await take(...files)).map(({ kind }) => kind).sort()).toEqual(['held', 'new-video', 'new-video']);
    expect(files.map(({ path }) => readFileSync(path, 'utf8'))).toEqual(['a', 'a', 'b']);
  });

  it('is not read again by a second run', async () => {
    const files = [write('Rome.mp4', 'a'), write('copy of it.mp4', 'a')];
    await take(...files);
    const before = archive.takenCount();
    expect(await take(...files)).toEqual([{ kind: 'taken-before' }, { kind: 'taken-before' }]);
    expect(archive.takenCount()).toBe(before);
  });

  it('brings nothing back that the owner put into the trash since, and says so', async () => {
    const rome = write('Rome.mp4', 'a');
    await take(rome);
    const video = archive.catalogue.imports.videoOf(rome.path) ?? '';
    await archive.change({ kind: 'trash', video, trashed: true });
    expect(await take(rome)).toEqual([{ kind: 'taken-before', trashed: true }]);
    expect(archive.catalogue.archive.video(video)?.trashed).toBe(true);
  });

  it('is read again where a file has changed, or its copy was lost', async () => {
    const [rome, oslo] = [write('Rome.mp4', 'a'), write('Oslo.mp4', 'b')];
    await take(rome, oslo);
    write('Rome.mp4', 'c');
    const lost = {
      digest: digestOf('b'),
      location,
      state: 'missing',
      listedAtMs: 1,
      provenAtMs: null,
    } as const;
    archive.catalogue.archive.setCopy(lost);
    expect(await take(rome, oslo)).toEqual([{ kind: 'new-version' }, { kind: 'held' }]);
  });

  it('is read again where only its time was set anew, as nobody knows why', async () => {
    const rome = write('Rome.mp4', 'a');
    await take(rome);
    utimesSync(rome.path, 5, 5);
    expect(await take(rome)).toEqual([{ kind: 'held' }]);
  });

  it('of one name becomes versions in its order', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `cut ${n}/Wedding.mp4`);
    await take(...names.map((name) => write(name, name)));
    const rows = archive.database.sqlite.prepare('SELECT number, digest FROM versions ORDER BY number').all();
    expect(rows).toEqual(names.map((name, n) => ({ number: n + 1, digest: digestOf(name) })));
  });

  it('of the same bytes gets the name of the first', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `Film number ${n}.mp4`);
    const kinds = (await take(...names.map((name) => write(name, 'the same')))).map(({ kind }) => kind);
    expect(kinds).toEqual(['new-video', ...Array<string>(11).fill('held')]);
    expect(archive.database.sqlite.prepare('SELECT name FROM versions').pluck().all()).toEqual([names[0]]);
  });

  it('says what cannot be taken and what to do, and takes the rest', async () => {
    const rome = write('Rome.mp4', 'a');
    const outside = write('../elsewhere/secret.mp4', 'secret');
    symlinkSync(dirname(outside.path), join(within(), 'link'));
    const outcomes = await take(
      { path: join(within(), 'gone.mp4'), within: within(), sizeBytes: 1, place: { kind: 'video' } },
      { path: join(within(), 'link/secret.mp4'), within: within(), sizeBytes: 6, place: { kind: 'video' } },
      rome,
    );
    expect(outcomes).toMatchObject([
      { kind: 'failed', message: expect.stringContaining('it is not there'), endsImport: false },
      { kind: 'failed', endsImport: false },
      { kind: 'new-video' },
    ]);
    expect(outcomes[0]).toHaveProperty('hint', expect.stringContaining('run the same command again'));
    expect(archive.catalogue.archive.isHeld(digestOf('secret'))).toBe(false);
  });

  it('says that the rest would fail too where there is no room', async () => {
    space = { totalBytes: 1e12, freeBytes: 1000 };
    expect(await take(write('Rome.mp4', 'a'))).toMatchObject([
      { kind: 'failed', message: expect.stringContaining('not enough room'), endsImport: true },
    ]);
  });

  it('that is broken off rejects, and remembers what was taken', async () => {
    const rome = write('Rome.mp4', 'a');
    const stop = new AbortController();
    const taking = importer().take([rome], stop.signal, () => {});
    stop.abort();
    await expect(taking).rejects.toThrow('abort');
    expect(['taken-before', 'new-video']).toContain((await take(rome))[0]?.kind);
  });
});

/** Each video with its files in the readable tree, as a person would say it. */
function account(): Record<string, readonly string[]> {
  const ids = archive.database.sqlite.prepare('SELECT id FROM videos').pluck().all() as string[];
  const videos = ids.flatMap((id) => archive.catalogue.archive.video(id) ?? []);
  return Object.fromEntries(
    videos.map((video) => [
      video.title,
      libraryFiles(video)
        .map(({ path }) => path.slice(video.folder.length + 1))
        .sort(),
    ]),
  );
}
const beside = (file: string): ImportPlace => ({
  ...{ kind: 'beside', partKind: 'sidecar', file: join(within(), file) },
});
const listOf = (path: string): ImportPlace => ({ kind: 'list', folder: join(within(), path) });
const inProject = (path: string, role: 'master' | null, sinceMs = 0): ImportPlace => ({
  ...{ kind: 'project', key: join(within(), 'DCIM'), folder: 'DCIM', role, partKind: 'raw', path, sinceMs },
});

describe('what belongs together in an old archive', () => {
  it('is one video, whichever of it is written first, and nothing of it is read again', async () => {
    const files = [
      write('Rome.mp4', 'film'),
      write('Rome.aae', 'edit', beside('Rome.mp4')),
      write('DCIM/final/cut.mp4', 'cut', inProject('final', 'master')),
      write('DCIM/100/a.mov', 'a', inProject('100', null)),
    ];
    expect(await take(...files)).toEqual([
      { kind: 'new-video' },
      { kind: 'new-part' },
      { kind: 'new-version' },
      { kind: 'new-part' },
    ]);
    expect(account()).toEqual({
      Rome: ['Rome.mp4', 'sidecar/Rome.aae'],
      DCIM: ['DCIM.mp4', 'as it came/100/a.mov'],
    });
    expect(await take(...files)).toEqual(files.map(() => ({ kind: 'taken-before' })));
  });

  it('is found by the name of its video, wherever that stands', async () => {
    await take(write('films/Rome.mp4', 'film'));
    const keys = ['rome.de', 'rome'];
    const named = (...some: readonly string[]): ImportPlace => ({
      kind: 'named',
      partKind: 'subtitle',
      keys: some,
    });
    const [srt, other] = [
      write('subs/Rome.de.srt', 'text', named(...keys)),
      write('x.srt', 'y', named('oslo')),
    ];
    expect(await take(srt, other)).toMatchObject([
      { kind: 'new-part' },
      { kind: 'failed', endsImport: false },
    ]);
    expect(account()).toEqual({ Rome: ['Rome.mp4', 'subtitle/Rome.de.srt'] });
  });

  it('is said where its video could not be taken', async () => {
    const sidecar = write('gone.aae', 'edit', beside('gone.mp4'));
    expect(
      await take({ ...sidecar, path: join(within(), 'gone.mp4'), place: { kind: 'video' } }, sidecar),
    ).toMatchObject([
      { kind: 'failed' },
      { kind: 'failed', message: expect.stringContaining('the video that it belongs to could not be taken') },
    ]);
  });

  it('of a card is another video where nothing of it stands there as it was taken', async () => {
    const [first, second] = [write('DCIM/a.mov', 'a', inProject('', null)), write('DCIM/b.mov', 'b')];
    await take(first);
    const place = inProject('', null, archive.clock.nowMs() + 1);
    archive.clock.advance(40 * 24 * 60 * 60_000);
    await take({ ...second, place: inProject('', null, 0) });
    expect(archive.catalogue.archive.count().videos).toBe(1);
    archive.clock.advance(1000);
    await take(write('DCIM/c.mov', 'c', { ...place, sinceMs: archive.clock.nowMs() } as ImportPlace));
    expect(archive.catalogue.archive.count().videos).toBe(2);
  });
});

describe('a file of an old archive that came damaged', () => {
  it('is taken, marked as damaged, and said', async () => {
    const whole = smallFilm(Buffer.alloc(3000, 7));
    const film = write('Rome.mp4', '');
    writeFileSync(film.path, whole.subarray(0, whole.length - 100));
    expect(await take(film)).toEqual([{ kind: 'new-video', damaged: 'cut-off' }]);
    expect(archive.database.sqlite.prepare('SELECT damaged FROM versions').pluck().all()).toEqual([
      'cut-off',
    ]);
  });

  it('is told by the list of hashes that names it, which is kept with each video that it names', async () => {
    const bytesOf = (text: string) => Buffer.from(text);
    const files = [
      { path: 'a.mov', bytes: bytesOf('film a') },
      { path: 'Gr\u00fc\u00dfe.mov', bytes: bytesOf('film x') },
    ];
    const list = classicMhl(files);
    const taken = [
      write('card/a.mov', 'film a'),
      // As a Mac writes it.
      write('card/Gru\u0308\u00dfe.mov', 'film b'),
      write('card/card.mhl', list, listOf('card')),
    ];
    expect(await take(...taken.slice(0, 2))).toEqual([
      { kind: 'new-video' },
      { kind: 'new-video', damaged: 'differs-from-list' },
    ]);
    expect(await take(...taken.slice(2))).toEqual([{ kind: 'new-part' }]);
    expect(Object.values(account()).map((paths) => paths.at(-1))).toEqual([
      'sidecar/card.mhl',
      'sidecar/card.mhl',
    ]);
    expect(await take(...taken)).toEqual(taken.map(() => ({ kind: 'taken-before' })));

    const other = classicMhl([
      { path: 'b.mov', bytes: bytesOf('film b') },
      { path: 'c.mov', bytes: bytesOf('gone') },
    ]);
    write('other/other.mhl', other);
    expect(await take(write('other/b.mov', 'film b'))).toEqual([{ kind: 'held', list: 'incomplete' }]);
  });

  it('has no say where the list names nothing that is held, or cannot be read', async () => {
    const list = write(
      'card/card.mhl',
      classicMhl([{ path: 'a.mov', bytes: Buffer.from('a') }]),
      listOf('card'),
    );
    expect(await take(list)).toEqual([{ kind: 'list-of-none' }]);
    write('cut/cut.mhl', '<hashlist');
    expect(await take(write('cut/a.mov', 'a'))).toEqual([{ kind: 'new-video', list: 'unreadable' }]);
  });
});

describe('as an operation', () => {
  it('it is asked for by another process, by any names, and the outcomes are told as JSON', async () => {
    const files = [write('caf\uDCE9\n.mp4', 'a')];
    const subject = formatImportSubject(files);
    const result = await runHandler(createImportFiles(importer()), subject);
    expect(JSON.parse(result ?? '')).toEqual([{ kind: 'new-video' }]);
  });

  it.each(['7', 'null', '{}', '[]', '[{}]', '[{"path":"/a","within":"/"}]'])(
    'it is none where the other process says %s',
    async (subject) => {
      const run = runHandler(createImportFiles(importer()), subject);
      await expect(run).rejects.toThrow('the operation names no files');
    },
  );
});
