import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasHold } from '#daemon/inbox/hold-folder.ts';
import { makeClosedPath } from '#tests/support/closed-path.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const hold = () => join(folder.path, '.reelhold-hold');

describe('the hold of an inbox', () => {
  it('is there where its folder is, and not where a file or a link has its name', async () => {
    expect(await hasHold(folder.path)).toBe(false);
    mkdirSync(hold());
    expect(await hasHold(folder.path)).toBe(true);
    for (const name of ['a', 'b']) mkdirSync(join(folder.path, name));
    writeFileSync(join(folder.path, 'a/.reelhold-hold'), 'a file');
    symlinkSync(hold(), join(folder.path, 'b/.reelhold-hold'));
    for (const name of ['a', 'b']) expect(await hasHold(join(folder.path, name))).toBe(false);
  });

  it('is not taken for none where nobody can look: the originals in it would never be looked at', async () => {
    const root = join(folder.path, 'closed');
    makeClosedPath(root);
    await expect(hasHold(root)).rejects.toThrow('look at .reelhold-hold');
  });
});
