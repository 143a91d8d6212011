import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OfProject } from '#core/late-files.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import type { JoiningFile } from '#daemon/intake/join.ts';
import { createRefreshLibrary } from '#daemon/operations/refresh-library.ts';
import { digestOf } from '#tests/support/digests.ts';
import { type DiskArchive, openDiskArchive } from '#tests/support/disk-archive.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { runHandler } from '#tests/support/operations.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const pool = useHashPool();
let archive: DiskArchive;
beforeEach(() => {
  archive = openDiskArchive(folder.path, pool);
});
afterEach(() => archive[Symbol.dispose]());

const film = 'some film'.repeat(1_000);
const inRome = (path: string, change: Partial<OfProject> = {}): OfProject => ({
  ...{ kind: 'project', key: 'inbox/Rome', folder: 'Rome', role: null },
  ...{ partKind: 'raw', path, ...change },
});
const clip = (change: Partial<OfProject> = {}): JoiningFile => ({
  ...{ digest: digestOf(film), sizeBytes: film.length, name: 'clip.mp4', belongs: inRome('day 1', change) },
});
const takeProject = () =>
  archive.take('cut.drp', 'the cut', { belongs: inRome('', { partKind: 'project' }) });
const joinAll = async (files: readonly JoiningFile[]) => {
  const outcomes: TakeOutcome['kind'][] = [];
  await archive.intake.join(files, (_file, outcome) => outcomes.push(outcome.kind));
  return outcomes;
};
const refresh = () => runHandler(createRefreshLibrary(archive));
const shown = (path: string) => join(archive.libraryDir, '2026', path);

describe('what is held joins a project', () => {
  it('and the library shows it there as it came, and as the video that it was, on the same bytes', async () => {
    await archive.take('clip.mp4', film);
    await takeProject();
    await refresh();
    expect(await joinAll([clip()])).toEqual(['new-part']);
    expect(archive.takenCount()).toBe(3);
    await refresh();
    const paths = ['2026-11-20 Rome/as it came/day 1/clip.mp4', '2026-11-20 clip/clip.mp4'].map(shown);
    for (const path of paths) expect(readFileSync(path, 'utf8') === film).toBe(true);
    expect(new Set(paths.map((path) => statSync(path).ino)).size).toBe(1);
  });

  it('as a part, though it stands where a version would: its bytes are one already', async () => {
    await archive.take('clip.mp4', film);
    await takeProject();
    expect(await joinAll([clip({ role: 'master', path: '' })])).toEqual(['new-part']);
    expect(archive.catalogue.archive.count()).toMatchObject({ versions: 1, parts: 2 });
  });

  it('once', async () => {
    await archive.take('clip.mp4', film);
    await takeProject();
    await joinAll([clip()]);
    const seq = archive.catalogue.archive.lastSeq();
    expect(await joinAll([clip()])).toEqual(['held-part']);
    expect(archive.catalogue.archive.lastSeq()).toBe(seq);
  });

  it('once, though it was broken off when the record was written and nothing else', async () => {
    await archive.take('clip.mp4', film);
    await takeProject();
    const breakOff = () => {
      throw new Error('broken off');
    };
    await expect(archive.intake.join([clip()], breakOff)).rejects.toThrow('broken off');
    expect(await joinAll([clip()])).toEqual(['held-part']);
    expect(archive.catalogue.archive.count()).toMatchObject({ versions: 1, parts: 2 });
  });

  it('with what was wrong with it', async () => {
    await archive.take('clip.mp4', film, { damaged: 'cut-off' });
    await takeProject();
    await joinAll([{ ...clip(), damaged: 'cut-off' }]);
    const damages = archive.database.sqlite.prepare('SELECT name, damaged FROM parts ORDER BY seq').all();
    expect(damages).toEqual([
      { name: 'cut.drp', damaged: null },
      { name: 'clip.mp4', damaged: 'cut-off' },
    ]);
  });

  it('only while its bytes are held, and only where something of the project was taken', async () => {
    expect(await joinAll([clip()])).toEqual([]);
    await archive.take('clip.mp4', film);
    expect(await joinAll([clip()])).toEqual([]);
    await takeProject();
    expect(await joinAll([{ ...clip(), digest: digestOf('what nobody took') }])).toEqual([]);
    expect(await joinAll([clip()])).toEqual(['new-part']);
  });
});
