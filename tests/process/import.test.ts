import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Installation, makeInstallation, runCli, spawnCli, startDaemon } from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { someBytes } from '#tests/support/inbox-bench.ts';
import { findFaults, type Source } from '#tests/support/oracle.ts';
import { until } from '#tests/support/until.ts';

const fileCount = 96;

it('an import that is killed, and whose daemon is killed, goes on where it was, and takes all of it once', {
  timeout: 180_000,
}, async () => {
  await using installation = await makeInstallation();
  const old = join(installation.folder, 'old');
  const sources = await writeArchive(old);
  const daemon = await startDaemon(installation);
  const isSome = (least: number) => async () => (await daemon.api.versions()).length >= least;

  await using first = spawnCli(installation, 'add', '--recursive', old);
  await until('some are taken', isSome(1), 60_000);
  await first.kill9();

  await using second = spawnCli(installation, 'add', '--recursive', old);
  await until('more are taken', isSome(fileCount / 2), 60_000);
  await daemon.kill9();
  expect(await second.ended).toBe(0);
  expect(second.output()).toMatch(/already taken by an earlier import|\d+ taken before/);

  const third = await runCli(installation, 'add', '--recursive', old);
  expect(third).toMatchObject({ code: 0, output: expect.stringContaining('There is nothing to take.') });
  await using after = await startDaemon(installation);
  const versions = await after.api.versions();
  expect(versions.map(({ digest }) => digest).sort()).toEqual(sources.map(({ digest }) => digest).sort());
  expect(await findFaults(installation, sources, versions)).toEqual([]);
  expect(await untouched(installation, sources)).toEqual([]);
});

async function writeArchive(old: string): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (let n = 0; n < fileCount; n += 1) {
    const folder = join(old, `${2000 + (n % 20)}`);
    await mkdir(folder, { recursive: true });
    const bytes = someBytes(40_000 + n);
    await writeFile(join(folder, `Film ${n} of many.mp4`), bytes);
    const path = `old/${2000 + (n % 20)}/Film ${n} of many.mp4`;
    sources.push({ path, digest: digestOf(bytes), isElsewhere: true });
  }
  return sources;
}

async function untouched({ folder }: Installation, sources: readonly Source[]): Promise<readonly string[]> {
  const differing: string[] = [];
  for (const { path, digest } of sources) {
    if (digestOf(await readFile(join(folder, path))) !== digest) differing.push(path);
  }
  return differing;
}
