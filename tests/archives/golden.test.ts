import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDigest } from '#core/digest.ts';
import { digestOf } from '#tests/support/digests.ts';
import {
  cloudPassword,
  goldenDir,
  goldenNames,
  openGolden,
  readAccount,
  readExpected,
  readTree,
} from '#tests/support/golden.ts';
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

describe.each(goldenNames().filter((name) => existsSync(join(goldenDir, name, 'drive'))))(
  'the places of the archive %s, as a released version wrote them',
  (name) => {
    const restoreFrom = async (shell: (typeof installedShells)[number], copy: string) => {
      const target = join(folder.path, `brought back from ${copy}`);
      const run = { args: ['--check', target], cwd: folder.path, script: `${copy}/restore.sh` };
      expect(await runRestore(makeBareShell(shell, folder.path), run)).toMatchObject({
        code: 0,
        complained: '',
      });
      return readTree(target);
    };

    it.each(installedShells)('are brought back from the drive by %s alone', async (shell) => {
      cpSync(join(goldenDir, name, 'drive'), join(folder.path, 'drive'), { recursive: true });
      expect(await restoreFrom(shell, 'drive')).toEqual(readExpected(name).tree);
    });

    it('are brought back from the encrypted remote by rclone and a shell', { timeout: 120_000 }, async () => {
      const [shell] = installedShells;
      if (shell === undefined) return;
      const remote = join(goldenDir, name, 'cloud');
      const rclone = (...args: string[]) =>
        execFileSync('rclone', ['--config', join(folder.path, 'rclone.conf'), ...args], { stdio: 'pipe' });
      const crypt = [`remote=${remote}`, `password=${cloudPassword}`, '--obscure'];
      rclone('config', 'create', 'place', 'crypt', ...crypt);
      rclone('copy', 'place:', join(folder.path, 'fetched'));
      expect(await restoreFrom(shell, 'fetched')).toEqual(readExpected(name).tree);
    });

    it('hold what the journal says was encrypted, byte for byte', async () => {
      const { archive, config } = await openGolden(name, folder.path, { withCatalogue: false });
      await using open = archive;
      const [cloud] = open.catalogue.places.list().filter(({ encrypted }) => encrypted);
      const gone = new Set<string>();
      for (const path of Object.keys(
        readAccount(config).places?.find((one) => one.encrypted)?.ciphers ?? {},
      )) {
        const made = open.catalogue.ciphers.find(cloud?.location ?? '', path);
        const file = join(goldenDir, name, 'cloud', made?.cipherPath ?? '');
        if (existsSync(file)) expect(digestOf(readFileSync(file))).toBe(made?.cipherDigest);
        else gone.add(path);
      }
      // What was deleted everywhere is gone from there.
      expect(gone.size).toBe(1);
    });
  },
);
