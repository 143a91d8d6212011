import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openForReading } from '#catalogue/database.ts';
import { type Installation, makeInstallation, runCli, spawnCli, startDaemon } from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { someBytes } from '#tests/support/inbox-bench.ts';
import { classicMhl } from '#tests/support/mhl.ts';
import { findFaults, type Source } from '#tests/support/oracle.ts';
import { filesBelow } from '#tests/support/plain-archive.ts';
import { until } from '#tests/support/until.ts';

const fileCount = 96;

it('an import that is killed, and whose daemon is killed, goes on where it was, and takes all of it once', {
  timeout: 300_000,
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
  expect(sidecarsOf(installation)).toEqual({ all: fileCount, withTheirVideo: fileCount });
  expect(await untouched(installation, sources)).toEqual([]);
});

it('what belongs together in it stays together, over a kill, and nothing comes twice', {
  timeout: 300_000,
}, async () => {
  await using installation = await makeInstallation();
  const old = join(installation.folder, 'old');
  const { files, tree } = belongingTogether();
  await writeAll(old, files);
  await using first = spawnCli(installation, 'add', '--recursive', '--yes', old);
  await until(
    'some are recorded',
    async () => (await namesIn(join(installation.vault, 'journal'))) > 1,
    60_000,
  );
  await first.kill9();

  const second = await runCli(installation, 'add', '--recursive', '--yes', old);
  expect(second).toMatchObject({
    code: 0,
    output: expect.stringContaining('already taken by an earlier import'),
  });
  expect(second.output).toContain(
    'belong to none (1 .pdf, 1 .srt); 1 file or folder that was never finished.',
  );
  expect(damagedIn(installation)).toEqual([{ name: 'A002.mov', damaged: 'differs-from-list' }]);
  const third = await runCli(installation, 'add', '--recursive', old);
  expect(third).toMatchObject({ code: 0, output: expect.stringContaining('There is nothing to take.') });
  expect(sorted(filesBelow(installation.library))).toEqual(sorted(tree));
  expect(sorted(filesBelow(old))).toEqual(sorted(files));
  await rm(installation.config, { recursive: true });
  expect(await runCli(installation, 'rebuild')).toMatchObject({ code: 0 });
  expect(sorted(filesBelow(installation.library))).toEqual(sorted(tree));
});

it('a folder is one project, or each folder in it is, where the owner says so', {
  timeout: 300_000,
}, async () => {
  await using installation = await makeInstallation();
  const old = join(installation.folder, 'old');
  await writeAll(old, { 'Rome/cut.mp4': 'film', 'Rome/notes.txt': 'notes', 'Oslo/a/b.pdf': 'licence' });
  const one = await runCli(installation, 'add', '-r', '--kind', 'project', join(old, 'Rome'));
  expect(one).toMatchObject({ code: 0, output: expect.stringContaining('2 files of 1 project or card') });
  const all = await runCli(installation, 'add', '-r', '--kind', 'projects', old);
  expect(all).toMatchObject({
    code: 0,
    output: expect.stringContaining('1 file of 1 project or card (7 bytes)'),
  });
  expect(
    Object.keys(filesBelow(installation.library))
      .map((path) => path.slice('2026/'.length))
      .sort(),
  ).toEqual([
    '2026-03-01 Oslo/as it came/a/b.pdf',
    '2026-03-01 Rome/Rome.mp4',
    '2026-03-01 Rome/as it came/notes.txt',
  ]);
});

/** An old archive, and the readable tree that comes of it. */
function belongingTogether() {
  const day = '2026/2026-03-01';
  const files: Record<string, string> = {
    'delivery/A001.mov': 'good',
    'delivery/A002.mov': 'not what it was',
    'junk/tax.pdf': 'tax',
    'junk/nobody.srt': 'text',
    'junk/half.mp4.part': 'half',
  };
  const listed = ['good', 'just what it is'].map((text, n) => ({
    path: `A00${n + 1}.mov`,
    bytes: Buffer.from(text),
  }));
  files['delivery/delivery.mhl'] = classicMhl(listed);
  const tree: Record<string, string> = {};
  for (const name of ['A001', 'A002']) {
    tree[`${day} ${name}/${name}.mov`] = files[`delivery/${name}.mov`] ?? '';
    tree[`${day} ${name}/sidecar/delivery.mhl`] = files['delivery/delivery.mhl'];
  }
  const put = (path: string, text: string, shown: string) => {
    files[path] = text;
    tree[`${day} ${shown}`] = text;
  };
  for (let n = 0; n < 40; n += 1) {
    put(`films/Film number ${n}.mp4`, `film ${n}`, `Film number ${n}/Film number ${n}.mp4`);
    put(`films/Film number ${n}.xmp`, `notes ${n}`, `Film number ${n}/sidecar/Film number ${n}.xmp`);
    put(`Subs/Film number ${n}.de.srt`, `text ${n}`, `Film number ${n}/subtitle/Film number ${n}.de.srt`);
    const clip = `PRIVATE/M4ROOT/CLIP/C${1000 + n}.MP4`;
    put(`cards/Interview/${clip}`, `clip ${n}`, `Interview/as it came/${clip}`);
  }
  put('Rome/final/cut.mp4', 'the final', 'Rome/Rome.mp4');
  put('Rome/raw/a.mov', 'footage', 'Rome/as it came/raw/a.mov');
  put('DCIM/100APPLE/IMG_0001.MOV', 'live', 'IMG_0001/IMG_0001.mov');
  put('DCIM/100APPLE/IMG_0001.HEIC', 'still', 'IMG_0001/still/IMG_0001.HEIC');
  return { files, tree };
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const day = new Date('2026-03-01T12:00:00Z');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
    await utimes(join(folder, path), day, day);
  }
}

function sidecarsOf({ config }: Installation): unknown {
  using catalogue = openForReading(join(config, 'catalogue.sqlite'));
  return catalogue?.sqlite
    .prepare(
      `SELECT count(*) AS "all", sum(parts.name = replace(versions.name, '.mp4', '.xmp')) AS withTheirVideo
       FROM parts JOIN versions USING (video_id)`,
    )
    .get();
}

function damagedIn({ config }: Installation): readonly unknown[] {
  using catalogue = openForReading(join(config, 'catalogue.sqlite'));
  return (
    catalogue?.sqlite.prepare('SELECT name, damaged FROM versions WHERE damaged IS NOT NULL').all() ?? []
  );
}

async function namesIn(folder: string): Promise<number> {
  return (await readdir(folder).catch(() => [])).length;
}

function sorted(found: Readonly<Record<string, string>>): readonly [string, string][] {
  return Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1));
}

async function writeArchive(old: string): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (let n = 0; n < fileCount; n += 1) {
    const folder = join(old, `${2000 + (n % 20)}`);
    await mkdir(folder, { recursive: true });
    const bytes = someBytes(40_000 + n);
    await writeFile(join(folder, `Film ${n} of many.mp4`), bytes);
    await writeFile(join(folder, `Film ${n} of many.xmp`), `notes ${n}`);
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
