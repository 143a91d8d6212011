import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeDisk } from '#store/probe-disk.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();

describe('a disk that is tried', () => {
  it('shows that it can be written to, and is left as it was', async () => {
    mkdirSync(join(folder.path, 'other'));
    writeFileSync(join(folder.path, '.reelhold-probe'), 'left by a try that was cut short');
    await probeDisk(folder.path);
    expect(readdirSync(folder.path)).toEqual(['other']);
  });

  it('says which side fails where it cannot be written to', async () => {
    const away = join(folder.path, 'away');
    await expect(probeDisk(away, 'vault')).rejects.toMatchObject({ kind: 'missing', side: 'vault' });
    await expect(probeDisk(away)).rejects.toMatchObject({ kind: 'missing', side: undefined });
  });
});
