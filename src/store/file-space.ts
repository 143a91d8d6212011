import { statfs } from 'node:fs/promises';
import type { DiskSpace } from '#core/disk-space.ts';

/** What the file system below a path says of its room, in bytes. */
export async function readDiskSpace(path: string): Promise<DiskSpace> {
  const { bsize, blocks, bavail } = await statfs(path);
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}
