import type { ArchiveMark, LocationMark } from '#core/archive-format.ts';
import type { BlobRef } from '#core/digest.ts';

/**
 * A vault that is being filled from a copy of its archive. Obligations: what is placed is whole and flushed, name and
 * all, when the call returns; until `finish` the folder is no archive, so that nobody takes the half of one for it.
 * Failures are `ReelholdError`s of the side `vault`.
 */
export interface VaultBuilder {
  freeBytes(): Promise<number>;
  /** Whether a file of this size stands there, whatever its bytes. */
  hasFile(path: string, sizeBytes: number): Promise<boolean>;
  /**
   * Reads what stands under a blob's name back from the disk, not from a cache where the file system can do without, and
   * compares it; `bad` too where the disk cannot read it.
   */
  checkBlob(
    ref: BlobRef,
    context: { readonly signal: AbortSignal; readonly onProgress: (bytesDone: number) => void },
  ): Promise<'good' | 'bad' | 'missing'>;
  /** An absolute path for a file until it is placed. */
  draft(): string;
  /** Bytes that stand there, and are not those of the blob, go to quarantine. */
  placeBlob(draft: string, ref: BlobRef): Promise<void>;
  /**
   * Whether a file of the journal or the index stands there as it was written: a segment by the hash in its name; an
   * index, which has none, by its form, and by being no shorter than the copy's.
   */
  isSound(path: string, copyBytes: number): Promise<boolean>;
  /**
   * A small file of the journal or the index. What stands there and is not as it was written goes to quarantine; of two
   * such files the one that stands there stays.
   */
  placeFile(path: string, content: Uint8Array): Promise<void>;
  discard(draft: string): Promise<void>;
  finish(archive: ArchiveMark, location: LocationMark): Promise<void>;
}
