import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { VaultBuilder } from '#core/ports/vault-builder.ts';
import type { FillDeps } from '#daemon/restore/fill-vault.ts';
import { createHashPool, type HashPool } from '#store/hash-pool.ts';
import { openVaultBuilder } from '#store/vault-builder.ts';
import { type ArchiveCopy, makeArchiveCopy } from './archive-copy.ts';
import { useTempFolder } from './temp-folder.ts';

/** A vault on a disk that is to be filled, and the copy that it is filled from. */
export interface FillBench {
  readonly copy: ArchiveCopy;
  readonly vault: VaultBuilder;
  readonly root: () => string;
  readonly deps: (change?: Partial<FillDeps>) => FillDeps;
  open(): Promise<void>;
  close(): void;
}

/** Gives each test of the file a new one. */
export function useFillBench(): FillBench {
  const folder = useTempFolder();
  const root = () => join(folder.path, 'vault');
  let pool: HashPool;
  let vault: VaultBuilder & Disposable;
  let copy: ArchiveCopy;
  const open = async () => {
    vault = await openVaultBuilder({ root: root(), pool });
  };
  const close = () => vault[Symbol.dispose]();
  beforeEach(async () => {
    pool = createHashPool(2);
    await open();
    copy = makeArchiveCopy();
  });
  afterEach(async () => {
    close();
    await pool[Symbol.asyncDispose]();
  });
  return {
    get copy() {
      return copy;
    },
    get vault() {
      return vault;
    },
    ...{ root, open, close },
    deps: (change = {}) => ({
      ...{ source: copy.source, vault, requireSource: async () => {} },
      ...change,
    }),
  };
}
