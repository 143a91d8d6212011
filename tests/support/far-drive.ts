import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { until } from './until.ts';

/** Why no drive can be mounted by FUSE on this machine; null where one can. */
export const noFarDriveBecause = whyNot();

function whyNot(): string | null {
  if (process.getuid?.() !== 0) return 'needs root, to mount';
  if (!existsSync('/dev/fuse')) return 'needs FUSE (/dev/fuse)';
  const hasTool = spawnSync('rclone', ['version']).error === undefined;
  if (!hasTool) return 'needs rclone (apt-get install rclone)';
  return null;
}

/** A drive whose far side, a folder of this machine, changes without a word: no watcher of it hears of that. */
export interface FarDrive extends AsyncDisposable {
  readonly root: string;
}

/** Mounts the folder a second time, through FUSE; what changes there shows here within a fraction of a second. */
export async function mountFarDrive(farSide: string, root: string): Promise<FarDrive> {
  await mkdir(root, { recursive: true });
  const options = ['--dir-cache-time', '200ms', '--attr-timeout', '0s', '--poll-interval', '0'];
  const server = spawn('rclone', ['mount', farSide, root, '--config', '/dev/null', ...options], {
    stdio: 'ignore',
  });
  await until('the mount', () => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${root} `));
  return {
    root,
    async [Symbol.asyncDispose]() {
      spawnSync('umount', ['-l', root]);
      server.kill('SIGKILL');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    },
  };
}
