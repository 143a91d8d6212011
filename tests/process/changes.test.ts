import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openForReading } from '#catalogue/database.ts';
import { dumpTables, projectedColumns } from '#tests/support/catalogue.ts';
import { type Installation, makeInstallation, runCli, startDaemon } from '#tests/support/daemon.ts';
import { until } from '#tests/support/until.ts';

async function addVideos(installation: Installation, ...names: readonly string[]): Promise<void> {
  for (const name of names) await writeFile(join(installation.folder, name), `bytes of ${name}`);
  const files = names.map((name) => join(installation.folder, name));
  expect(await runCli(installation, 'add', ...files)).toMatchObject({ code: 0 });
}

function dump({ config }: Installation) {
  using catalogue = openForReading(join(config, 'catalogue.sqlite'));
  if (catalogue === null) throw new Error('there is no catalogue');
  return dumpTables(catalogue, projectedColumns);
}

const idOf = (installation: Installation, title: string): string => {
  using catalogue = openForReading(join(installation.config, 'catalogue.sqlite'));
  return String(catalogue?.sqlite.prepare('SELECT id FROM videos WHERE title = ?').pluck().get(title));
};

const shown = async ({ library }: Installation) =>
  (await readdir(library, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

describe('what the owner changes by the command line', () => {
  it('is done by the daemon that holds the vault, and shown by it', async () => {
    await using installation = await makeInstallation();
    await using daemon = await startDaemon(installation);
    await addVideos(installation, 'Rome.mp4', 'Oslo.mp4', 'Bern.mp4');
    const run = (...args: readonly string[]) => runCli(installation, ...args);
    expect(await run('rename', idOf(installation, 'Rome'), 'Summer')).toMatchObject({ code: 0 });
    expect(await run('merge', idOf(installation, 'Oslo'), idOf(installation, 'Summer'))).toMatchObject({
      code: 0,
    });
    expect(await run('trash', idOf(installation, 'Bern'))).toMatchObject({ code: 0 });
    const videos = await daemon.api.videos();
    expect(videos.map(({ title, versions }) => [title, versions.length])).toEqual([['Summer', 2]]);
    await until('the readable tree', async () => {
      const files = await shown(installation);
      return files.join() === ['Summer (version 1).mp4', 'Summer.mp4'].join();
    });
    expect(await run('trash', 'nobody')).toMatchObject({
      code: 1,
      output: expect.stringContaining('there is no such video'),
    });
  });

  it('outlives the catalogue: a rebuild, and a start without it, say the same', {
    timeout: 300_000,
  }, async () => {
    await using installation = await makeInstallation();
    await addVideos(installation, 'Rome.mp4', 'Oslo.mp4', 'Bern.mp4', 'Final.mp4');
    const run = (...args: readonly string[]) => runCli(installation, ...args);
    await run('rename', idOf(installation, 'Rome'), 'Summer in "Rome" / 2026 🎬');
    await run('merge', idOf(installation, 'Oslo'), idOf(installation, 'Bern'));
    await run('trash', idOf(installation, 'Bern'));
    await run('set', 'proof-days', '60');
    const before = dump(installation);
    expect(await run('rebuild')).toEqual({
      code: 0,
      output: 'The catalogue was made again: 3 videos, 4 versions.\n',
    });
    expect(dump(installation)).toEqual(before);
    await rm(installation.config, { recursive: true });
    await using daemon = await startDaemon(installation);
    await until('the videos', async () => (await daemon.api.videos()).length === 2);
    expect(dump(installation)).toEqual(before);
    expect(await run('rebuild')).toMatchObject({ code: 0 });
    expect(dump(installation)).toEqual(before);
  });

  it.each([
    [['set', 'proof-days', '0'], 1, 'that value is not possible'],
    [['set', 'colour', 'red'], 2, 'proof-days'],
    [['rename', 'x'], 2, 'title'],
  ])('%j is answered with %i and a sentence', async (args, code, sentence) => {
    await using installation = await makeInstallation();
    const answer = await runCli(installation, ...args);
    expect(answer).toMatchObject({ code, output: expect.stringContaining(sentence) });
    expect(answer.output).not.toMatch(/\n\s+at /);
  });
});
