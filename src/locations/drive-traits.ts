import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { DriveTraits } from '#core/judge-place.ts';
import type { Mount } from '#core/mount-table.ts';
import { formatDevice } from './device-cache.ts';
import { type PinnedFolder, pinFolder } from './pinned-folder.ts';

const run = promisify(execFile);
const longestMs = 10_000;

/**
 * What is to be noted of a drive when it is prepared, so that it is told later from an empty mount point and from a
 * copy of itself. `homes` are folders of this installation on its own disks: the vault, the settings.
 */
export async function readDriveTraits(root: string, homes: readonly string[]): Promise<DriveTraits> {
  await using folder = await pinFolder(root);
  return await findTraits(root, folder, homes, idWays); // the folder stays open until then
}

/** The ways in which a file system's id is learned. */
const idWays: readonly string[] = ['uuid', 'fsid'];

/** The same for a folder that is open already, with the ids of these ways alone: they cost a process each. */
export async function findTraits(
  root: string,
  folder: PinnedFolder,
  homes: readonly string[],
  ways: readonly string[],
): Promise<DriveTraits> {
  const { device, mount } = folder;
  const others = await Promise.all(['/', ...homes].map(deviceOf));
  return {
    isMountPoint: device !== (await deviceOf(dirname(root))) || mount?.point === root,
    isApart: !others.includes(device),
    ids: await findIds(folder, ways),
  };
}

async function deviceOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ dev }) => dev,
    () => null,
  );
}

/**
 * By udev's links, else by asking the device (in a container neither is there). An id of the kernel's own
 * (`f_fsid`) is stable only where it is made of the UUID, which ext4 does; others make it of the device's number.
 */
async function findIds(
  { path, mount, device }: PinnedFolder,
  ways: readonly string[],
): Promise<Record<string, string>> {
  if (mount === null) return {};
  const ids: Record<string, string> = {};
  if (ways.includes('uuid')) {
    const uuid = (await linkedUuid(formatDevice(device))) ?? (await probedUuid(mount));
    if (uuid !== null) ids.uuid = uuid;
  }
  if (ways.includes('fsid') && /^ext[234]$/.test(mount.type)) {
    const fsid = await output('stat', ['-f', '-c', '%i', `${path}/`]);
    if (fsid !== null && !/^0*$/.test(fsid)) ids.fsid = fsid;
  }
  return ids;
}

async function linkedUuid(device: string): Promise<string | null> {
  const folder = '/dev/disk/by-uuid';
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found !== null && formatDevice(found.rdev) === device) return basename(name);
  }
  return null;
}

async function probedUuid({ source, device }: Mount): Promise<string | null> {
  const found = await stat(source).catch(() => null);
  if (!source.startsWith('/dev/') || found === null || formatDevice(found.rdev) !== device) return null;
  return output('blkid', ['-p', '-s', 'UUID', '-o', 'value', source]);
}

/** What a tool says; null where it is missing, fails or says nothing: then nothing is known. */
async function output(tool: string, args: readonly string[]): Promise<string | null> {
  try {
    const text = (await run(tool, [...args], { timeout: longestMs })).stdout.trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
}
