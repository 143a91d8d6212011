import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Library } from '#core/ports/library.ts';
import { createDiskJournal } from '#store/disk-journal.ts';
import { createDiskLibrary, type LibraryMode } from '#store/disk-library.ts';
import type { HashPool } from '#store/hash-pool.ts';
import type { BlobStoreHarness } from '#tests/contract/blob-store-setting.ts';
import { openDiskBlobStore } from './disk-store.ts';
import { openTestArchive, type TestArchive } from './memory-archive.ts';

export interface DiskArchive extends TestArchive {
  readonly blobs: BlobStoreHarness;
  readonly library: Library;
  /** Where the readable tree stands. */
  readonly libraryDir: string;
  readonly vaultDir: string;
}

/** Opens an archive on the disk, with its readable tree: all that a daemon has, but for the inbox and the clock. */
export function openDiskArchive(
  folder: string,
  pool: HashPool,
  mode: LibraryMode = 'hardlink',
  writer?: string,
): DiskArchive {
  const vaultDir = join(folder, 'vault');
  const libraryDir = join(folder, 'library');
  for (const name of ['journal', 'index']) mkdirSync(join(vaultDir, name), { recursive: true });
  const blobs = openDiskBlobStore(vaultDir, pool);
  const blobFile: Parameters<typeof createDiskLibrary>[0]['blobFile'] = (ref) =>
    blobs.store.localPath(ref) ?? '';
  return {
    ...openTestArchive(folder, blobs.store, createDiskJournal({ root: vaultDir }), writer),
    ...{ blobs, libraryDir, vaultDir },
    library: createDiskLibrary({ root: libraryDir, mode, blobFile, pool }),
  };
}
