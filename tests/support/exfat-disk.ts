import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { noLoopDisksBecause } from './loop-disk.ts';
import { until } from './until.ts';

const run = promisify(execFile);

/** A drive as shops sell it: exFAT, which a program serves here (exfat-fuse) as the kernel has no driver for it. */
export interface ExfatDisk extends AsyncDisposable {
  readonly root: string;
  /** The medium: what stands in this file survives a power cut, whatever stands in caches does not. */
  readonly image: string;
  readonly device: string;
  mount(options?: readonly string[]): Promise<void>;
  unmount(): Promise<void>;
  /** Ends the program that serves it, as when the drive is pulled: every call fails from then on. */
  pull(): Promise<void>;
  /** A copy of the medium as it is at this moment, as a disk of its own: what a power cut now would leave. */
  afterPowerCut(): Promise<ExfatDisk>;
}

/** Why no such disk can be made on this machine; null where one can. */
export const noExfatDisksBecause = noLoopDisksBecause ?? whyNot();

function whyNot(): string | null {
  const missing = ['mkfs.exfat', 'mount.exfat-fuse', 'blockdev'].filter(
    (tool) => spawnSync(tool, ['-V']).error !== undefined,
  );
  if (missing.length > 0) return `needs ${missing.join(', ')} (apt-get install exfatprogs exfat-fuse)`;
  return existsSync('/dev/fuse') ? null : 'needs /dev/fuse';
}

/** Makes an exFAT disk and mounts it; the device may be one that cannot be reached, as that of a container's mounts. */
export async function makeExfatDisk(
  sizeMebibytes: number,
  device: 'reachable' | 'out of reach' = 'reachable',
): Promise<ExfatDisk> {
  const folder = makeFolder();
  const image = join(folder, 'image');
  await writeFile(image, '');
  await truncate(image, sizeMebibytes * 2 ** 20);
  await run('mkfs.exfat', [image]);
  return attach(folder, device === 'reachable');
}

function makeFolder(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'reelhold-exfat-'));
}

async function attach(folder: string, isReachable: boolean): Promise<ExfatDisk> {
  const [image, root] = [join(folder, 'image'), join(folder, 'mnt')];
  mkdirSync(root, { recursive: true });
  const device = (await run('losetup', ['--find', '--show', image])).stdout.trim();
  let server: number | null = null;
  const disk: ExfatDisk = {
    root,
    image,
    device,
    async mount(options = []) {
      const before = (await stat(root)).dev;
      const node = isReachable ? device : await linkDevice(folder, device);
      const child = spawn(
        'mount.exfat-fuse',
        ['-d', ...options.flatMap((option) => ['-o', option]), node, root],
        {
          stdio: 'ignore',
        },
      );
      server = child.pid ?? null;
      await until('the mount', async () => (await stat(root)).dev !== before);
      if (node !== device) rmSync(node);
    },
    async unmount() {
      if (!(await isMounted(root))) return;
      await until('the unmount', async () => spawnSync('umount', [root]).status === 0);
      // Until the program has written all it knows, the device is not as it was left.
      await until('the end of the server', () => server === null || !isAlive(server));
    },
    async pull() {
      if (server !== null) process.kill(server, 'SIGKILL');
      await until('the end of the server', () => server === null || !isAlive(server));
    },
    async afterPowerCut() {
      const copy = makeFolder();
      await copyFile(image, join(copy, 'image'));
      return attach(copy, isReachable);
    },
    async [Symbol.asyncDispose]() {
      await disk.unmount();
      await run('losetup', ['--detach', device]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await disk.mount();
  return disk;
}

/** Another name of the device, which can be taken away once it is mounted. */
async function linkDevice(folder: string, device: string): Promise<string> {
  const node = join(folder, 'device');
  await run('mknod', [node, 'b', '7', device.replace('/dev/loop', '')]);
  return node;
}

async function isMounted(root: string): Promise<boolean> {
  return (await readFile('/proc/self/mountinfo', 'utf8')).includes(` ${root} `);
}

/** A child of ours that has ended is a zombie until Node has collected it. */
function isAlive(pid: number): boolean {
  return (
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .stdout.trim()
      .match(/^[^Z]/) !== null
  );
}
