import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRestoreTarget } from '#store/restore-target.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const at = (...parts: readonly string[]) => join(folder.path, ...parts);

describe('a folder that videos are brought to', () => {
  it('is made where it is not there, and keeps nothing of ours', async () => {
    {
      await using target = await openRestoreTarget(at('a/b'));
      writeFileSync(target.draft(), 'half');
      expect(readdirSync(at('a/b'))).toEqual([`.reelhold-restore-${process.pid}`]);
    }
    expect(readdirSync(at('a/b'))).toEqual([]);
  });

  it('gives a file its name only where that is free', async () => {
    await using target = await openRestoreTarget(folder.path);
    writeFileSync(at('taken.mp4'), 'other');
    symlinkSync('nowhere', at('link.mp4'));
    for (const path of ['taken.mp4', 'link.mp4']) {
      const draft = target.draft();
      writeFileSync(draft, 'ours');
      expect(await target.place(draft, path, null)).toBe('taken');
      expect(readFileSync(draft, 'utf8')).toBe('ours');
    }
    expect(readFileSync(at('taken.mp4'), 'utf8')).toBe('other');
    const draft = target.draft();
    writeFileSync(draft, 'ours');
    expect(await target.place(draft, 'x/y/free.mp4', null)).toBe('placed');
    expect(readFileSync(at('x/y/free.mp4'), 'utf8')).toBe('ours');
  });

  it('tells files from what else has a name', async () => {
    await using target = await openRestoreTarget(folder.path);
    mkdirSync(at('folder'));
    symlinkSync('/etc/hostname', at('link'));
    writeFileSync(at('file'), 'four');
    expect(await target.look('folder')).toEqual({ kind: 'something-else' });
    expect(await target.look('link')).toEqual({ kind: 'something-else' });
    expect(await target.look('file')).toEqual({ kind: 'file', sizeBytes: 4 });
    expect(await target.look('none/none')).toEqual({ kind: 'nothing' });
    await expect(target.look('file/below')).rejects.toMatchObject({ side: 'vault' });
  });

  it('is cleared of what a restore that died had not finished, and of nothing else', async () => {
    const dead = at('.reelhold-restore-4194304');
    mkdirSync(dead);
    writeFileSync(join(dead, '0123456789abcdef'), 'half');
    mkdirSync(at('.reelhold-restore-4194303'));
    writeFileSync(at('.reelhold-restore-4194303/list of restore.sh'), 'x');
    mkdirSync(at('.reelhold-restore-1'));
    await using _target = await openRestoreTarget(folder.path);
    expect(readdirSync(folder.path).sort()).toEqual(
      ['.reelhold-restore-1', '.reelhold-restore-4194303', `.reelhold-restore-${process.pid}`].sort(),
    );
  });
});
