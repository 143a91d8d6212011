import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.ts';

/** The folders of one installation, below a temporary folder. */
export interface Installation extends AsyncDisposable {
  readonly folder: string;
  readonly inbox: string;
  readonly vault: string;
  readonly library: string;
  readonly config: string;
  readonly port: number;
  /** The settings that say so. */
  readonly env: NodeJS.ProcessEnv;
}

/** Makes one; `parent` is where, if not among the system's temporary folders. */
export async function makeInstallation(
  settings: NodeJS.ProcessEnv = {},
  parent = tmpdir(),
): Promise<Installation> {
  const folder = await mkdtemp(join(parent, 'reelhold-process-'));
  const below = (name: string) => join(folder, name);
  const [inbox, vault, library, config] = ['inbox', 'vault', 'library', 'config'].map(below) as [
    ...[string, string, string, string],
  ];
  await mkdir(inbox);
  const port = await freePort();
  return {
    ...{ folder, inbox, vault, library, config, port },
    env: {
      ...withoutSettings(process.env),
      // As `npm start` has it: the second start of a test is as fast as an owner's.
      NODE_COMPILE_CACHE: join(process.cwd(), 'node_modules/.cache/node'),
      REELHOLD_INBOX: inbox,
      REELHOLD_VAULT: vault,
      REELHOLD_LIBRARY: library,
      REELHOLD_CONFIG: config,
      REELHOLD_PORT: String(port),
      REELHOLD_QUIET_SECONDS: '1',
      REELHOLD_LOG_FORMAT: 'json',
      TZ: 'Europe/Berlin',
      ...settings,
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The real daemon, as a process. */
export interface DaemonProcess extends AsyncDisposable {
  readonly pid: number;
  readonly api: Api;
  /** All it said on both of its outputs. */
  output(): string;
  /** The exit code, when it has ended; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Asks it to stop, and gives its exit code. */
  stop(): Promise<number | null>;
  /** Ends it without a warning, as a power cut would end the process. */
  kill9(): Promise<void>;
}

/** Starts the daemon and waits for its health check; `below`: the command that runs it, if it is to be another's child. */
export async function startDaemon(
  installation: Installation,
  below: readonly string[] = [],
): Promise<DaemonProcess> {
  const daemon = spawnDaemon(installation, below);
  try {
    await waitUntilHealthy(daemon, installation);
    return daemon;
  } catch (error) {
    await daemon.kill9(); // nobody else has it
    throw error;
  }
}

/** Starts the daemon and waits for nothing. */
export function spawnDaemon({ env, port }: Installation, below: readonly string[] = []): DaemonProcess {
  const [command = '', ...args] = [...below, process.execPath, 'src/main.ts'];
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = codeOf(child);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const daemon: DaemonProcess = {
    pid: child.pid ?? 0,
    api: createApi(port),
    output: () => Buffer.concat(said).toString(),
    ended,
    async stop() {
      if (isRunning()) child.kill('SIGTERM');
      return ended;
    },
    async kill9() {
      if (isRunning()) child.kill('SIGKILL');
      await ended;
    },
    [Symbol.asyncDispose]: () => daemon.kill9(),
  };
  return daemon;
}

/** Waits for the health check of a daemon that was spawned; fails with what it said where it ends instead. */
export async function waitUntilHealthy(daemon: DaemonProcess, { port }: Installation): Promise<void> {
  let hasEnded = false;
  void daemon.ended.then(() => {
    hasEnded = true;
  });
  await until(
    'the health check',
    async () => {
      if (hasEnded) throw new Error(`the daemon ended:\n${daemon.output()}`);
      const answer = await askDaemon(port, '/healthz').catch(() => null);
      await answer?.arrayBuffer();
      return answer?.ok === true;
    },
    60_000,
  );
}

/** Runs the `reelhold` command to its end. */
export async function runCli(
  installation: Pick<Installation, 'env'>,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly output: string }> {
  const command = spawnCli(installation, ...args);
  return { code: await command.ended, output: command.output() };
}

/** The `reelhold` command, while it runs. */
export interface CliProcess extends AsyncDisposable {
  output(): string;
  /** The exit code, when it has ended; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  kill9(): Promise<void>;
}

export function spawnCli({ env }: Pick<Installation, 'env'>, ...args: readonly string[]): CliProcess {
  const child = spawn(process.execPath, ['src/cli.ts', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = codeOf(child);
  const kill9 = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  };
  return { output: () => Buffer.concat(said).toString(), ended, kill9, [Symbol.asyncDispose]: kill9 };
}

async function codeOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

export interface ApiVersion {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly digest: string;
}

export interface ApiVideo {
  readonly id: string;
  readonly title: string;
  readonly versions: readonly ApiVersion[];
}

/** What a program on the LAN can ask. */
export interface Api {
  summary(): Promise<Readonly<Record<string, unknown>>>;
  /** All videos, page by page. */
  videos(): Promise<readonly ApiVideo[]>;
  versions(): Promise<readonly ApiVersion[]>;
  content(version: string): Promise<Buffer>;
  /** The places other than the vault. */
  locations(): Promise<readonly Record<string, unknown>[]>;
  page(): Promise<string>;
}

/**
 * Asks on a connection of its own: the daemon ends one that was idle for a while, and a busy machine may ask on it in
 * that very moment.
 */
export function askDaemon(port: number, path: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
}

function createApi(port: number): Api {
  const get = async (path: string): Promise<Response> => {
    const answer = await askDaemon(port, path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const api: Api = {
    summary: async () => (await (await get('/api/v1/summary')).json()) as Record<string, unknown>,
    async videos() {
      const videos: ApiVideo[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const from = cursor === '' ? '' : `&cursor=${cursor}`;
        const page = await (await get(`/api/v1/videos?limit=200${from}`)).json();
        const { items, nextCursor } = page as { items: ApiVideo[]; nextCursor: string | null };
        videos.push(...items);
        cursor = nextCursor;
      }
      return videos;
    },
    versions: async () => (await api.videos()).flatMap((video) => video.versions),
    content: async (version) =>
      Buffer.from(await (await get(`/api/v1/versions/${version}/content`)).arrayBuffer()),
    locations: async () => {
      const { items } = await (await get('/api/v1/locations')).json();
      return items as readonly Record<string, unknown>[];
    },
    page: async () => (await get('/')).text(),
  };
  return api;
}

function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(REELHOLD_|VITEST|NODE_ENV|TEST)/.test(name));
  return Object.fromEntries(kept);
}

/** Below those that the system gives to whoever connects or asks for any: they would be taken before their turn. */
const [firstPort, countOfPorts] = [20_000, 12_000];
let portsTried = 0;

/** A port that is free now, and that no other process of these tests asks for soon. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + ((process.pid * 61 + portsTried) % countOfPorts);
    portsTried += 1;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
