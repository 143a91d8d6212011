import { constants, readlinkSync, realpathSync } from 'node:fs';
import { ReelholdError } from '#core/errors.ts';
import { decodeName, displayName } from '#core/file-name.ts';

/** A link is not followed, a FIFO does not block, a terminal does not become ours. */
export const sourceFlags =
  constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** A folder on the way may have become a link since it was walked: the open file itself says where it is. */
export function requireInside(
  file: number,
  source: { readonly path: Uint8Array; readonly within: Uint8Array | null },
): void {
  if (source.within === null) return;
  const root = Buffer.from(source.within);
  const actual = actualPath(file, source.path);
  if (actual.subarray(0, root.length).equals(root) && actual[root.length] === 0x2f) return;
  const object = displayName(decodeName(source.path));
  throw new ReelholdError(
    { kind: 'denied', operation: 'read', object, side: 'source' },
    'it is outside the inbox',
  );
}

function actualPath(file: number, path: Uint8Array): Buffer {
  try {
    return readlinkSync(`/proc/self/fd/${file}`, 'buffer');
  } catch {
    return realpathSync(Buffer.from(path), 'buffer');
  }
}
