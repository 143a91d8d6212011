import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { carryRemoteConfig, driveNoteFile, remoteConfigDir, spoolDir } from '#place-folders.ts';
import { makeClosedPath } from '#tests/support/closed-path.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const folders = () => ({ configDir: join(folder.path, 'config'), vaultDir: join(folder.path, 'vault') });
const save = (location: string, text: string) => {
  const dir = remoteConfigDir(folders(), location);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'rclone.conf'), text);
};
const saved = (location: string) => {
  const file = join(remoteConfigDir(folders(), location), 'rclone.conf');
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
};

describe('what this installation keeps of a place', () => {
  it('is in folders of its own, secrets among the settings and large files on the disk of the vault', () => {
    const id = '0198f2a0-0000-7000-8000-00000000000b';
    const { configDir, vaultDir } = folders();
    expect(remoteConfigDir(folders(), id)).toBe(join(configDir, 'rclone', id));
    expect(driveNoteFile(folders(), id)).toBe(join(configDir, 'drives', `${id}.json`));
    expect(spoolDir(folders(), id)).toBe(join(vaultDir, 'spool', id));
  });

  it.each(['..', '../../etc', 'a/b', '', '.hidden', '-rf', 'a\0b', 'x'.repeat(65)])(
    'is nowhere for an id that would lead elsewhere: %j',
    (id) => {
      for (const where of [remoteConfigDir, driveNoteFile, spoolDir])
        expect(() => where(folders(), id)).toThrow('no id of a place');
    },
  );

  it('goes over to the place that a new one turned out to be, in the place of what was there', async () => {
    save('new', 'just typed');
    save('old', 'out of date');
    await carryRemoteConfig(folders(), 'new', 'old');
    expect([saved('new'), saved('old')]).toEqual([null, 'just typed']);
  });

  it('stays as it is where there is nothing to carry over, or nowhere to', async () => {
    save('old', 'still good');
    await carryRemoteConfig(folders(), 'drive', 'old');
    await carryRemoteConfig(folders(), 'old', 'old');
    expect(saved('old')).toBe('still good');
  });

  it('is not left behind without a word where it cannot be looked at', async () => {
    save('old', 'out of date');
    makeClosedPath(remoteConfigDir(folders(), 'new'));
    await expect(carryRemoteConfig(folders(), 'new', 'old')).rejects.toThrow('save');
    expect(saved('old')).toBe('out of date');
  });
});
