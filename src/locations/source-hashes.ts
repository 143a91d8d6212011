import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type Digest, digestOfHex } from '#core/digest.ts';
import { ReelholdError, translateError } from '#core/errors.ts';
import type { PlaceHashes } from '#core/ports/location.ts';
import { createDropboxHash } from './dropbox-hash.ts';
import { createQuickXor, type StreamHash } from './quick-xor.ts';

export interface SourceHashes {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** The digest among them. */
  readonly hashes: PlaceHashes;
}

/** The hashes that we can compute ourselves, by rclone's names. */
const makers: Readonly<Record<string, () => StreamHash>> = {
  md5: () => createHash('md5'),
  sha1: () => createHash('sha1'),
  quickxor: createQuickXor,
  dropbox: createDropboxHash,
};

const chunkBytes = 1024 * 1024;

/** Reads a local file once, and computes its digest and another hash (`null` for none) in the same pass. */
export async function hashSource(
  path: string,
  object: string,
  otherType: string | null,
  signal: AbortSignal,
): Promise<SourceHashes> {
  const sha256 = createHash('sha256');
  const other = otherType === null ? undefined : makers[otherType]?.();
  let sizeBytes = 0;
  try {
    await using file = await open(path, 'r');
    const buffer = new Uint8Array(chunkBytes);
    for (;;) {
      if (signal.aborted) throw new ReelholdError({ kind: 'aborted', operation: 'read', object }, 'stopped');
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) break;
      const bytes = buffer.subarray(0, bytesRead);
      sha256.update(bytes);
      other?.update(bytes);
      sizeBytes += bytesRead;
    }
  } catch (error) {
    throw translateError(error, { operation: 'read', object, side: 'source' });
  }
  const hex = sha256.digest('hex');
  const others = otherType === null || other === undefined ? {} : { [otherType]: other.digest('hex') };
  return { digest: digestOfHex(hex), sizeBytes, hashes: { sha256: hex, ...others } };
}
