import { realpath } from 'node:fs/promises';
import { codeOf, translateError } from '#core/errors.ts';

/** Where a folder really is; null where there is none. Fails with a `ReelholdError` where it cannot be looked at. */
export async function findRealFolder(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw translateError(error, { operation: 'look at', object: path, side: 'source' });
  }
}
