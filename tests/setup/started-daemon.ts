import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#tests/support/daemon.ts';
import { type BareMachine, type Started, startIn } from './bare-machine.ts';

const POLL_MS = 25;
const STOP_MS = 60_000;

/** A daemon that was started in a clone, with the port it was told. */
export interface StartedDaemon extends Started {
  readonly port: number;
}

/** Starts the daemon by the given command on a free port. */
export async function startDaemon(
  machine: BareMachine,
  command: readonly [string, ...string[]],
  settings: NodeJS.ProcessEnv = {},
): Promise<StartedDaemon> {
  const port = await freePort();
  const started = startIn(machine, command, {
    REELHOLD_LOG_FORMAT: 'json',
    ...settings,
    REELHOLD_PORT: `${port}`,
  });
  return { ...started, port };
}

/** Waits for the health check and returns how many milliseconds after its start the daemon answered. */
export async function answersAfterMs(daemon: StartedDaemon, withinMs: number): Promise<number> {
  let hasEnded = false;
  daemon.ended.finally(() => {
    hasEnded = true;
  });
  for (;;) {
    if (await isHealthy(daemon.port)) return Date.now() - daemon.startedMs;
    const ageMs = Date.now() - daemon.startedMs;
    if (hasEnded || ageMs > withinMs) throw new Error(`no answer after ${ageMs} ms:\n${daemon.output()}`);
    await sleep(POLL_MS);
  }
}

/** Asks the whole process group to end, as a terminal or a service manager does, and waits for its last process. */
export async function stopDaemon(daemon: StartedDaemon): Promise<void> {
  signal(daemon, 'SIGTERM');
  const deadlineMs = Date.now() + STOP_MS;
  while (signal(daemon, 0)) {
    if (Date.now() > deadlineMs) throw new Error(`does not stop:\n${daemon.output()}`);
    await sleep(POLL_MS);
  }
  await daemon.ended;
  if (!daemon.output().includes('Reelhold has stopped')) throw new Error(`was cut off:\n${daemon.output()}`);
}

/** For clean-up: ends the group at once, whatever state it is in. */
export function killDaemon(daemon: StartedDaemon): void {
  signal(daemon, 'SIGKILL');
}

/** The program that runs src/main.ts in the daemon's process group. */
export async function programOf(daemon: StartedDaemon): Promise<string> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [stat, commandLine] = await Promise.all([readProc(pid, 'stat'), readProc(pid, 'cmdline')]);
    const group = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
    const [program = '', ...args] = commandLine.split('\0');
    if (group === `${daemon.group}` && program.endsWith('node') && args.includes('src/main.ts')) {
      return readlink(`/proc/${pid}/exe`);
    }
  }
  throw new Error(`no process runs src/main.ts:\n${daemon.output()}`);
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(10_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

function signal(daemon: StartedDaemon, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-daemon.group, name);
  } catch {
    return false;
  }
}

async function readProc(pid: string, name: string): Promise<string> {
  return readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
}
