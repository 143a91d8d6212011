import { readFile } from 'node:fs/promises';
import { codeOf, translateError } from '#core/errors.ts';
import { decodeName } from '#core/file-name.ts';
import { type Mount, parseMountInfo } from '#core/mount-info.ts';

/**
 * The mounts of this process; none where the system has no such list, which is taken for "all of them are local".
 * Fails where it cannot be read: a share that passed for local would be trusted too soon.
 */
export async function readMounts(list = '/proc/self/mountinfo'): Promise<readonly Mount[]> {
  try {
    return parseMountInfo(decodeName(await readFile(list)));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []; // not Linux
    throw translateError(error, { operation: 'read', object: list });
  }
}
