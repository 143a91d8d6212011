import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blobPath, parseDigest } from '#core/digest.ts';
import { makeInstallation, runCli } from '#tests/support/daemon.ts';
import { putVideo } from '#tests/support/failing-place.ts';

it('"verify" answers that not all is proven for as long as a copy is gone, whether it is new or known', {
  timeout: 300_000,
}, async () => {
  await using installation = await makeInstallation();
  const { path, digest } = await putVideo(installation, 'Harbour.mp4');
  const run = (...args: string[]) => runCli(installation, ...args);
  expect(await run('add', join(installation.inbox, path))).toMatchObject({ code: 0 });
  const blob = join(installation.vault, blobPath({ digest: parseDigest(digest), ext: 'mp4' }));
  expect(await run('verify', '--full')).toMatchObject({ code: 0 });
  await rename(blob, `${blob}.away`);
  for (const _ of [1, 2]) {
    const verified = await run('verify', '--full');
    expect(verified, verified.output).toMatchObject({ code: 3 });
    expect(verified.output).toContain('1 copy damaged or gone');
  }
  const share = await run('verify');
  expect(share, share.output).toMatchObject({ code: 3 });
  expect(share.output).toContain('1 copy is known to be damaged or gone and not mended yet');
  await copyFile(`${blob}.away`, blob);
  const mended = await run('verify', '--full');
  expect(mended, mended.output).toMatchObject({ code: 0 });
  expect(mended.output).toContain('1 copy read back and good');
});
