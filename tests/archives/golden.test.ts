import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDigest } from '#core/digest.ts';
import { goldenNames, openGolden, readAccount, readExpected, readTree } from '#tests/support/golden.ts';
import { runHandler } from '#tests/support/operations.ts';
import { installedShells, makeBareShell, runRestore } from '#tests/support/restore-run.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();

describe.each(goldenNames())('the archive %s, as a released version wrote it', (name) => {
  it.each([
    ['with its catalogue', true],
    ['from its journal alone', false],
  ])('says what it said then, %s, and every byte reads back', async (_, withCatalogue) => {
    const { archive, config } = await openGolden(name, folder.path, { withCatalogue });
    await using open = archive;
    const account = readAccount(config);
    expect({ ...account, tree: readExpected(name).tree }).toEqual(readExpected(name));
    for (const { digest } of account.videos.flatMap(({ versions }) => versions)) {
      const ref = open.catalogue.archive.blobRef(parseDigest(digest));
      expect(ref && (await open.store.verify(ref, new AbortController().signal))).toBe('good');
    }
  });

  it('says the same when its catalogue is made again', async () => {
    const { archive, config } = await openGolden(name, folder.path, { withCatalogue: true });
    await using open = archive;
    await runHandler(open.rebuild);
    expect({ ...readAccount(config), tree: readExpected(name).tree }).toEqual(readExpected(name));
  });

  it.each(installedShells)('is brought back by %s alone', async (shell) => {
    const { archive } = await openGolden(name, folder.path, { withCatalogue: false });
    await archive[Symbol.asyncDispose](); // gives it the script, where it is older than that
    const target = join(folder.path, 'brought back');
    const outcome = await runRestore(makeBareShell(shell, folder.path), {
      ...{ args: ['--check', target], cwd: folder.path, script: 'vault/restore.sh' },
    });
    expect(outcome).toMatchObject({ code: 0, complained: '' });
    expect(readTree(target)).toEqual(readExpected(name).tree);
  });
});
