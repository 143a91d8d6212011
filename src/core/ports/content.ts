import type { BlobRef } from '#core/digest.ts';

/** What the page may read of the archive: bytes, and nothing else. */
export interface Content {
  /** The bytes from `start` to `end`, both included; breaks off with an error where the blob cannot be read. */
  readBlob(ref: BlobRef, range: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array>;
  /** The still of a video, as WebP; null where there is none. */
  readPoster(ref: BlobRef): Promise<Uint8Array | null>;
}
