import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openForReading } from '#catalogue/database.ts';
import { createQueries } from '#catalogue/queries.ts';
import { openArchive } from '#compose.ts';
import { loadConfig } from '#config.ts';
import { filesBelow } from '#tests/support/plain-archive.ts';
import { installedShells, makeBareShell, runRestore } from '#tests/support/restore-run.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { createTestLog } from '#tests/support/test-log.ts';

const golden = fileURLToPath(new URL('../fixtures/archives/v1', import.meta.url));

/** What the first landing wrote: two cuts of one video, and names of every kind. */
const expected = [
  { title: 'Größe 🎬?', versions: ['Größe 🎬?.webm'] },
  { title: 'IMG_0001', versions: ['IMG_0001.MOV'] },
  { title: 'IMG_0001', versions: ['IMG_0001.MOV'] },
  { title: 'Rome', versions: ['Rome.mp4', 'Rome.mp4'] },
  { title: 'lead - dash', versions: ['lead - dash.mkv'] },
  { title: 'new line �', versions: ['new␊line �.mp4'] },
];

/** Its readable tree: each file's place, and its bytes. */
const tree = {
  '2026/2026-03-01 Größe 🎬/Größe 🎬.webm': 'emoji',
  '2026/2026-03-01 IMG_0001/IMG_0001.mov': 'a phone clip',
  '2026/2026-03-01 Rome/Rome.mp4': 'second cut of rome',
  '2026/2026-03-01 Rome/older versions/Rome (version 1).mp4': 'first cut of rome',
  '2026/2026-03-01 lead - dash/lead - dash.mkv': 'no ext mkv',
  '2026/2026-03-01 new line _/new line _.mp4': 'odd',
  '2026/2026-03-02 IMG_0001/IMG_0001.mov': 'another phone clip',
};

describe('an archive written by the first landing', () => {
  const temp = useTempFolder();

  const open = async (withCatalogue: boolean) => {
    const folder = temp.path;
    await mkdir(join(folder, 'config'));
    await cp(join(golden, 'vault'), join(folder, 'vault'), { recursive: true });
    await cp(join(golden, 'installation.json'), join(folder, 'config/installation.json'));
    if (withCatalogue) await cp(join(golden, 'catalogue.sqlite'), join(folder, 'config/catalogue.sqlite'));
    const config = loadConfig(
      {
        REELHOLD_CONFIG: join(folder, 'config'),
        REELHOLD_VAULT: join(folder, 'vault'),
        REELHOLD_LIBRARY: join(folder, 'library'),
        TZ: 'UTC',
      },
      folder,
    );
    const archive = await openArchive(config, createTestLog(), {
      program: 'command',
      onTaken: () => {},
      largestBatch: 64,
    });
    if (archive.kind !== 'open') throw new Error(`the archive is ${archive.kind}`);
    await archive.reconcile();
    return { archive, config };
  };

  it.each([
    ['with its catalogue', true],
    ['from its journal alone', false],
  ])('opens %s, with every video and version, and every byte as it was', async (_, withCatalogue) => {
    const { archive, config } = await open(withCatalogue);
    await using stack = new AsyncDisposableStack();
    stack.use(archive);
    using database = openForReading(config.catalogueFile);
    if (database === null) throw new Error('there is no catalogue');
    const videos = createQueries(database, Date.now).latestVideos({ limit: 100, beforeSeq: null });
    const found = videos.map(({ title, versions }) => ({
      title,
      versions: versions.map(({ name }) => name),
    }));
    expect(found.toSorted((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0))).toEqual(expected);
    for (const version of videos.flatMap((video) => video.versions)) {
      expect(await archive.store.verify(version, new AbortController().signal)).toBe('good');
    }
  });

  it('shows the same readable tree as then', async () => {
    const { archive, config } = await open(false);
    await using stack = new AsyncDisposableStack();
    stack.use(archive);
    await rm(config.libraryDir, { recursive: true, force: true });
    await archive.refreshLibrary?.(
      {
        id: 1,
        kind: 'library',
        lane: 'library',
        subject: '',
        state: 'running',
        attempt: 1,
        notBeforeMs: 0,
        createdAtMs: 0,
        error: null,
      },
      { signal: new AbortController().signal, setProgress: () => {} },
    );
    const newest = await readFile(join(config.libraryDir, '2026/2026-03-01 Rome/Rome.mp4'), 'utf8');
    const older = join(config.libraryDir, '2026/2026-03-01 Rome/older versions/Rome (version 1).mp4');
    expect([newest, await readFile(older, 'utf8')]).toEqual(['second cut of rome', 'first cut of rome']);
  });

  it.each(installedShells)(
    'gets the script that restores it, which brings everything back in %s',
    async (shell) => {
      const { archive } = await open(false);
      await archive[Symbol.asyncDispose]();
      const target = join(temp.path, 'brought back');
      const outcome = await runRestore(makeBareShell(shell, temp.path), {
        args: ['--check', target],
        cwd: join(temp.path, 'vault'),
        script: 'restore.sh',
      });
      expect(outcome).toMatchObject({ code: 0, complained: '' });
      expect(filesBelow(target)).toEqual(tree);
    },
  );
});
