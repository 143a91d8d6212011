import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type BlobRef, blobPath } from '#core/digest.ts';
import { createDiskBlobStore } from '#store/disk-blob-store.ts';
import { createHashPool, type HashPool } from '#store/hash-pool.ts';
import type { BlobStoreHarness } from '#tests/contract/blob-store-setting.ts';

/** One pool of threads for all tests of a file: to start threads takes longer than most tests. */
export function useHashPool(size = 2): HashPool {
  const pool = createHashPool(size);
  afterAll(() => pool[Symbol.asyncDispose]());
  return pool;
}

/** A blob store in a vault's folder, as `openVault` leaves it. */
export function openDiskBlobStore(root: string, pool: HashPool): BlobStoreHarness {
  for (const folder of ['blobs/sha256', 'staging', 'quarantine']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const pathOf = (ref: BlobRef) => join(root, blobPath(ref));
  return {
    store: createDiskBlobStore({ root, pool }),
    damage(ref, at = 0) {
      const { mode } = statSync(pathOf(ref));
      const bytes = readFileSync(pathOf(ref));
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      chmodSync(pathOf(ref), 0o600);
      writeFileSync(pathOf(ref), bytes);
      chmodSync(pathOf(ref), mode);
    },
    lose: (ref) => rmSync(pathOf(ref)),
    stagedCount: () => readdirSync(join(root, 'staging')).length,
    quarantine: () =>
      readdirSync(join(root, 'quarantine')).map((name) => readFileSync(join(root, 'quarantine', name))),
  };
}
