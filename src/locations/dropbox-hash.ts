import { createHash, type Hash } from 'node:crypto';
import type { StreamHash } from './quick-xor.ts';

const blockBytes = 4 * 1024 * 1024;

/** Dropbox's content hash (its developers' reference, "Content hash"): SHA-256 of the SHA-256 of each 4 MiB. */
export function createDropboxHash(): StreamHash {
  const whole = createHash('sha256');
  let block: Hash | null = null;
  let inBlock = 0;
  const endBlock = () => {
    if (block !== null) whole.update(block.digest());
    block = null;
    inBlock = 0;
  };
  return {
    update(bytes) {
      for (let rest = bytes; rest.length > 0; ) {
        const part = rest.subarray(0, blockBytes - inBlock);
        block ??= createHash('sha256');
        block.update(part);
        inBlock += part.length;
        if (inBlock === blockBytes) endBlock();
        rest = rest.subarray(part.length);
      }
    },
    digest(encoding) {
      endBlock();
      return whole.digest(encoding);
    },
  };
}
