import { createHash } from 'node:crypto';
import { type Digest, digestOfHex } from '#core/digest.ts';

/** The digest of a small file's bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return digestOfHex(createHash('sha256').update(bytes).digest('hex'));
}
