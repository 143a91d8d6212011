import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeName } from '#core/candidates.ts';
import { encodeName } from '#core/file-name.ts';
import type { ImportPlace } from '#core/import-place.ts';
import { folderIdentity, walkArchive } from '#daemon/import/walk-archive.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();

function write(path: string, content = 'x'): void {
  const bytes = Buffer.from(encodeName(join(folder.path, path)));
  mkdirSync(bytes.subarray(0, bytes.lastIndexOf('/')), { recursive: true });
  writeFileSync(bytes, content);
}

const ofProject: ImportPlace = {
  ...{ kind: 'project', key: '/project', folder: 'project', role: null, partKind: 'other', path: '' },
};

async function walk(own: ReadonlySet<string> = new Set(), signal = new AbortController().signal) {
  const seen = {
    files: [] as string[],
    passedOver: [] as string[],
    folders: 0,
    left: [] as string[],
    unreadable: [] as string[],
  };
  await walkArchive(
    folder.path,
    own,
    {
      onFiles: (files) => seen.files.push(...files.map(({ path }) => path)),
      async judgeFolder(folder) {
        seen.folders += 1;
        const isOfProject = folder.split('/')[0] === 'project';
        return {
          placeOf: (path) =>
            isOfProject ? ofProject : judgeName(path) === 'video' ? { kind: 'video' } : null,
          isOfProject,
        };
      },
      onFolderLeft: (path) => {
        seen.left.push(path);
      },
      onPassedOver: (reason, path) => seen.passedOver.push(`${reason} ${path}`),
      onUnreadable: (error) => seen.unreadable.push(String(error)),
    },
    signal,
  );
  seen.files.sort();
  seen.passedOver.sort();
  return seen;
}

describe('a walk through an old archive', () => {
  it('finds the videos at any depth, by names of any bytes', async () => {
    write('Rome.mp4');
    write('2019/final/caf\uDCE9.mov');
    write('2019/two\nlines/\u202Egpj.mkv');
    const seen = await walk();
    expect(seen.files).toEqual(['2019/final/caf\uDCE9.mov', '2019/two\nlines/\u202Egpj.mkv', 'Rome.mp4']);
    expect(seen).toMatchObject({ folders: 4, passedOver: [], unreadable: [] });
    expect(seen.left.slice(-2)).toEqual(['2019', '']);
  });

  it('says what it passes over, and why', async () => {
    write('photo.jpg');
    write('empty.mp4', '');
    write('half.mp4.part');
    write('@eaDir/Rome.mp4');
    symlinkSync(folder.path, join(folder.path, 'loop'));
    symlinkSync('/etc/passwd', join(folder.path, 'link.mp4'));
    execFileSync('mkfifo', [join(folder.path, 'pipe.mp4')]);
    expect((await walk()).passedOver).toEqual([
      'empty empty.mp4',
      'link link.mp4',
      'link loop',
      'not-a-video photo.jpg',
      'special pipe.mp4',
      'system @eaDir',
      'unfinished half.mp4.part',
    ]);
  });

  it('goes into what is hidden, and takes what is empty, only in a project', async () => {
    write('project/.state/a');
    write('project/marker', '');
    write('project/.Trashes/b');
    write('other/.state/c.mp4');
    write('other/d.mp4', '');
    const seen = await walk();
    expect(seen.files).toEqual(['project/.state/a', 'project/marker']);
    expect(seen.passedOver).toEqual(['empty other/d.mp4', 'hidden other/.state', 'system project/.Trashes']);
  });

  it('does not enter folders of our own', async () => {
    write('vault/blobs/a.mp4');
    const own = new Set([await folderIdentity(join(folder.path, 'vault'))]);
    expect(await walk(own)).toMatchObject({ files: [], passedOver: ['own vault'] });
  });

  it('tells what it cannot look at, and goes on', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root may read everything');
    write('closed/a.mp4');
    write('open/b.mp4');
    chmodSync(join(folder.path, 'closed'), 0);
    const seen = await walk();
    chmodSync(join(folder.path, 'closed'), 0o700);
    expect(seen.files).toEqual(['open/b.mp4']);
    expect(seen.unreadable).toEqual([expect.stringContaining('list closed: permission denied')]);
  });

  it('finds hundreds of files in one folder, none twice', async () => {
    for (let n = 0; n < 600; n += 1) write(`many/clip ${n}.mp4`);
    const { files } = await walk();
    expect(new Set(files).size).toBe(600);
    expect(files).toHaveLength(600);
  });

  it('stops when it is told to', async () => {
    write('a/b.mp4');
    await expect(walk(new Set(), AbortSignal.abort())).rejects.toThrow('abort');
  });

  it('fails where the folder is not there', async () => {
    const nothing = {
      ...{ onFiles() {}, onFolderLeft() {}, onPassedOver() {}, onUnreadable() {} },
      judgeFolder: async () => ({ placeOf: () => null, isOfProject: false }),
    };
    const { signal } = new AbortController();
    await expect(walkArchive(join(folder.path, 'none'), new Set(), nothing, signal)).rejects.toThrow(
      'ENOENT',
    );
  });
});
