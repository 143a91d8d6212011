import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { until } from './until.ts';

/** Why no system call can be made to fail on this machine; null where it can. */
export const noInjectionBecause = whyNot();

function whyNot(): string | null {
  const probe = spawnSync(
    'strace',
    ['-qq', '-o', '/dev/null', '-e', 'inject=fsync:error=EIO:when=1', 'true'],
    { encoding: 'utf8' },
  );
  if (probe.error !== undefined) return 'needs strace (apt-get install strace)';
  return probe.status === 0 ? null : `strace cannot trace here: ${probe.stderr.trim()}`;
}

/** All by which the data path opens, writes, flushes, names and unnames; `?` where not every processor has it. */
const dataCalls = [
  ...['?open', 'openat', '?creat', '?mkdir', 'mkdirat', 'write', 'pwrite64', 'writev', 'pwritev'],
  ...['fsync', 'fdatasync', 'ftruncate', 'fallocate', 'copy_file_range', 'sendfile', 'ioctl'],
  ...['?rename', '?renameat', 'renameat2', '?link', 'linkat', '?unlink', 'unlinkat', '?rmdir'],
];

export type Fault = 'SIGKILL' | 'EIO' | 'ENOSPC';

/** One system call of a thread: the `ordinal`th of its name since the recording began. */
export interface Call {
  readonly tid: number;
  readonly name: string;
  readonly ordinal: number;
  /** As strace wrote it down. */
  readonly text: string;
}

export interface Trace {
  /** Lets go of the process, where it still lives, and gives what was written down. */
  stop(): Promise<string>;
}

/** Writes down every call of the data path, of all threads of a process. */
export function recordCalls(pid: number, logFile: string): Promise<Trace> {
  return attach(['-f', '-p', String(pid), '-e', `trace=${dataCalls.join(',')}`], logFile);
}

/** Makes one call of one thread fail, or the process die at it; threads count by themselves. */
export function injectFault(
  target: { readonly tid: number; readonly name: string; readonly ordinal: number },
  fault: Fault,
  logFile: string,
): Promise<Trace> {
  return attach(['-p', String(target.tid), ...injection(target.name, target.ordinal, fault)], logFile);
}

/** As `injectFault`, in whichever thread of the process comes to its call of that ordinal. */
export function injectAnywhere(
  target: { readonly pid: number; readonly name: string; readonly ordinal: number },
  fault: Fault,
  logFile: string,
): Promise<Trace> {
  const { pid, name, ordinal } = target;
  return attach(['-f', '-p', String(pid), ...injection(name, ordinal, fault)], logFile);
}

function injection(name: string, ordinal: number, fault: Fault): string[] {
  const what = fault === 'SIGKILL' ? 'signal=KILL' : `error=${fault}`;
  return ['-e', `trace=${name}`, '-e', `inject=${name}:${what}:when=${ordinal}`];
}

async function attach(args: readonly string[], logFile: string): Promise<Trace> {
  const child = spawn('strace', ['-y', '-s', '0', '-o', logFile, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const ended = once(child, 'close');
  await until(
    'strace to attach',
    () => {
      if (hasEnded(child)) throw new Error(`strace ended: ${said}`);
      return said.includes('attached');
    },
    60_000,
  );
  return {
    async stop() {
      if (!hasEnded(child)) child.kill('SIGINT');
      await ended;
      return readFileSync(logFile, 'utf8');
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** The calls of a recording that name something below the folder, each with its ordinal in its thread. */
export function callsBelow(log: string, folder: string): readonly Call[] {
  const counts = new Map<string, number>();
  return log.split('\n').flatMap((line) => {
    const [, tid, name] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    if (tid === undefined || name === undefined) return [];
    const key = `${tid} ${name}`;
    const ordinal = (counts.get(key) ?? 0) + 1;
    counts.set(key, ordinal);
    return line.includes(folder) ? [{ tid: Number(tid), name, ordinal, text: line }] : [];
  });
}
