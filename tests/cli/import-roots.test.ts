import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRoot } from '#cli/import-roots.ts';
import { makeClosedPath } from '#tests/support/closed-path.ts';
import { configBelow } from '#tests/support/lived-in.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const at = (name: string) => join(folder.path, name);
const config = () => configBelow(at('here'));

describe('the folder that is to be imported', () => {
  it('is found by whatever link the owner names, with folders of Reelhold that are not there yet', async () => {
    mkdirSync(at('old'));
    symlinkSync(at('old'), at('link'));
    expect(await findRoot(config(), at('link'))).toBe(at('old'));
  });

  it('is none of Reelhold’s own', async () => {
    mkdirSync(join(config().vaultDir, 'blobs'), { recursive: true });
    symlinkSync(config().vaultDir, at('link'));
    for (const own of [config().vaultDir, join(config().vaultDir, 'blobs'), at('link')])
      await expect(findRoot(config(), own)).rejects.toThrow("it is one of Reelhold's own folders");
  });

  it('is not begun with where it cannot be told whether it is one of them', async () => {
    mkdirSync(at('old'));
    mkdirSync(at('here'));
    makeClosedPath(config().vaultDir);
    await expect(findRoot(config(), at('old'))).rejects.toThrow(`look at ${config().vaultDir}`);
  });
});
