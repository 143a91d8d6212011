import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { filesBelow, makePlainArchive, type PlainArchive } from '#tests/support/plain-archive.ts';
import { type BareShell, installedShells, makeBareShell, runRestore } from '#tests/support/restore-run.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const temp = useTempFolder();
const hex = (bytes: string) => digestOf(bytes).slice('sha256:'.length);

describe.each(installedShells)('restore.sh in %s, with an index that is damaged', (shellName) => {
  let shell: BareShell;
  let archive: PlainArchive;
  const target = () => join(temp.path, 'target');

  beforeEach(() => {
    shell = makeBareShell(shellName, temp.path);
    archive = makePlainArchive(join(temp.path, 'archive'));
  });

  const restore = (...args: readonly string[]) =>
    runRestore(shell, { args: [...args, target()], cwd: temp.path, script: 'archive/restore.sh' });
  const row = (bytes: string, readablePath: string | null, seq: number) => ({
    ...archive.addBlob(bytes),
    readablePath,
    seq,
  });

  it('goes on where a part of the index cannot be read', async () => {
    archive.addIndex([row('a', '2026/A/A.mp4', 2)]);
    mkdirSync(join(archive.root, 'index', 'unreadable.tsv'));
    archive.addIndex([row('b', '2026/B/B.mp4', 4)]);
    const { code, complained } = await restore();
    expect([code, complained]).toEqual([1, expect.stringContaining('A part of the index cannot be read')]);
    expect(filesBelow(target())).toEqual({ '2026/A/A.mp4': 'a', '2026/B/B.mp4': 'b' });
  });

  it.each([
    ['leads upwards', '../outside.mp4'],
    ['leads upwards from within', '2026/../../outside.mp4'],
    ['ends upwards', '2026/..'],
    ['is absolute', '/outside.mp4'],
    ['has an empty part', '2026//a.mp4'],
    ['ends in a folder', '2026/a/'],
    ['is hidden', '2026/.bashrc'],
    ['is hidden above what came in a project', '2026/.config/as it came/a'],
    ['leads upwards in what came in a project', '2026/A/as it came/../../outside.mp4'],
    ['leads upwards with more dots', '2026/A/as it came/.../a'],
    ['is where it is itself', '2026/A/as it came/./a'],
    ['is where a restore keeps its own', '2026/A/as it came/.reelhold-restore-1/files'],
    ['is what a restore has not finished', '2026/A/as it came/.restoring-0'],
    ['would lead upwards on Windows', '2026/a\\..\\..\\outside.mp4'],
    ['names a drive of Windows', 'C:/outside.mp4'],
    ['steers the terminal', '2026/\u001b[2J/a.mp4'],
    ['is empty', ''],
    ['has no folder', 'a.mp4'],
  ])('refuses a place that %s, and brings the file all the same', async (_, path) => {
    const { digest, ext } = archive.addBlob('bytes');
    archive.addIndex([{ digest, ext, readablePath: path, seq: 7 }, row('good', '2026/Good/Good.mp4', 8)]);
    const { code, complained } = await restore();
    expect(code).toBe(1);
    expect(complained).toContain('A damaged line of the index was left out');
    expect(complained).toContain('Problems: 1,');
    expect(complained).not.toContain('\u001b');
    expect(filesBelow(target())).toEqual({
      '2026/Good/Good.mp4': 'good',
      [`without a name/${hex('bytes')}.mp4`]: 'bytes',
    });
    expect(filesBelow(temp.path)['outside.mp4']).toBeUndefined();
  });

  it.each([
    ['leads out of the archive', (good: string) => good.replace(/blobs[^\t]*/, '../secret')],
    [
      'leads out of it behind a checksum',
      (good: string) => good.replace('.mp4\t', '.mp4/../../../../../secret\t'),
    ],
    [
      'says that it stands elsewhere, with the number 0',
      (good: string) => good.replace(/blobs[^\t]*/, '../secret').replace(/8$/, '0'),
    ],
    ['has six columns', (good: string) => `${good}\tplace\t9`],
    ['names a place by what no name of one has', (good: string) => `${good}\t../9`],
    ['has three columns', (good: string) => good.replace(/\t8$/, '')],
    ['has a sequence that is no number', (good: string) => good.replace(/8$/, '8x')],
    ['has a sequence that is too large', (good: string) => good.replace(/8$/, '9999999999999')],
    ['has a checksum that is too short', (good: string) => good.slice(1)],
    ['has a checksum that is none', (good: string) => good.replace(/^./, 'G')],
    ['is nothing but noise', () => '\u0001\ufffd$(touch hacked)`touch hacked`*'],
  ])('leaves out a line that %s', async (_, damage) => {
    writeFileSync(join(temp.path, 'secret'), 'secret');
    const { digest, ext } = archive.addBlob('bytes');
    const good = `${hex('bytes')}\tblobs/sha256/${hex('bytes').slice(0, 2)}/${hex('bytes')}.mp4\t2026/B/B.mp4\t8`;
    archive.addIndex([{ digest, ext, readablePath: '2026/A/A.mp4', seq: 2 }, damage(good)]);
    const { code, complained } = await restore();
    expect([code, complained]).toEqual([
      1,
      expect.stringContaining('A damaged line of the index was left out'),
    ]);
    expect(filesBelow(target())).toEqual({ '2026/A/A.mp4': 'bytes' });
  });

  it('loses no line to another one that was cut off', async () => {
    const torn = archive.addIndex([row('torn', '2026/Torn/Torn.mp4', 2)]);
    archive.addIndex([row('whole', '2026/Whole/Whole.mp4', 4)]);
    writeFileSync(torn, readFileSync(torn).subarray(0, -15));
    expect(await restore()).toMatchObject({ code: 1 });
    expect(filesBelow(target())).toEqual({
      '2026/Whole/Whole.mp4': 'whole',
      [`without a name/${hex('torn')}.mp4`]: 'torn',
    });
  });

  it('brings both of two files that have one place, the newer one there', async () => {
    archive.addIndex([row('old', '2026/A/A.mp4', 2), row('new', '2026/A/A.mp4', 5)]);
    archive.addIndex([row('mid', '2026/A/A.mp4', 4)]);
    expect(await restore()).toMatchObject({
      code: 0,
      said: expect.stringContaining('With another file in their place: 2.'),
    });
    const expected = {
      '2026/A/A.mp4': 'new',
      [`without a name/${hex('old')}.mp4`]: 'old',
      [`without a name/${hex('mid')}.mp4`]: 'mid',
    };
    expect(filesBelow(target())).toEqual(expected);
    await restore();
    expect(filesBelow(target())).toEqual(expected);
  });
});
