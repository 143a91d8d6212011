import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { RcloneSections } from '#core/rclone-sections.ts';
import { freePort } from './daemon.ts';
import { until } from './until.ts';

/** A server on this machine that files are brought to. */
export interface TestServer {
  /** How rclone reaches it: a remote `server`. */
  readonly sections: RcloneSections;
  /** Below the remote, where the place is. */
  readonly path: string;
  /** Where its files are on this disk. */
  readonly folder: string;
  /** Whether it says so when its disk is full; else it only fails. */
  readonly saysFull: boolean;
  stop(): Promise<void>;
  /** Ends it without a warning. */
  kill(): Promise<void>;
  /** Starts it again, as it was. */
  start(): Promise<void>;
}

const user = 'reelhold';
const password = 'a password of the tests';

/** rclone's own obscuring, as its configurations have it. */
export function obscure(secret: string): string {
  return execFileSync('rclone', ['obscure', '-'], { input: secret, encoding: 'utf8' }).trim();
}

/** rclone's WebDAV server: it keeps no hashes, and what a killed upload brought stands under its final name. */
export async function serveWebdav(folder: string, state: string): Promise<TestServer> {
  const port = await freePort();
  const server = await serveByRclone('webdav', port, folder, state);
  const options = {
    type: 'webdav',
    url: `http://127.0.0.1:${port}`,
    vendor: 'other',
    user,
    pass: obscure(password),
  };
  return {
    ...{ ...server, sections: { server: options }, path: 'archive' },
    ...{ folder: join(folder, 'archive'), saysFull: false },
  };
}

/** rclone's SFTP server, with the commands for hashes that a host has. */
export async function serveSftp(folder: string, state: string): Promise<TestServer> {
  const port = await freePort();
  const server = await serveByRclone('sftp', port, folder, state);
  const options = { type: 'sftp', host: '127.0.0.1', port: String(port), user, pass: obscure(password) };
  return {
    ...{ ...server, sections: { server: options }, path: 'archive' },
    ...{ folder: join(folder, 'archive'), saysFull: false },
  };
}

/** s3rver: an S3 server for tests, which takes files in parts too. */
export async function serveS3(folder: string): Promise<TestServer> {
  const port = await freePort();
  const server = await serve(port, () =>
    spawn(process.execPath, ['tests/fixtures/s3-server.mjs', String(port), folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  const options = {
    ...{ type: 's3', provider: 'Other', access_key_id: 'S3RVER', secret_access_key: 'S3RVER' },
    ...{ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', force_path_style: 'true' },
    ...{ upload_cutoff: '5Mi', chunk_size: '5Mi' },
  };
  const path = 'archive/reelhold';
  return { ...server, sections: { server: options }, path, folder: join(folder, path), saysFull: false };
}

/** A server as rclone knows it from the environment alone. */
export function asEnvironment({ sections }: Pick<TestServer, 'sections'>): Record<string, string> {
  const pairs = Object.entries(sections).flatMap(([name, options]) =>
    Object.entries(options).map(([key, value]) => [`RCLONE_CONFIG_${name}_${key}`.toUpperCase(), value]),
  );
  return Object.fromEntries(pairs);
}

function serveByRclone(kind: 'webdav' | 'sftp', port: number, folder: string, state: string) {
  mkdirSync(state, { recursive: true });
  const args = ['serve', kind, folder, '--addr', `127.0.0.1:${port}`, '--user', user, '--pass', password];
  // What a killed upload left is to be seen at once.
  return serve(port, () =>
    spawn('rclone', [...args, '--dir-cache-time', '0', '--poll-interval', '0'], {
      env: { PATH: process.env.PATH, HOME: state, RCLONE_CONFIG: join(state, 'none.conf') },
      stdio: 'ignore',
    }),
  );
}

async function serve(
  port: number,
  begin: () => ChildProcess,
): Promise<Pick<TestServer, 'stop' | 'kill' | 'start'>> {
  let server: ChildProcess | null = null;
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const running = server;
    server = null;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  };
  const start = async () => {
    server = begin();
    await until('the server', () => answers(port));
  };
  await start();
  return { start, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
