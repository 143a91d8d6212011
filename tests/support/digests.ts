import { createHash } from 'node:crypto';
import { type Digest, digestOfHex } from '#core/digest.ts';
import fc from '#tests/support/properties.ts';

/** The digest of these bytes, by Node's own hash. */
export function digestOf(bytes: string | Uint8Array): Digest {
  return digestOfHex(createHash('sha256').update(bytes).digest('hex'));
}

/** Any digest. */
export const anyDigest: fc.Arbitrary<Digest> = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => digestOfHex(Buffer.from(bytes).toString('hex')));

/** Any extension that a blob may have, none included. */
export const anyExt: fc.Arbitrary<string> = fc.stringMatching(/^[a-z0-9]{0,10}$/);
