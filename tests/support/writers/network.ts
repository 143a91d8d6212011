import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mp4Bytes } from '#tests/support/clip-bytes.ts';
import { freePort } from '#tests/support/daemon.ts';
import { until } from '#tests/support/until.ts';
import { needsTools, onceAndWhole, run, type Scene, type Writer, wholeFile, writeSource } from './writer.ts';

const sizeBytes = 3 * 2 ** 20;
const noRclone = needsTools('rclone');

/** Serves the inbox by rclone for as long as `use` runs. */
async function servingInbox(
  { inbox, folder }: Scene,
  protocol: 'webdav' | 'sftp',
  use: (port: number) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const access = protocol === 'sftp' ? ['--user', 'u', '--pass', 'p'] : [];
  const args = ['serve', protocol, inbox, '--addr', `127.0.0.1:${port}`, '--config', '/dev/null', ...access];
  // It keeps a key of its own for sftp among the user's files.
  const env = { ...process.env, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') };
  const server = spawn('rclone', args, { stdio: 'ignore', env });
  try {
    await until(`rclone to serve ${protocol}`, () => answers(port), 60_000);
    await use(port);
  } finally {
    server.kill('SIGTERM');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'close');
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isUp = await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    sleep(1000).then(() => false),
  ]);
  socket.destroy();
  return isUp;
}

/** Programs that write over a network of one machine. */
export const networkWriters: readonly Writer[] = [
  {
    what: 'rclone over WebDAV',
    promise: onceAndWhole,
    impossibleBecause: noRclone,
    async write(scene) {
      const name = 'Over WebDAV.mp4';
      const whole = mp4Bytes(sizeBytes);
      const source = await writeSource(scene, name, whole);
      await servingInbox(scene, 'webdav', (port) =>
        run('rclone', [
          ...['copyto', '--config', '/dev/null', '--bwlimit', '1M', source],
          `:webdav,url='http://127.0.0.1:${port}':${name}`,
        ]),
      );
      return wholeFile(name, whole);
    },
  },
  {
    what: 'curl into WebDAV',
    promise: onceAndWhole,
    impossibleBecause: noRclone ?? needsTools('curl'),
    async write(scene) {
      const name = 'Put-by-curl.mp4';
      const whole = mp4Bytes(sizeBytes);
      const source = await writeSource(scene, name, whole);
      await servingInbox(scene, 'webdav', (port) =>
        run('curl', ['-sf', '--limit-rate', '1M', '-T', source, `http://127.0.0.1:${port}/${name}`]),
      );
      return wholeFile(name, whole);
    },
  },
  {
    what: 'rclone over SFTP',
    promise: onceAndWhole,
    impossibleBecause: noRclone,
    async write(scene) {
      const name = 'Over SFTP.mp4';
      const whole = mp4Bytes(sizeBytes);
      const source = await writeSource(scene, name, whole);
      const { stdout } = spawnSync('rclone', ['obscure', 'p'], { encoding: 'utf8' });
      await servingInbox(scene, 'sftp', (port) =>
        run('rclone', [
          ...['copyto', '--config', '/dev/null', '--bwlimit', '1M', source],
          `:sftp,host=127.0.0.1,port=${port},user=u,pass=${stdout.trim()}:${name}`,
        ]),
      );
      return wholeFile(name, whole);
    },
  },
  {
    what: 'curl -o',
    promise: onceAndWhole,
    impossibleBecause: needsTools('curl'),
    async write(scene) {
      const name = 'Downloaded.mp4';
      const whole = mp4Bytes(sizeBytes);
      await using server = createServer((_, response) => response.end(whole)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      await run('curl', ['-sf', '--limit-rate', '1M', '-o', join(scene.inbox, name), url]);
      return wholeFile(name, whole);
    },
  },
];
