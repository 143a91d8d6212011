import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DiskSpace } from '#core/disk-space.ts';
import { encodeName } from '#core/file-name.ts';
import {
  createImporter,
  createImportFiles,
  formatImportSubject,
  type ImportFile,
} from '#daemon/operations/import-files.ts';
import { createSpaceGuard } from '#daemon/space-guard.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
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
  createImporter({ ...archive, space: createSpaceGuard({ ...archive, readSpace: async () => space }) });
const write = (path: string, content: string) => {
  const file = join(within(), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(Buffer.from(encodeName(file)), content);
  return { path: file, within: within(), sizeBytes: content.length };
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
      { path: join(within(), 'gone.mp4'), within: within(), sizeBytes: 1 },
      { path: join(within(), 'link/secret.mp4'), within: within(), sizeBytes: 6 },
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
