import type { Digest } from '#core/digest.ts';
import type { ListedFile, PlaceContext, PlaceFile } from '#core/ports/location.ts';

/**
 * Reads a copy of the archive, wherever it is and whoever keeps it up to date. Obligations: nothing is written there.
 * Failures are `ReelholdError`s; their side is `vault` where what is written to is the reason, and never where the
 * place is.
 */
export interface ArchiveSource {
  /** As people call the place. */
  readonly name: string;
  /** A small file as a whole; null where there is none. */
  read(path: string, signal: AbortSignal): Promise<Uint8Array | null>;
  /** Everything below one of the layout's folders. Fails where it cannot be listed as a whole. */
  list(folder: 'blobs' | 'journal' | 'index', signal: AbortSignal): AsyncIterable<ListedFile>;
  /**
   * Copies a file to `target`, an absolute path at which nothing stands, flushes it, and gives the digest of the bytes
   * that came, which may be others than those that are meant. Leaves nothing behind where it fails.
   */
  copy(file: PlaceFile, target: string, context: PlaceContext): Promise<Digest>;
}
