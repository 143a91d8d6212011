import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { restoreScript } from '#store/vault-readme.ts';
import { digestOf } from '#tests/support/digests.ts';
import { filesBelow, makePlainArchive, type PlainArchive } from '#tests/support/plain-archive.ts';
import { type BareShell, installedShells, makeBareShell, runRestore } from '#tests/support/restore-run.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const temp = useTempFolder();
const hex = (bytes: string) => digestOf(bytes).slice('sha256:'.length);

describe.each(installedShells)('restore.sh in %s', (shellName) => {
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

  it('puts each file where the line with the largest sequence says, whichever file of the index has it', async () => {
    archive.addIndex([row('first cut', '2026/Rome/older versions/Rome (version 1).mp4', 11)]);
    archive.addIndex([
      row('first cut', '2026/Rome/Rome.mp4', 2),
      row('second cut', '2026/Rome/Rome.mp4', 11),
    ]);
    archive.addIndex([row('first cut', '2026/Somewhere/Rome.mp4', 9)]);
    expect(await restore()).toMatchObject({ code: 0, complained: '' });
    expect(filesBelow(target())).toEqual({
      '2026/Rome/Rome.mp4': 'second cut',
      '2026/Rome/older versions/Rome (version 1).mp4': 'first cut',
    });
  });

  it('lets the later file of the index decide between lines of one sequence, however many files there are', async () => {
    for (let n = 1; n <= 230; n += 1) archive.addIndex([row('bytes', `2026/${n}/${n}.mp4`, n < 95 ? 1 : 7)]);
    expect(await restore()).toMatchObject({ code: 0, complained: '' });
    expect(filesBelow(target())).toEqual({ '2026/230/230.mp4': 'bytes' });
  });

  it('makes files that their owner may change, though those of the archive are read-only', async () => {
    archive.addIndex([row('a', '2026/A/A.mp4', 2)]);
    await restore();
    expect(statSync(join(target(), '2026/A/A.mp4')).mode & 0o600).toBe(0o600);
  });

  it('leaves out what is in the trash, says so, and brings it when asked', async () => {
    archive.addIndex([row('kept', '2026/Kept/Kept.mp4', 2), row('gone', '2026/Gone/Gone.mp4', 3)]);
    archive.addIndex([row('gone', null, 4)]);
    const { code, said } = await restore();
    expect([code, said]).toEqual([0, expect.stringContaining('In the trash and left out: 1.')]);
    expect(filesBelow(target())).toEqual({ '2026/Kept/Kept.mp4': 'kept' });
    await restore('--trash');
    expect(filesBelow(target())).toEqual({
      '2026/Kept/Kept.mp4': 'kept',
      [`trash/${hex('gone')}.mp4`]: 'gone',
    });
  });

  it('brings what no index names, and everything when there is no index', async () => {
    archive.addIndex([row('named', '2026/Named/Named.mp4', 2)]);
    archive.addBlob('orphan', '');
    expect(await restore()).toMatchObject({
      code: 0,
      said: expect.stringContaining('Without a name in the index: 1.'),
    });
    expect(filesBelow(target())).toEqual({
      '2026/Named/Named.mp4': 'named',
      [`without a name/${hex('orphan')}`]: 'orphan',
    });
    rmSync(join(archive.root, 'index'), { recursive: true });
    rmSync(target(), { recursive: true });
    expect(await restore()).toMatchObject({ code: 0, said: expect.stringContaining('index is missing') });
    expect(Object.values(filesBelow(target())).toSorted()).toEqual(['named', 'orphan']);
  });

  it('takes nothing for a video that is none', async () => {
    archive.addIndex([row('a', '2026/A/A.mp4', 2)]);
    const folder = join(archive.pathOf(archive.addBlob('a')), '..');
    mkdirSync(join(folder, '@eaDir'));
    writeFileSync(join(folder, 'Thumbs.db'), 'x');
    writeFileSync(join(folder, '.DS_Store'), 'x');
    expect(await restore()).toMatchObject({ code: 0, complained: '' });
    expect(filesBelow(target())).toEqual({ '2026/A/A.mp4': 'a' });
  });

  it('names what is missing or cannot be read, brings the rest, and ends with 1', async () => {
    const lost = row('lost', '2026/Lost/Lost.mp4', 2);
    const bad = row('bad', '2026/Bad/Bad.mp4', 3);
    archive.addIndex([lost, bad, row('good', '2026/Good/Good.mp4', 4)]);
    rmSync(archive.pathOf(lost));
    rmSync(archive.pathOf(bad));
    mkdirSync(archive.pathOf(bad)); // nothing that cp could read
    const { code, complained } = await restore();
    expect(code).toBe(1);
    expect(complained).toContain(`Missing: 2026/Lost/Lost.mp4 (checksum ${hex('lost')})`);
    expect(complained).toContain('Cannot be copied: 2026/Bad/Bad.mp4');
    expect(complained).toContain('Problems: 2,');
    expect(filesBelow(target())).toEqual({ '2026/Good/Good.mp4': 'good' });
  });

  it('changes nothing that stands in the folder, and brings what that is in the way of', async () => {
    const place = (name: string) => join(target(), '2026', name);
    for (const name of ['Folder/Folder.mp4', 'Link', 'File']) mkdirSync(place(name), { recursive: true });
    rmSync(place('File'), { recursive: true });
    writeFileSync(join(target(), 'mine.txt'), 'mine');
    writeFileSync(place('File'), 'a file where a folder should be');
    symlinkSync('/nowhere', place('Link/Link.mp4'));
    writeFileSync(join(place('Folder'), 'Same.mp4'), 'another video');
    archive.addIndex([
      row('in a folder', '2026/Folder/Folder.mp4', 2),
      row('in a link', '2026/Link/Link.mp4', 3),
      row('in a file', '2026/File/File.mp4', 4),
      row('same name', '2026/Folder/Same.mp4', 5),
    ]);
    expect(await restore()).toMatchObject({
      code: 0,
      said: expect.stringContaining('With another file in their place: 4.'),
    });
    expect(lstatSync(place('Link/Link.mp4')).isSymbolicLink()).toBe(true);
    rmSync(place('Link'), { recursive: true });
    expect(filesBelow(target())).toEqual({
      'mine.txt': 'mine',
      '2026/File': 'a file where a folder should be',
      '2026/Folder/Same.mp4': 'another video',
      ...Object.fromEntries(
        ['in a folder', 'in a link', 'in a file', 'same name'].map((bytes) => [
          `without a name/${hex(bytes)}.mp4`,
          bytes,
        ]),
      ),
    });
  });

  it('copies nothing twice when it is started again', async () => {
    archive.addIndex([row('a', '2026/A/A.mp4', 2), row('b', '2026/B/B.mp4', 4)]);
    await restore();
    const inode = () => statSync(join(target(), '2026/A/A.mp4')).ino;
    const before = inode();
    rmSync(join(target(), '2026/B'), { recursive: true });
    expect(await restore()).toMatchObject({
      code: 0,
      said: expect.stringContaining('of which 1 stood there before'),
    });
    expect(inode()).toBe(before);
    expect(filesBelow(target())).toEqual({ '2026/A/A.mp4': 'a', '2026/B/B.mp4': 'b' });
  });

  it('compares every file with its checksum when asked, and names what is not as it was', async () => {
    const rotten = row('rotten', '2026/Rotten/Rotten.mp4', 2);
    archive.addIndex([rotten, row('good', '2026/Good/Good.mp4', 4)]);
    expect(await restore('--check')).toMatchObject({
      code: 0,
      said: expect.stringContaining('has its checksum'),
    });

    writeFileSync(join(target(), '2026/Good/Good.mp4'), 'goop');
    expect(await restore(), 'a size says nothing').toMatchObject({ code: 0 });
    expect(await restore('--check')).toMatchObject({
      said: expect.stringContaining('With another file in their place: 1.'),
    });
    expect(filesBelow(target())).toMatchObject({
      '2026/Good/Good.mp4': 'goop',
      [`without a name/${hex('good')}.mp4`]: 'good',
    });

    rmSync(archive.pathOf(rotten));
    writeFileSync(archive.pathOf(rotten), 'rottem');
    rmSync(target(), { recursive: true });
    expect(await restore('--check')).toMatchObject({
      code: 1,
      complained: expect.stringContaining(
        'Damaged in the archive, and brought as it is: 2026/Rotten/Rotten.mp4',
      ),
    });
    expect(filesBelow(target())).toMatchObject({ '2026/Rotten/Rotten.mp4': 'rottem' });
  });

  it('makes hard links when asked, which take no room', async () => {
    const a = row('a', '2026/A/A.mp4', 2);
    archive.addIndex([a]);
    expect(await restore('--link', '--check')).toMatchObject({ code: 0 });
    expect(statSync(join(target(), '2026/A/A.mp4')).ino).toBe(statSync(archive.pathOf(a)).ino);
  });

  it('needs no right to write to the archive, and writes nothing there', async () => {
    archive.addIndex([row('a', '2026/A/A.mp4', 2)]);
    const before = filesBelow(archive.root);
    spawnSync('chmod', ['-R', 'a-w,a+rX', temp.path]);
    mkdirSync(target());
    // Root may write anywhere: somebody else is asked, where we are root.
    const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
    spawnSync('chmod', ['a+rwx', target()]);
    const outcome = await runRestore(shell, {
      args: [target()],
      cwd: archive.root,
      script: 'restore.sh',
      ...(nobody === undefined ? {} : { uid: nobody }),
    });
    spawnSync('chmod', ['-R', 'u+w', temp.path]);
    expect(outcome).toMatchObject({ code: 0, complained: '' });
    expect(filesBelow(target())).toEqual({ '2026/A/A.mp4': 'a' });
    expect(filesBelow(archive.root)).toEqual(before);
  });

  it.each([
    ['has spaces', 'my  videos '],
    ['has a line break', 'my\nvideos\n'],
    ['begins with a hyphen', '--check'],
    ['has all that a shell would act on', `*?[a]$HOME$(touch x)\`touch x\`'"\\;&|~#`],
    ['is not UTF-8, as a name of bytes', 'gr\u00f6\u00dfe'],
  ])('brings everything into a folder whose name %s, from an archive of such a name', async (_, name) => {
    const strange = makePlainArchive(join(temp.path, 'from', name));
    strange.addIndex([{ ...strange.addBlob('a'), readablePath: '2026/A/A.mp4', seq: 2 }]);
    mkdirSync(join(temp.path, 'cwd'));
    const options = { args: ['--check', '--', name], cwd: join(temp.path, 'cwd') };
    const script = `../from/${name}/restore.sh`;
    expect(await runRestore(shell, { ...options, script })).toMatchObject({ code: 0, complained: '' });
    expect(await runRestore(shell, { ...options, script })).toMatchObject({ code: 0, complained: '' });
    expect(filesBelow(join(temp.path, 'cwd'))).toEqual({ [`${name}/2026/A/A.mp4`]: 'a' });
  });

  it.each([
    ['no folder', []],
    ['two folders', ['a', 'b']],
    ['an empty name', ['']],
    ['an unknown option', ['--everything', 'a']],
  ])('asked with %s says what it wants, and does nothing', async (_, args) => {
    const outcome = await runRestore(shell, { args, cwd: temp.path, script: 'archive/restore.sh' });
    expect(outcome).toMatchObject({ code: 2, complained: expect.stringContaining('--help') });
    expect(Object.keys(filesBelow(temp.path)).filter((path) => !/^(archive|tools of)/.test(path))).toEqual(
      [],
    );
  });

  it('explains itself', async () => {
    const outcome = await restore('--help');
    expect(outcome).toMatchObject({
      code: 0,
      complained: '',
      said: expect.stringMatching(/^Usage: sh restore\.sh/),
    });
  });

  it('refuses to write into the archive', async () => {
    const run = (path: string) =>
      runRestore(shell, { args: [path], cwd: temp.path, script: join(archive.root, 'restore.sh') });
    symlinkSync(archive.root, join(temp.path, 'link'));
    for (const path of ['archive', 'archive/blobs/', 'link/sub']) {
      expect(await run(path)).toMatchObject({
        code: 1,
        complained: expect.stringContaining('inside the archive'),
      });
    }
    expect(Object.keys(filesBelow(archive.root))).toEqual(['restore.sh']);
  });

  it('says so where it does not stand in an archive', async () => {
    rmSync(join(archive.root, 'blobs'), { recursive: true });
    expect(await restore()).toMatchObject({
      code: 1,
      complained: expect.stringContaining('There is no archive here'),
    });
    expect(() => statSync(target())).toThrow();
  });
});

describe('restore.sh', () => {
  const lint = spawnSync('shellcheck', ['--version']).status === 0;
  if (!lint) console.warn('SKIPPED: shellcheck of restore.sh: needs it (apt-get install shellcheck).');

  it.skipIf(!lint)('is what shellcheck takes for a sound POSIX script', () => {
    const script = fileURLToPath(restoreScript);
    const { stdout, status } = spawnSync('shellcheck', ['--shell=sh', '--severity=warning', script], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, '']);
  });
});
