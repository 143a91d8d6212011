import { readFile } from 'node:fs/promises';
import { decodeName } from '#core/file-name.ts';
import { type Mount, parseMountInfo } from '#core/mount-info.ts';

/** The mounts of this process; none where the system does not say, which is taken for "all of them are local". */
export async function readMounts(): Promise<readonly Mount[]> {
  try {
    return parseMountInfo(decodeName(await readFile('/proc/self/mountinfo')));
  } catch {
    return []; // not Linux
  }
}
