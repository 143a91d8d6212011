import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { SayableError } from './workspace.mjs';

const LOOK_EVERY_MS = 20;
const TAIL_LINES = 8;

/** Starts programs in groups of their own, which end when `signal` is aborted; what they say goes into a file. */
export function createProcesses({ logFile: commonLog, signal }) {
  /** What runs beside others has to have a `logFile` of its own. */
  const start = ({ command, args, cwd, env = process.env, logFile = commonLog }) => {
    signal.throwIfAborted();
    const log = openSync(logFile, 'w');
    const startedNs = process.hrtime.bigint();
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    const kill = (name) => killGroup(child.pid, name);
    const onAbort = () => kill('SIGKILL');
    signal.addEventListener('abort', onAbort, { once: true });
    const ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => {
        signal.removeEventListener('abort', onAbort);
        const seconds = Number(process.hrtime.bigint() - startedNs) / 1e9;
        resolve({ code: code ?? 1, seconds });
      });
    });
    return { pid: child.pid, ended, kill };
  };

  const readOutput = () => readFileSync(commonLog, 'utf8');

  /** Runs a program to its end; gives its seconds and its output, or throws what it said. */
  const run = async (what, onStart = () => {}) => {
    const program = start(what);
    onStart(program.pid);
    const { code, seconds } = await program.ended;
    signal.throwIfAborted();
    if (code !== 0) throw new SayableError(failure(what, code, readOutput()));
    return { seconds, output: readOutput() };
  };

  return { start, run, readOutput, sync: () => run({ command: 'sync', args: [] }) };
}

/** Watches how much memory a process has had at most, all its threads together; `stop` gives the bytes. */
export function watchPeakMemory(pid) {
  return watchPeak(() => readStatusBytes(pid, 'VmHWM'));
}

/** The same of the programs of this name that a process starts: of the largest. */
export function watchPeakOfChildren(pid, name) {
  // Before it becomes the program, a child is its parent in all but its number.
  const peakOf = (child) =>
    readStatus(child, 'Name', '(.*)') === name ? readStatusBytes(child, 'VmHWM') : 0;
  return watchPeak(() => Math.max(0, ...childrenOf(pid).map(peakOf)));
}

function watchPeak(read) {
  let peakBytes = 0;
  const look = () => {
    peakBytes = Math.max(peakBytes, read());
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    stop() {
      look();
      clearInterval(timer);
      return peakBytes;
    },
  };
}

/** Lets the kernel's count of a process's peak begin anew; gives what it has now. */
export function forgetPeakMemory(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return readStatusBytes(pid, 'VmRSS');
}

/** The kernel keeps the peak itself ("high water mark"), so looking seldom misses nothing but the last moment. */
function readStatusBytes(pid, name) {
  return Number(readStatus(pid, name, '(\\d+) kB') ?? 0) * 1024;
}

function readStatus(pid, name, pattern) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return new RegExp(`^${name}:\\s+${pattern}$`, 'm').exec(status)?.[1] ?? null;
  } catch {
    return null; // it has ended
  }
}

function childrenOf(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'));
    return lists.flatMap((list) => list.split(' ').filter((child) => child !== ''));
  } catch {
    return [];
  }
}

/** What it started is in its group, and ends with it. */
function killGroup(pid, name) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function failure({ command, args }, code, output) {
  const shown = [command, ...args.slice(0, 6)].join(' ').slice(0, 300);
  const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  return `"${shown}" ended with ${code}:\n${tail}`;
}
