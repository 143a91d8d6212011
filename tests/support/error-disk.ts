import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diskOn, formatDisk, type LoopDisk, noLoopDisksBecause } from './loop-disk.ts';
import { until } from './until.ts';

const run = promisify(execFile);

/** A disk that can be told to fail: from then on the system reports input/output errors (EIO). */
export interface ErrorDisk extends LoopDisk {
  failReads(isFailing: boolean): Promise<void>;
  failWrites(isFailing: boolean): Promise<void>;
}

/** Why no such disk can be made on this machine; null where one can. */
export const noErrorDisksBecause = noLoopDisksBecause ?? whyNot();

function whyNot(): string | null {
  const missing = ['nbdkit', 'nbdfuse'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  if (missing.length > 0) return `needs ${missing.join(', ')} (apt-get install nbdkit libnbd-bin fuse3)`;
  return existsSync('/dev/fuse') ? null : 'needs /dev/fuse';
}

/** An ext4 disk behind nbdkit's error filter, which fails while a file of a given name is there. */
export async function makeErrorDisk(sizeMebibytes: number): Promise<ErrorDisk> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'reelhold-errors-'));
  const at = (name: string) => join(folder, name);
  await writeFile(at('image'), '');
  await truncate(at('image'), sizeMebibytes * 2 ** 20);
  await formatDisk('ext4', at('image'));
  mkdirSync(at('fuse'));
  const servers = await serveDisk(at);
  // Not through the page cache of what lies below: a read would not reach the disk, nor a failed write the reader.
  const losetup = ['--find', '--show', '--direct-io=on', at('fuse/disk')];
  const device = (await run('losetup', losetup)).stdout.trim();
  const disk = diskOn('ext4', device, at('mnt'));
  await disk.mount();
  const setTrigger = async (name: string, isFailing: boolean) =>
    isFailing ? writeFile(at(name), '') : rm(at(name), { force: true });
  return {
    ...disk,
    failReads: (isFailing) => setTrigger('fail-reads', isFailing),
    failWrites: (isFailing) => setTrigger('fail-writes', isFailing),
    async [Symbol.asyncDispose]() {
      await setTrigger('fail-reads', false);
      await setTrigger('fail-writes', false);
      await disk.unmount();
      await run('losetup', ['--detach', device]);
      await servers[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function serveDisk(at: (name: string) => string): Promise<AsyncDisposable> {
  const failing = (operation: string, trigger: string) => [
    `error-${operation}-rate=100%`,
    `error-${operation}-file=${at(trigger)}`,
  ];
  const nbdkit = spawn(
    'nbdkit',
    [
      ...[
        '--foreground',
        '--exit-with-parent',
        '--unix',
        at('socket'),
        '--filter=error',
        'file',
        at('image'),
      ],
      ...['error=EIO', ...failing('pread', 'fail-reads'), ...failing('pwrite', 'fail-writes')],
    ],
    { stdio: 'ignore' },
  );
  await until('nbdkit', () => existsSync(at('socket')));
  const nbdfuse = spawn('nbdfuse', [at('fuse/disk'), '--unix', at('socket')], { stdio: 'ignore' });
  await until('nbdfuse', () => existsSync(at('fuse/disk')));
  return {
    async [Symbol.asyncDispose]() {
      const ended = [once(nbdfuse, 'exit'), once(nbdkit, 'exit')];
      await run('umount', [at('fuse')]);
      nbdkit.kill();
      await Promise.all(ended);
    },
  };
}
