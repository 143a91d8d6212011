import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '#core/errors.ts';
import type { Mount } from '#core/mount-table.ts';
import type { DiskFacts } from '#core/same-disk.ts';
import { formatDevice } from './device-cache.ts';
import { pinFolder } from './pinned-folder.ts';

/** Where the kernel tells of its devices; another folder in tests. */
const systemFolder = '/sys';

/**
 * Finds the disks under a folder: a partition's disk, the disks of a mirror, of an encrypted or a logical volume, the
 * disk that holds a disk image, and all those of a btrfs. Of what the kernel does not know (pools that a program
 * serves, shares, ZFS) it says nothing.
 */
export async function readDiskFacts(folder: string, system = systemFolder): Promise<DiskFacts> {
  await using pinned = await pinFolder(folder);
  const device = formatDevice(pinned.device);
  return { device, disks: await orNull(() => disksOfMount(pinned.mount, device, system)) };
}

/** The disks of a mount. @internal */
export async function disksOfMount(
  mount: Mount | null,
  device: string,
  system: string,
): Promise<string[] | null> {
  if (!device.startsWith('0:')) return disksBelow(await deviceFolder(device, system), system);
  return mount?.type === 'btrfs' ? disksOfBtrfs(mount.source, system) : null;
}

function deviceFolder(device: string, system: string): Promise<string> {
  return realpath(join(system, 'dev/block', device));
}

/** A device's own folder: that of a partition is in its disk's, and what is made of others names them. */
async function disksBelow(folder: string, system: string): Promise<string[]> {
  if ((await ifThere(stat(join(folder, 'partition')))) !== null) return disksBelow(dirname(folder), system);
  const parts = (await ifThere(readdir(join(folder, 'slaves')))) ?? [];
  if (parts.length > 0) {
    const below = await Promise.all(
      parts.map(async (part) => disksBelow(await realpath(join(folder, 'slaves', part)), system)),
    );
    return [...new Set(below.flat())].sort();
  }
  const image = await ifThere(readFile(join(folder, 'loop/backing_file'), 'utf8'));
  if (image !== null) return disksOfImage(image.trimEnd(), system);
  return [basename(folder)];
}

/** An image in memory, or one that is deleted, is nobody's disk: that fails, and nothing is known. */
async function disksOfImage(image: string, system: string): Promise<string[]> {
  return disksBelow(await deviceFolder(formatDevice((await stat(image)).dev), system), system);
}

/** btrfs may be on several devices; the kernel lists those of each. */
async function disksOfBtrfs(source: string, system: string): Promise<string[] | null> {
  const name = await nameOfSource(source, system);
  const all = join(system, 'fs/btrfs');
  for (const id of await readdir(all)) {
    const devices = await readdir(join(all, id, 'devices')).catch((): string[] => []);
    if (!devices.includes(name)) continue;
    const below = await Promise.all(
      devices.map(async (device) => disksBelow(await realpath(join(all, id, 'devices', device)), system)),
    );
    return [...new Set(below.flat())].sort();
  }
  return null;
}

/** A logical volume is mounted under a name of its own (`/dev/vg1/volume_1`, `/dev/mapper/vg1-volume_1`). */
async function nameOfSource(source: string, system: string): Promise<string> {
  const [, group, volume] = /^\/dev\/([^/]+)\/([^/]+)$/.exec(source) ?? [];
  if (group === undefined || volume === undefined) return basename(source);
  const doubled = (part: string) => part.replaceAll('-', '--');
  const wanted = group === 'mapper' ? volume : `${doubled(group)}-${doubled(volume)}`;
  for (const name of await readdir(join(system, 'block'))) {
    const mapped = await readFile(join(system, 'block', name, 'dm/name'), 'utf8').catch(() => '');
    if (mapped.trimEnd() === wanted) return name;
  }
  return basename(source);
}

/** Only what is not there may be passed over: a disk whose parts cannot be asked for would count as one of its own. */
async function ifThere<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** What the system does not tell is not known; that is no failure. */
async function orNull<T>(find: () => Promise<T | null>): Promise<T | null> {
  try {
    return await find();
  } catch {
    return null;
  }
}
