import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BareMachine, makeBareMachine, removeBareMachine, runIn, startIn } from './bare-machine.ts';
import {
  answersAfterMs,
  killDaemon,
  programOf,
  type StartedDaemon,
  startDaemon,
  stopDaemon,
} from './started-daemon.ts';

const FIRST_START_MS = 150_000;
const SECOND_START_MS = 3000;
const INSTALL_LINES = /Setting up Reelhold|Installing /;
const APT_COMMAND = 'sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg rclone';

let machine: BareMachine;
const running: StartedDaemon[] = [];

async function start(command: readonly [string, ...string[]], settings?: NodeJS.ProcessEnv) {
  const daemon = await startDaemon(machine, command, settings);
  running.push(daemon);
  return daemon;
}

/** A machine that is busy with something else lets one of them be as quick as it is. */
async function bestOfSix(attempt: () => Promise<number>, enoughMs: number): Promise<number> {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let count = 0; count < 6 && bestMs > enoughMs; count += 1) bestMs = Math.min(bestMs, await attempt());
  return bestMs;
}

async function expectOwnNode(daemon: StartedDaemon): Promise<void> {
  const program = await programOf(daemon);
  expect(program).toBe(await realpath(join(machine.clone, 'node_modules/.bin/node')));
  expect(execFileSync(program, ['--version']).toString()).toMatch(/^v24\./);
}

/** Two daemons of one clone, each with an archive of its own. */
function foldersOf(name: string): NodeJS.ProcessEnv {
  const folder = (kind: string) => join(machine.clone, 'data', name, kind);
  return {
    REELHOLD_CONFIG: folder('config'),
    REELHOLD_VAULT: folder('vault'),
    REELHOLD_LIBRARY: folder('library'),
    REELHOLD_INBOX: folder('inbox'),
  };
}

afterEach(() => {
  for (const daemon of running.splice(0)) killDaemon(daemon);
});

describe('a fresh clone', () => {
  beforeAll(async () => {
    machine = await makeBareMachine({ bare: false });
  });
  afterAll(() => removeBareMachine(machine));

  it('is set up and started under Node 24 by npm start of npm 10 alone', async () => {
    const daemon = await start(['npx', '--yes', 'npm@10', 'start']);
    await answersAfterMs(daemon, FIRST_START_MS);
    expect(daemon.output()).toContain('Setting up Reelhold');
    await expectOwnNode(daemon);
    await stopDaemon(daemon);
  });

  it('starts the second time within three seconds and installs nothing', async () => {
    const attempt = async () => {
      const daemon = await start(['npm', 'start']);
      const elapsedMs = await answersAfterMs(daemon, FIRST_START_MS);
      await stopDaemon(daemon);
      expect(daemon.output()).not.toMatch(INSTALL_LINES);
      return elapsedMs;
    };
    const bestMs = await bestOfSix(attempt, SECOND_START_MS);
    console.log(`The second npm start answered after ${bestMs} ms.`);
    expect(bestMs).toBeLessThanOrEqual(SECOND_START_MS);
  });

  it('runs the reelhold command', async () => {
    const { code, output } = await runIn(machine, ['npm', 'run', '--silent', 'reelhold', '--', 'version']);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/\d+\.\d+\.\d+/) });
  });

  it('is set up once by two that start at the same time', async () => {
    await rm(join(machine.clone, 'node_modules'), { recursive: true });
    const daemons = await Promise.all([
      start(['npm', 'start'], foldersOf('one')),
      start(['npm', 'start'], foldersOf('two')),
    ]);
    await Promise.all(daemons.map((daemon) => answersAfterMs(daemon, FIRST_START_MS)));
    const outputs = daemons.map((daemon) => daemon.output()).join('\n');
    expect(outputs.match(/Setting up Reelhold/g)).toHaveLength(1);
    expect(outputs.match(/waiting for it/g)).toHaveLength(1);
    for (const daemon of daemons) await expectOwnNode(daemon);
    await Promise.all(daemons.map(stopDaemon));
    expect(existsSync(join(machine.clone, '.setup-lock'))).toBe(false);
  });

  it('is set up again after a set-up that was killed half-way', async () => {
    await rm(join(machine.clone, 'node_modules'), { recursive: true });
    const killed = startIn(machine, ['node', 'scripts/setup.mjs']);
    await expect.poll(() => killed.output(), { timeout: 60_000 }).toContain('Setting up');
    await expect.poll(() => existsSync(join(machine.clone, 'node_modules')), { timeout: 60_000 }).toBe(true);
    process.kill(-killed.group, 'SIGKILL');
    await killed.ended;
    const daemon = await start(['npm', 'start']);
    await answersAfterMs(daemon, FIRST_START_MS);
    await expectOwnNode(daemon);
    await stopDaemon(daemon);
  });
});

describe(`a fresh clone of a user without rights, without Python, a compiler and system tools`, () => {
  beforeAll(async () => {
    machine = await makeBareMachine({ bare: true });
  });
  afterAll(() => removeBareMachine(machine));

  it('is set up and started by npm start alone', async () => {
    const { output } = await runIn(machine, ['id', '-u']);
    expect(output.trim()).not.toBe('0');
    const daemon = await start(['npm', 'start']);
    await answersAfterMs(daemon, FIRST_START_MS);
    await expectOwnNode(daemon);
    await stopDaemon(daemon);
  });

  it.runIf(existsSync('/etc/debian_version'))(
    'says what is off and how to install it, and starts all the same',
    async () => {
      const daemon = await start(['npm', 'start']);
      await answersAfterMs(daemon, FIRST_START_MS);
      expect(daemon.output()).not.toMatch(INSTALL_LINES);
      expect(daemon.output()).toContain('ffmpeg, ffprobe not found: ');
      expect(daemon.output()).toContain('rclone not found: ');
      expect(daemon.output()).toContain(APT_COMMAND);
      await stopDaemon(daemon);
    },
  );
});
