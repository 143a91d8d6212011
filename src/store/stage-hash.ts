import { createHash } from 'node:crypto';
import type { IHasher } from 'hash-wasm';
import { c4Of } from '#core/c4.ts';
import type { ListedAlgorithm } from '#core/hash-list.ts';

/** SHA-256, and a second hash where one is asked for, in one pass over the same bytes. */
export interface StageHash {
  update(bytes: Uint8Array): void;
  digest(): { readonly hex: string; readonly also: string | null };
}

export async function createStageHash(also: ListedAlgorithm | null): Promise<StageHash> {
  const main = createHash('sha256');
  const other = also === null ? null : await createListedHash(also);
  return {
    update(bytes) {
      main.update(bytes);
      other?.update(bytes);
    },
    digest: () => ({ hex: main.digest('hex'), also: other?.digest() ?? null }),
  };
}

interface ListedHasher {
  update(bytes: Uint8Array): void;
  digest(): string;
}

async function createListedHash(algorithm: ListedAlgorithm): Promise<ListedHasher> {
  if (algorithm === 'md5' || algorithm === 'sha1') {
    const hash = createHash(algorithm);
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  }
  if (algorithm === 'c4') {
    const hash = createHash('sha512');
    return { update: (bytes) => void hash.update(bytes), digest: () => c4Of(hash.digest()) };
  }
  const hash = (await createXxHash(algorithm)).init();
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
}

/** Loaded only where a list asks for it: few do, and a thread's memory is small. */
async function createXxHash(algorithm: 'xxh32' | 'xxh64' | 'xxh3' | 'xxh128'): Promise<IHasher> {
  const { createXXHash3, createXXHash32, createXXHash64, createXXHash128 } = await import('hash-wasm');
  return { xxh32: createXXHash32, xxh64: createXXHash64, xxh3: createXXHash3, xxh128: createXXHash128 }[
    algorithm
  ]();
}
