import type { ByteRange } from '#core/examination/reading.ts';
import type { SourceFile } from '#core/ports/blob-store.ts';
import type { FileStat } from '#core/settle.ts';

/** A file outside the store that is open to be looked into. */
export interface OpenSource extends AsyncDisposable {
  readonly stat: FileStat;
  /** When it was made, ms; null where the file system does not say. */
  readonly createdAtMs: number | null;
  /** As many of these bytes as there are. */
  read(range: ByteRange): Promise<Uint8Array>;
}

/**
 * Looks into files that somebody else may be writing. Obligations: opens nothing but regular files, never follows
 * a link out of `within`, never waits for a FIFO, changes nothing. Failures are `ReelholdError`s of the side
 * `source`.
 */
export interface SourceFiles {
  /** Null where there is none, or what has the name is no regular file. */
  open(source: SourceFile): Promise<OpenSource | null>;
  /** The names in a folder, in the form of `core/file-name.ts`; none where there is no folder. */
  list(folder: string): Promise<readonly string[]>;
}
