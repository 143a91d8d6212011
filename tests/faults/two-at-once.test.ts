import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openForReading } from '#catalogue/database.ts';
import { openVault } from '#store/vault.ts';
import {
  type Installation,
  makeInstallation,
  runCli,
  spawnDaemon,
  startDaemon,
  waitUntilHealthy,
} from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { someBytes } from '#tests/support/inbox-bench.ts';
import { findFaults, type Source } from '#tests/support/oracle.ts';
import { faultScope, recordFigures } from '#tests/support/reliability.ts';
import { until } from '#tests/support/until.ts';

const rounds = faultScope === 'all' ? 3 : 1;
/** What a sample leaves out: each has a neighbour that shows nearly the same. */
const whenAll = it.runIf(faultScope === 'all');
const section = 'Two at once';
const patient = { timeout: rounds * 300_000 };

/** Files beside the installation, for the command line: the originals stay where they are. */
async function makeFiles({ folder }: Installation, count: number, sizeBytes: number) {
  const files: string[] = [];
  const sources: Source[] = [];
  for (let n = 1; n <= count; n += 1) {
    const bytes = someBytes(sizeBytes);
    const file = join(folder, `Film ${n}.mp4`);
    await writeFile(file, bytes);
    files.push(file);
    sources.push({ path: `Film ${n}.mp4`, digest: digestOf(bytes) });
  }
  return { files, sources };
}

/** Nothing was lost, each file is held once under its own name, and nothing that was asked for is still to be done. */
async function expectHeldOnce(installation: Installation, sources: readonly Source[]): Promise<void> {
  using database = openForReading(join(installation.config, 'catalogue.sqlite'));
  const sqlite = database?.sqlite;
  const versions = sqlite?.prepare('SELECT digest, name FROM versions').all() as Source[];
  const held = versions.map(({ digest }) => digest).sort();
  expect(held).toEqual(sources.map(({ digest }) => digest).sort());
  const asked = sqlite?.prepare(
    "SELECT subject, state, error FROM operations WHERE kind = 'add' AND state <> 'done'",
  );
  expect(asked?.all()).toEqual([]);
  expect(await findFaults(installation, sources, null)).toEqual([]);
}

describe('two commands at once', () => {
  whenAll('each take their files, one after the other', patient, async () => {
    for (let round = 0; round < rounds; round += 1) {
      await using installation = await makeInstallation();
      const { files, sources } = await makeFiles(installation, 12, 300_000);
      const shares = [files.slice(0, 4), files.slice(4, 8), files.slice(8)];
      const answers = await Promise.all(shares.map((share) => runCli(installation, 'add', ...share)));
      for (const { code, output } of answers) {
        expect(output).toContain('4 new videos');
        expect(code).toBe(0);
      }
      await expectHeldOnce(installation, sources);
    }
    recordFigures(section, [{ what: 'rounds of three commands with files of their own', figure: rounds }]);
  });

  it('that are given the same files hold them once, and both say that they are held', patient, async () => {
    for (let round = 0; round < rounds; round += 1) {
      await using installation = await makeInstallation();
      const { files, sources } = await makeFiles(installation, 5, 300_000);
      const answers = await Promise.all(
        [files, [...files].reverse()].map((some) => runCli(installation, 'add', ...some)),
      );
      expect(answers.map(({ code }) => code)).toEqual([0, 0]);
      const all = answers.map(({ output }) => output).join('');
      expect(all).toContain('5 new videos');
      expect(all).toContain('5 already held');
      await expectHeldOnce(installation, sources);
    }
    recordFigures(section, [{ what: 'rounds of two commands with the same files', figure: rounds }]);
  });

  it('the second says whom it waits for, and waits however long it takes', patient, async () => {
    await using installation = await makeInstallation();
    const { files, sources } = await makeFiles(installation, 1, 10_000);
    await runCli(installation, 'add', ...files);
    const writer = '0123456789ab';
    const vault = await openVault({
      root: installation.vault,
      writer,
      knownArchive: null,
      program: 'command',
    });
    if (vault.kind !== 'open') throw new Error(vault.kind);
    const { child, output } = startCli(installation, 'add', ...files);
    await until('a word', () => output().includes('Waiting for another "reelhold" command to end'), 60_000);
    expect(output()).toContain(`(process ${process.pid} on `);
    await sleep(3_000);
    expect(child.exitCode).toBeNull();
    expect(output().match(/Waiting/g)).toHaveLength(1);
    const closed = once(child, 'close');
    vault[Symbol.dispose]();
    expect(await closed).toEqual([0, null]);
    expect(output()).toContain('1 already held');
    await expectHeldOnce(installation, sources);
  });

  whenAll('the second stops waiting when it is told to', patient, async () => {
    await using installation = await makeInstallation();
    const { files } = await makeFiles(installation, 1, 10_000);
    const writer = '0123456789ab';
    const vault = await openVault({
      root: installation.vault,
      writer,
      knownArchive: null,
      program: 'command',
    });
    if (vault.kind !== 'open') throw new Error(vault.kind);
    const { child, output } = startCli(installation, 'add', ...files);
    await until('a word', () => output().includes('Waiting for'), 60_000);
    const closed = once(child, 'close');
    child.kill('SIGINT');
    expect(await closed).toEqual([1, null]);
    expect(output()).toContain('1 not taken');
    vault[Symbol.dispose]();
  });
});

describe('a command and a daemon', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'that ends by %s in the middle of it: the command does the rest itself, once',
    patient,
    async (signal) => {
      for (let round = 0; round < rounds; round += 1) {
        await using installation = await makeInstallation();
        await using daemon = await startDaemon(installation);
        const { files, sources } = await makeFiles(installation, 12, 1_000_000);
        const { child, output } = startCli(installation, 'add', ...files);
        const closed = once(child, 'close');
        await until('the first', async () => (await daemon.api.versions()).length > round, 60_000);
        process.kill(daemon.pid, signal);
        await daemon.ended;
        expect([await closed, output()]).toEqual([[0, null], expect.stringContaining('(12.0 MB).')]);
        await expectHeldOnce(installation, sources);
      }
      recordFigures(section, [
        { what: `rounds in which ${signal} ended the daemon that a command asked`, figure: rounds },
      ]);
    },
  );

  whenAll(
    'that is started afresh meanwhile: the new daemon starts, and the rest is done once',
    patient,
    async () => {
      for (let round = 0; round < rounds; round += 1) {
        await using installation = await makeInstallation();
        await using first = await startDaemon(installation);
        const { files, sources } = await makeFiles(installation, 12, 1_000_000);
        const { child, output } = startCli(installation, 'add', ...files);
        const closed = once(child, 'close');
        await until('the first', async () => (await first.api.versions()).length > round, 60_000);
        await first.stop();
        await using second = await startDaemon(installation);
        expect([await closed, output()]).toEqual([[0, null], expect.stringContaining('(12.0 MB).')]);
        expect(await second.stop()).toBe(0);
        await expectHeldOnce(installation, sources);
      }
      recordFigures(section, [{ what: 'rounds of a daemon started afresh under a command', figure: rounds }]);
    },
  );

  it(
    'that start at the same moment both do what they are for, on a new installation too',
    patient,
    async () => {
      for (let round = 0; round < rounds; round += 1) {
        await using installation = await makeInstallation();
        const { files, sources } = await makeFiles(installation, 6, 500_000);
        const added = runCli(installation, 'add', ...files.slice(0, 3));
        await sleep(round * 150);
        await using daemon = spawnDaemon(installation);
        const again = runCli(installation, 'add', ...files.slice(3));
        expect(await Promise.all([added, again])).toMatchObject([{ code: 0 }, { code: 0 }]);
        await waitUntilHealthy(daemon, installation);
        await until('the work', async () => (await daemon.api.versions()).length === files.length, 60_000);
        expect(await daemon.stop()).toBe(0);
        await expectHeldOnce(installation, sources);
      }
      recordFigures(section, [
        { what: 'rounds of a daemon and two commands that start together', figure: rounds },
      ]);
    },
  );
});

/** Runs the command, to be looked at while it runs. */
function startCli({ env }: Installation, ...args: readonly string[]) {
  const child = spawn(process.execPath, ['src/cli.ts', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  return { child, output: () => said };
}
