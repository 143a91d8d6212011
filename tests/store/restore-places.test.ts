import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { filesBelow, makePlainArchive, type PlainArchive } from '#tests/support/plain-archive.ts';
import { type BareShell, installedShells, makeBareShell, runRestore } from '#tests/support/restore-run.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const temp = useTempFolder();
const hex = (bytes: string) => digestOf(bytes).slice('sha256:'.length);

describe.each(installedShells)(
  'bytes that belong to several places, restored by restore.sh in %s',
  (shellName) => {
    let shell: BareShell;
    let archive: PlainArchive;
    const target = () => join(temp.path, 'target');
    beforeEach(() => {
      shell = makeBareShell(shellName, temp.path);
      archive = makePlainArchive(join(temp.path, 'archive'));
    });

    const restore = (...args: readonly string[]) =>
      runRestore(shell, { args: [...args, target()], cwd: temp.path, script: 'archive/restore.sh' });
    const row = (readablePath: string | null, seq: number, part?: string, bytes = 'music') => ({
      ...archive.addBlob(bytes, 'wav'),
      ...{ readablePath, seq },
      ...(part === undefined ? {} : { part }),
    });

    it('come back at each of them, where the line with the largest sequence of that place says', async () => {
      archive.addIndex([row('2026/Rome/sound/a.wav', 9, 'p1'), row('2026/Song/Song.wav', 2)]);
      archive.addIndex([row('2026/Rome/sound/old.wav', 3, 'p1'), row('2026/Oslo/sound/a.wav', 4, 'p2')]);
      for (const args of [['--check'], ['--check', '--link']]) {
        expect(await restore(...args)).toMatchObject({ code: 0, complained: '' });
        expect(filesBelow(target())).toEqual({
          '2026/Rome/sound/a.wav': 'music',
          '2026/Song/Song.wav': 'music',
          '2026/Oslo/sound/a.wav': 'music',
        });
      }
    });

    it('come back under each of their names, also in one folder', async () => {
      archive.addIndex(['a', 'b', 'c'].map((name, at) => row(`2026/Rome/sound/${name}.wav`, 5, `p${at}`)));
      expect(await restore()).toMatchObject({ code: 0, complained: '' });
      expect(filesBelow(target())).toEqual({
        '2026/Rome/sound/a.wav': 'music',
        '2026/Rome/sound/b.wav': 'music',
        '2026/Rome/sound/c.wav': 'music',
      });
    });

    it('are left out where they are in the trash, and in the trash only where all of them are', async () => {
      archive.addIndex([row('2026/Song/Song.wav', 2), row('2026/Rome/sound/a.wav', 3, 'p1')]);
      archive.addIndex([row(null, 4)]);
      expect(await restore('--trash')).toMatchObject({ code: 0, complained: '' });
      expect(filesBelow(target())).toEqual({ '2026/Rome/sound/a.wav': 'music' });

      archive.addIndex([row(null, 5, 'p1')]);
      const { said } = await restore();
      expect(said).toContain('In the trash and left out: 1.');
      await restore('--trash');
      expect(filesBelow(target())).toMatchObject({ [`trash/${hex('music')}.wav`]: 'music' });
    });

    it('come back in the hidden folders of a project, also where they are none', async () => {
      const at = (name: string) => `2026/Rome/as it came/${name}`;
      const empty = ['.lock', 'a b/__init__.py', '.x/.y'];
      archive.addIndex([
        row(at('.project/state'), 2, 'p'),
        ...empty.map((name, n) => row(at(name), 3 + n, `p${n}`, '')),
      ]);
      for (const args of [['--check'], [], ['--check']]) {
        expect(await restore(...args)).toMatchObject({ code: 0, complained: '' });
        expect(filesBelow(target())).toEqual({
          [at('.project/state')]: 'music',
          ...Object.fromEntries(empty.map((name) => [at(name), ''])),
        });
      }
    });
  },
);
