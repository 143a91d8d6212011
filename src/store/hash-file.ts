import { createHash } from 'node:crypto';
import { constants, open } from 'node:fs/promises';
import { type Digest, digestOfHex } from '#core/digest.ts';
import { ReelholdError, translateError } from '#core/errors.ts';
import { decodeName, displayName } from '#core/file-name.ts';
import { fingerprint } from '#core/settle.ts';
import { toFileStat } from './file-stat.ts';

/** A link is not followed, a FIFO does not block, a terminal does not become ours. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
const bufferBytes = 1024 * 1024;

export interface HashFileOptions {
  readonly signal: AbortSignal;
  /** Told how many bytes of the file have been read. */
  readonly onProgress?: (bytesDone: number) => void;
}

/**
 * Hashes a regular file by its bytes, in one buffer. Fails with `denied` where it is a link or no regular file, and
 * with `changed` where it was not the same from its first byte to its last.
 */
export async function hashFile(
  path: Uint8Array,
  { signal, onProgress }: HashFileOptions,
): Promise<{ readonly digest: Digest; readonly sizeBytes: number }> {
  const facts = { operation: 'read', object: displayName(decodeName(path)), side: 'source' } as const;
  try {
    await using file = await open(Buffer.from(path), flags);
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) throw new ReelholdError({ ...facts, kind: 'denied' }, 'it is not a regular file');
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(bufferBytes);
    let sizeBytes = 0;
    for (;;) {
      if (signal.aborted) throw new ReelholdError({ ...facts, kind: 'aborted' }, 'stopped');
      const { bytesRead } = await file.read(buffer, 0, buffer.length, sizeBytes);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      sizeBytes += bytesRead;
      onProgress?.(sizeBytes);
    }
    const after = await file.stat({ bigint: true });
    const isSame = fingerprint(toFileStat(before)) === fingerprint(toFileStat(after));
    if (!isSame || BigInt(sizeBytes) !== after.size) {
      throw new ReelholdError({ ...facts, kind: 'changed' }, 'it changed meanwhile');
    }
    return { digest: digestOfHex(hash.digest('hex')), sizeBytes };
  } catch (error) {
    throw translateError(error, facts);
  }
}
