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

/** A disk with sectors that can be read no more, for ever, below files that a test names. */
export interface WornDisk extends LoopDisk {
  wearOut(file: string): Promise<void>;
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
  const { disk, at } = await makeServedDisk(sizeMebibytes, failingWhileTold);
  const setTrigger = async (name: string, isFailing: boolean) =>
    isFailing ? writeFile(at(name), '') : rm(at(name), { force: true });
  return {
    ...disk,
    failReads: (isFailing) => setTrigger('fail-reads', isFailing),
    failWrites: (isFailing) => setTrigger('fail-writes', isFailing),
    async [Symbol.asyncDispose]() {
      await setTrigger('fail-reads', false);
      await setTrigger('fail-writes', false);
      await disk[Symbol.asyncDispose]();
    },
  };
}

/** An ext4 disk that an nbdkit plugin of our own serves: what lies between two offsets of it cannot be read. */
export async function makeWornDisk(sizeMebibytes: number): Promise<WornDisk> {
  const { disk, at } = await makeServedDisk(sizeMebibytes, failingWhereWorn);
  return {
    ...disk,
    async wearOut(file) {
      // On the disk itself, and no longer in anybody's cache.
      await run('sync', ['--file-system', file]);
      const { stdout } = await run('filefrag', ['-v', '-b4096', file]);
      const [, first] = /^ +0: +0\.\. +\d+: +(\d+)\.\./m.exec(stdout) ?? [];
      if (first === undefined) throw new Error(`nobody says where ${file} is: ${stdout}`);
      await writeFile(at('worn'), `${Number(first) * 4096} ${(Number(first) + 1) * 4096}\n`);
      await disk.unmount();
      await disk.mount();
    },
  };
}

type At = (name: string) => string;

/** A disk in a folder of its own, behind whatever nbdkit is told to put between. */
async function makeServedDisk(sizeMebibytes: number, serving: (at: At) => readonly string[]) {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'reelhold-errors-'));
  const at: At = (name) => join(folder, name);
  await writeFile(at('image'), '');
  await truncate(at('image'), sizeMebibytes * 2 ** 20);
  await formatDisk('ext4', at('image'));
  mkdirSync(at('fuse'));
  const servers = await serveDisk(at, serving(at));
  // Not through the page cache of what lies below: a read would not reach the disk, nor a failed write the reader.
  const losetup = ['--find', '--show', '--direct-io=on', at('fuse/disk')];
  const device = (await run('losetup', losetup)).stdout.trim();
  const mounted = diskOn('ext4', device, at('mnt'));
  await mounted.mount();
  const disk: LoopDisk = {
    ...mounted,
    async [Symbol.asyncDispose]() {
      await mounted.unmount();
      await run('losetup', ['--detach', device]);
      await servers[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return { disk, at };
}

function failingWhereWorn(at: At): readonly string[] {
  const isWorn = `[ -f '${at('worn')}' ] && read from to <'${at('worn')}' && [ $4 -lt $to ] && [ $(($4 + $3)) -gt $from ]`;
  const dd = 'dd status=none bs=64k iflag=skip_bytes,count_bytes,fullblock';
  return [
    'eval',
    `get_size=stat --format=%s '${at('image')}'`,
    `pread=if ${isWorn}; then echo 'EIO worn out' >&2; exit 1; fi; ${dd} if='${at('image')}' skip=$4 count=$3`,
    `pwrite=${dd} of='${at('image')}' oflag=seek_bytes seek=$4 count=$3 conv=notrunc`,
    'flush=true',
    'can_write=true',
    'can_flush=true',
  ];
}

function failingWhileTold(at: At): readonly string[] {
  const failing = (operation: string, trigger: string) => [
    `error-${operation}-rate=100%`,
    `error-${operation}-file=${at(trigger)}`,
  ];
  return [
    ...['--filter=error', 'file', at('image'), 'error=EIO'],
    ...[...failing('pread', 'fail-reads'), ...failing('pwrite', 'fail-writes')],
  ];
}

async function serveDisk(at: At, serving: readonly string[]): Promise<AsyncDisposable> {
  const options = ['--foreground', '--exit-with-parent', '--unix', at('socket')];
  const nbdkit = spawn('nbdkit', [...options, ...serving], { stdio: 'ignore' });
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
