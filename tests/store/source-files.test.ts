import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSourceFiles } from '#store/source-files.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const files = createSourceFiles();
const at = (name: string) => join(folder.path, name);
const open = (name: string, within: string | null = folder.path) => files.open({ path: at(name), within });

describe('a file that is looked into', () => {
  it('gives the stretch that is asked for, or as much of it as there is', async () => {
    const bytes = Buffer.from(Array.from({ length: 50_000 }, (_, index) => index % 251));
    writeFileSync(at('film.mp4'), bytes);
    await using file = await open('film.mp4');
    const ranges = [
      [0, 4096],
      [10, 20],
      [45_904, 4096],
      [49_999, 1],
      [49_990, 99],
      [20_000, 16],
      [20_010, 4000],
      [0, 50_000],
      [50_000, 10],
      [90_000, 10],
      [5, 0],
    ] as const;
    for (const [start, length] of [...ranges, ...ranges]) {
      const read = await file?.read({ at: start, length });
      expect(Buffer.from(read ?? [])).toEqual(bytes.subarray(start, start + length));
    }
    expect(file?.stat.sizeBytes).toBe(50_000);
  });

  it('is none where there is nothing, or nothing that is a regular file', async () => {
    writeFileSync(at('film.mp4'), 'film');
    symlinkSync('film.mp4', at('link.mp4'));
    execFileSync('mkfifo', [at('fifo.mp4')]);
    mkdirSync(at('folder.mp4'));
    for (const name of ['link.mp4', 'fifo.mp4', 'folder.mp4', 'gone.mp4', 'film.mp4/x', 'n'.repeat(300)]) {
      expect([name, await open(name)]).toEqual([name, null]);
    }
  });

  it('is refused where a folder on the way leads out', async () => {
    mkdirSync(at('inbox'));
    mkdirSync(at('outside'));
    writeFileSync(at('outside/film.mp4'), 'film');
    symlinkSync(at('outside'), at('inbox/folder'));
    await expect(open('inbox/folder/film.mp4', at('inbox'))).rejects.toMatchObject({
      kind: 'denied',
      side: 'source',
    });
  });
});

describe('a folder that is looked into', () => {
  it('gives its names, whatever their bytes; none where there is no folder', async () => {
    writeFileSync(Buffer.concat([Buffer.from(at('caf')), Buffer.from([0xe9])]), '');
    writeFileSync(at('plain.mp4'), '');
    expect([...(await files.list(folder.path))].sort()).toEqual(['caf\uDCE9', 'plain.mp4']);
    expect(await files.list(at('gone'))).toEqual([]);
    expect(await files.list(at('plain.mp4'))).toEqual([]);
  });
});
