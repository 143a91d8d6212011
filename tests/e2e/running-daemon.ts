import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '#tests/support/daemon.ts';

export interface RunningDaemon extends AsyncDisposable {
  /** Where its first page is. */
  readonly page: string;
  readonly inbox: string;
  stop(): Promise<void>;
  /** Starts it again, at the same address and with the same archive; where it runs, it goes on. */
  start(): Promise<void>;
}

/** Starts the real daemon on an archive of its own, below a temporary folder. */
export async function runDaemon(settings: { readonly basePath?: string } = {}): Promise<RunningDaemon> {
  const { basePath = '' } = settings;
  const dir = await mkdtemp(join(tmpdir(), 'reelhold-e2e-'));
  const inbox = join(dir, 'inbox');
  await mkdir(inbox);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env.PATH,
    HOME: dir,
    REELHOLD_CONFIG: join(dir, 'config'),
    REELHOLD_VAULT: join(dir, 'vault'),
    REELHOLD_LIBRARY: join(dir, 'library'),
    REELHOLD_INBOX: inbox,
    REELHOLD_PORT: String(port),
    REELHOLD_BASE_PATH: basePath,
    REELHOLD_QUIET_SECONDS: '1',
    TZ: 'Europe/Berlin',
  };
  let running: ChildProcess | null = null;
  const daemon: RunningDaemon = {
    page: `${origin}${basePath}/`,
    inbox,
    async start() {
      if (running !== null && running.exitCode === null) return;
      running = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      await waitUntilUp(running, `${origin}${basePath}/healthz`);
    },
    async stop() {
      if (running === null || running.exitCode !== null) return;
      running.kill('SIGTERM');
      await once(running, 'exit');
      running = null;
    },
    async [Symbol.asyncDispose]() {
      await daemon.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await daemon.start();
  return daemon;
}

async function waitUntilUp(running: ChildProcess, url: string): Promise<void> {
  let said = '';
  const listen = (chunk: Buffer) => {
    said += chunk.toString();
  };
  running.stdout?.on('data', listen);
  running.stderr?.on('data', listen);
  for (let tries = 0; tries < 200; tries += 1) {
    if (running.exitCode !== null) throw new Error(`the daemon ended:\n${said}`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) return;
    await wait(100);
  }
  throw new Error(`the daemon did not come up:\n${said}`);
}
