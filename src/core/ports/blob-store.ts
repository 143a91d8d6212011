import type { BlobRef, Digest } from '#core/digest.ts';
import type { ListedAlgorithm } from '#core/hash-list.ts';
import type { FileStat } from '#core/settle.ts';

/** A file outside the store. Paths are in the form of `core/file-name.ts`. */
export interface SourceFile {
  readonly path: string;
  /** Nothing outside this folder is read, whatever links say; null where the caller names the file himself. */
  readonly within: string | null;
}

/** Bytes that stand in the store's staging area, whole and flushed, but not yet a blob. */
export interface StagedBlob {
  readonly id: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** The source as it was when it was opened, and the same when it had been read to its end. */
  readonly stat: FileStat;
  /** The second hash that was asked for; null where none was. */
  readonly also: string | null;
}

export interface StageOptions {
  readonly signal: AbortSignal;
  /** A hash that somebody else names for these bytes, to be computed in the same pass. */
  readonly also?: ListedAlgorithm;
  /** Told now and then how many bytes have been hashed. */
  readonly onProgress?: (bytesDone: number) => void;
}

export type Verification = 'good' | 'corrupt' | 'missing';

/**
 * Holds immutable bytes by their digest.
 *
 * Obligations: `stage` has flushed what it returns, never follows a link, and fails with kind `changed` where
 * the source did not stay the same while it was read. `store` returns only when every blob and the folders it
 * stands in are flushed. A blob that is there is never rewritten: `heal` alone replaces bad bytes, which go to
 * quarantine; `erase` alone removes any. Failures are `ReelholdError`s, with the side (`source` or `vault`) they come from.
 */
export interface BlobStore {
  stage(source: SourceFile, options: StageOptions): Promise<StagedBlob>;
  discard(staged: StagedBlob): Promise<void>;
  /** Makes blobs of staged bytes, all or none durable when it returns; `ext` is chosen by the first to come. */
  store(items: readonly { readonly staged: StagedBlob; readonly ext: string }[]): Promise<void>;
  /** Puts staged bytes in the place of a blob that is bad or gone. */
  heal(staged: Pick<StagedBlob, 'id' | 'digest'>, ref: BlobRef): Promise<void>;
  /** Reads a blob from the medium itself, not from a cache, and compares it with its digest. */
  verify(ref: BlobRef, signal: AbortSignal): Promise<Verification>;
  /** Removes blobs for ever, for the owner's "delete everywhere"; what is not there is no failure. */
  erase(refs: readonly BlobRef[]): Promise<void>;
  /** Where a blob can be opened as a file by a tool that needs one; null where the store has no files. */
  localPath(ref: BlobRef): string | null;
  /** Every blob that stands there, in no order. */
  list(): AsyncIterable<BlobRef & { readonly sizeBytes: number }>;
  /** The bytes from `start` to `end` (both included); the whole blob where no range is given. */
  read(ref: BlobRef, range?: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array>;
}
