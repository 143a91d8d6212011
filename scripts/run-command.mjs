import { spawn } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const DRAIN_MS = 500;

/**
 * Runs a command without standard input and resolves when it has ended, with its exit code (1 if it
 * never started or was killed) and, unless `stdio` is given, what it wrote. A signal that is to end
 * this process ends the command first.
 */
export function runCommand(command, args, { stdio = ['ignore', 'pipe', 'pipe'], env, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: env ?? process.env, stdio });
    const chunks = [];
    const timers = [];
    let stoppedBy;
    const stop = (signal) => {
      stoppedBy = signal;
      child.kill(signal);
    };
    const finish = (code) => {
      for (const timer of timers) clearTimeout(timer);
      for (const signal of SIGNALS) process.off(signal, stop);
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      if (stoppedBy) process.kill(process.pid, stoppedBy);
      else resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() });
    };
    for (const signal of SIGNALS) process.on(signal, stop);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => chunks.push(chunk));
    if (timeoutMs !== undefined) timers.push(setTimeout(() => child.kill('SIGTERM'), timeoutMs));
    child.once('error', (error) => {
      chunks.push(Buffer.from(error.message));
      finish(1);
    });
    child.once('close', finish);
    // A service that an installation started may hold the pipes open for ever: `close` never comes.
    child.once('exit', (code) => timers.push(setTimeout(finish, DRAIN_MS, code)));
  });
}
