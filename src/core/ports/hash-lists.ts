import type { HashList } from '#core/hash-list.ts';
import type { SourceFile } from '#core/ports/blob-store.ts';

/** Reads the lists of files and hashes that come with films. */
export interface HashLists {
  /**
   * Null where there is no such file. `list` is null where it cannot be read: it is broken, still being written,
   * or not to be trusted. Fails with a `ReelholdError` where the disk does.
   */
  read(source: SourceFile): Promise<{ readonly list: HashList | null; readonly c4: string } | null>;
}
