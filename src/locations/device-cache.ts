import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ReelholdError } from '#core/errors.ts';
import type { Mount } from '#core/mount-table.ts';

const run = promisify(execFile);
const longestMs = 60_000;

/**
 * Empties the cache of the device that a mount is served from, so that whatever is read next comes from the medium.
 * The device has to be one that may be opened here; fails with `unsupported` where it may not.
 */
export async function dropDeviceCache(
  mount: Pick<Mount, 'source' | 'device'>,
  signal: AbortSignal,
): Promise<void> {
  const facts = { kind: 'unsupported', operation: 'read back', object: mount.source } as const;
  if (!(await isDevice(mount))) throw new ReelholdError(facts, 'its device cannot be reached from here');
  try {
    // BLKFLSBUF, which Node cannot call itself: writes what is left to write, and drops all that is cached.
    await run('blockdev', ['--flushbufs', mount.source], { signal, timeout: longestMs });
  } catch (error) {
    if (signal.aborted) throw new ReelholdError({ ...facts, kind: 'aborted' }, 'stopped');
    throw new ReelholdError(facts, 'this disk cannot be read past the cache', { cause: error });
  }
}

/** A path of the mount table may be another device in a container, or none. */
async function isDevice({ source, device }: Pick<Mount, 'source' | 'device'>): Promise<boolean> {
  try {
    const found = await stat(source);
    return found.isBlockDevice() && formatDevice(found.rdev) === device;
  } catch {
    return false;
  }
}

/** `major:minor` of a device's number, as the kernel's tables write it (glibc's `gnu_dev_major`, `gnu_dev_minor`). */
export function formatDevice(device: number): string {
  const value = BigInt(device);
  const major = ((value >> 8n) & 0xfffn) | ((value >> 32n) & ~0xfffn);
  const minor = (value & 0xffn) | ((value >> 12n) & ~0xffn & 0xffffffffn);
  return `${major}:${minor}`;
}
