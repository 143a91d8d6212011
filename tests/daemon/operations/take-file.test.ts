import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DiskSpace } from '#core/disk-space.ts';
import { encodeName } from '#core/file-name.ts';
import { createFileTaker, createTakeFile, formatPathSubject } from '#daemon/operations/take-file.ts';
import { createSpaceGuard } from '#daemon/space-guard.ts';
import { smallFilm } from '#tests/support/boxes.ts';
import { digestOf } from '#tests/support/digests.ts';
import { lookOf, type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
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

const taker = () =>
  createFileTaker({
    intake: archive.intake,
    look: lookOf(archive),
    space: createSpaceGuard({ ...archive, readSpace: async () => space }),
  });
const take = (path: string) => taker().take(path, new AbortController().signal, () => {});
const write = (name: string, content: string) => {
  writeFileSync(Buffer.from(encodeName(join(folder.path, name))), content);
  return join(folder.path, name);
};

describe('a file that the owner names', () => {
  it('is taken, and stays where it is', async () => {
    const path = write('Rome.mp4', 'a');
    expect(await take(path)).toMatchObject({ kind: 'new-video' });
    expect(readFileSync(path, 'utf8')).toBe('a');
  });

  it('is looked into, and taken as damaged where its end is missing', async () => {
    const whole = smallFilm(Buffer.alloc(3000, 7));
    const path = join(folder.path, 'Rome.mp4');
    writeFileSync(path, whole.subarray(0, whole.length - 100));
    expect(await take(path)).toMatchObject({ kind: 'new-video', damaged: 'cut-off' });
    const damaged = archive.database.sqlite.prepare('SELECT damaged FROM versions').pluck().all();
    expect(damaged).toEqual(['cut-off']);
  });

  it('is compared with the list that lies beside it, also where a link leads to it', async () => {
    mkdirSync(join(folder.path, 'card'));
    symlinkSync(join(folder.path, 'card'), join(folder.path, 'link'));
    const [good, bad] = [smallFilm(Buffer.alloc(3000, 1)), smallFilm(Buffer.alloc(3000, 2))];
    writeFileSync(join(folder.path, 'card/a.mov'), bad);
    writeFileSync(join(folder.path, 'card/a.mhl'), classicMhl([{ path: 'a.mov', bytes: good }]));
    expect(await take(join(folder.path, 'link/a.mov'))).toMatchObject({ damaged: 'differs-from-list' });
  });

  it('may be asked for by another process, by any name, and the outcome is told as JSON', async () => {
    const path = write('caf\uDCE9\n.mp4', 'a');
    const result = await runHandler(createTakeFile(taker()), formatPathSubject(path));
    expect(JSON.parse(result ?? '')).toMatchObject({ kind: 'new-video' });
    expect(archive.catalogue.archive.isHeld(digestOf('a'))).toBe(true);
  });

  it.each(['7', 'null', '{}', '["a"]'])('is not one where the other process says %s', async (subject) => {
    await expect(runHandler(createTakeFile(taker()), subject)).rejects.toThrow('the operation names no file');
  });

  it.each([
    ['a folder', () => mkdirSync(join(folder.path, 'x')), 'it is a folder', 'Name the files in it'],
    [
      'a link',
      () => symlinkSync(write('real', 'a'), join(folder.path, 'x')),
      'it is a link',
      'Name the file that it points to',
    ],
    ['empty', () => write('x', ''), 'it is empty', 'Wait until it has been written'],
    [
      'a FIFO',
      () => execFileSync('mkfifo', [join(folder.path, 'x')]),
      'it is not a regular file',
      'Only files',
    ],
  ])('but is %s is refused, with what to do', async (_, make, words, hint) => {
    make();
    await expect(take(join(folder.path, 'x'))).rejects.toMatchObject({
      kind: 'unsupported',
      side: 'source',
      message: expect.stringContaining(words),
      hint: expect.stringContaining(hint),
    });
  });

  it('but is not there is refused, and not tried again', async () => {
    await expect(take(join(folder.path, 'none'))).rejects.toMatchObject({
      kind: 'missing',
      retryable: false,
    });
  });

  it('but does not fit into the vault waits for room', async () => {
    space = { totalBytes: 1e12, freeBytes: 1e9 };
    await expect(take(write('Rome.mp4', 'a'))).rejects.toMatchObject({
      kind: 'full',
      side: 'vault',
      retryable: true,
    });
  });
});
