import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { recordFigures } from './reliability.ts';

const run = promisify(execFile);

export type FileSystem = 'ext4' | 'xfs';

/** A file system of our own, on a file: everything that can happen to a disk can happen to it. */
export interface LoopDisk extends AsyncDisposable {
  readonly fileSystem: FileSystem;
  /** Where it is mounted. */
  readonly root: string;
  /** From now on nothing reaches the disk any more, and what was not flushed never did. */
  cutPower(): Promise<void>;
  /** Takes the disk away; waits for whoever still uses it. */
  unmount(): Promise<void>;
  /** Takes the disk away from under whoever uses it, as when somebody pulls its cable. */
  unplug(): Promise<void>;
  /** Brings the disk back, as after a power cut the next start does. */
  mount(): Promise<void>;
  /** From now on it can only be read, as a system does with a disk that reported errors (ext4 alone). */
  turnReadOnly(): Promise<void>;
}

const tools = ['losetup', 'mkfs.ext4', 'mkfs.xfs', 'xfs_io'];

/** Why no disks of our own can be made on this machine; null where they can. */
export const noLoopDisksBecause = whyNot();

function whyNot(): string | null {
  if (process.getuid?.() !== 0) return 'needs root, to mount disks of its own';
  const missing = tools.filter((tool) => spawnSync(tool, ['-V']).error !== undefined);
  if (missing.length > 0) return `needs ${missing.join(', ')} (apt-get install xfsprogs e2fsprogs mount)`;
  return tryToMount();
}

/** A container's root may not mount; only trying tells. */
function tryToMount(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'reelhold-loop-'));
  try {
    const [image, root] = [join(folder, 'image'), join(folder, 'mnt')];
    mkdirSync(root);
    execFileSync('truncate', ['--size=8M', image], { stdio: 'pipe' });
    execFileSync('mkfs.ext4', ['-q', '-F', image], { stdio: 'pipe' });
    execFileSync('mount', ['-o', 'loop', image, root], { stdio: 'pipe' });
    execFileSync('umount', [root], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `needs the right to mount (${error instanceof Error ? error.message.split('\n').at(-1) : error})`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says aloud that a suite cannot run here, and gives whether that is so. */
export function skippedBecause(what: string, reason: string | null): boolean {
  if (reason === null) return false;
  console.warn(`SKIPPED: ${what}: ${reason}.`);
  recordFigures(what, [{ what: 'skipped', figure: reason }]);
  return true;
}

/** In memory where there is room: a flush then costs nothing, and the real disk is left alone. */
function makeFolder(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'reelhold-disk-'));
}

/** Makes a disk and mounts it. The smallest XFS is one of 300 MiB. */
export async function makeLoopDisk(fileSystem: FileSystem, sizeMebibytes: number): Promise<LoopDisk> {
  const folder = makeFolder();
  const image = join(folder, 'image');
  await writeFile(image, '');
  await truncate(image, sizeMebibytes * 2 ** 20);
  await formatDisk(fileSystem, image);
  const disk = diskOn(fileSystem, image, join(folder, 'mnt'));
  await disk.mount();
  return {
    ...disk,
    async [Symbol.asyncDispose]() {
      await disk[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes an empty file system on a file or device. */
export async function formatDisk(fileSystem: FileSystem, image: string): Promise<void> {
  // Blocks as on a disk of everyday size: a small one would get smaller ones.
  const options = { ext4: ['-q', '-F', '-m', '0', '-b', '4096'], xfs: ['-q', '-f', '-m', 'reflink=1'] }[
    fileSystem
  ];
  await run(`mkfs.${fileSystem}`, [...options, image]);
}

/** The disk on this file, to be mounted here; disposing unmounts it, and leaves the file. */
export function diskOn(fileSystem: FileSystem, image: string, root: string): LoopDisk {
  mkdirSync(root, { recursive: true });
  const isFile = statSync(image).isFile();
  let isMounted = false;
  const disk: LoopDisk = {
    fileSystem,
    root,
    async cutPower() {
      await run('xfs_io', ['-x', '-c', 'shutdown', root]);
    },
    async unmount() {
      if (!isMounted) return;
      await unmountWhenFree(root);
      isMounted = false;
    },
    async unplug() {
      await run('umount', ['--lazy', root]);
      isMounted = false;
    },
    async mount() {
      // What errors do to XFS it decides itself.
      const options = [isFile ? 'loop' : 'rw', ...(fileSystem === 'ext4' ? ['errors=remount-ro'] : [])];
      await run('mount', ['-t', fileSystem, '-o', options.join(','), image, root]);
      isMounted = true;
    },
    async turnReadOnly() {
      // Not by `mount -o remount,ro`, which a file that is open for writing prevents: an error prevents nothing.
      const { stdout } = await run('findmnt', ['--noheadings', '--output', 'SOURCE', root]);
      const device = basename(stdout.trim());
      await writeFile(`/sys/fs/ext4/${device}/trigger_fs_error`, 'a test of Reelhold');
    },
    async [Symbol.asyncDispose]() {
      await disk.unmount();
    },
  };
  return disk;
}

const triesToUnmount = 200;

/** A process that was killed may hold its files for a moment longer. */
async function unmountWhenFree(root: string): Promise<void> {
  for (let left = triesToUnmount; ; left -= 1) {
    try {
      await run('umount', [root]);
      return;
    } catch (error) {
      if (left === 0) throw error;
      await sleep(50);
    }
  }
}
