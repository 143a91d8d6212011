import type { FailureKind } from '#core/errors.ts';
import type { ListedAlgorithm } from '#core/hash-list.ts';
import type { LibraryLink } from '#core/ports/library.ts';
import type { FileStat } from '#core/settle.ts';

/** What goes to a disk thread. Paths of sources are bytes, as names need not be UTF-8. */
export type HashJob = (StageJob | HashFileJob | PlaceJob | LinkJob) & {
  readonly id: number;
  /** The job's place in the thread's {@link HashSetup.slots}. */
  readonly slot: number;
};

/** Copy a file into staging and hash it. */
export interface StageJob {
  readonly kind: 'stage';
  readonly source: Uint8Array;
  readonly within: Uint8Array | null;
  readonly target: string;
  readonly tryReflink: boolean;
  /** A second hash that is wanted beside the digest. */
  readonly also: ListedAlgorithm | null;
}

/** Hash a file from the medium. */
interface HashFileJob {
  readonly kind: 'hash';
  readonly path: string;
}

/**
 * Move flushed files to where they belong, durably. Where a blob of that digest stands already, whatever its
 * extension, it is left alone.
 */
export interface PlaceJob {
  readonly kind: 'place';
  readonly moves: readonly { readonly from: string; readonly to: string }[];
}

/** Make files of the readable tree, each in the first of the ways that the file system can. */
export interface LinkJob {
  readonly kind: 'link';
  readonly items: readonly { readonly blob: string; readonly target: string }[];
  readonly ways: readonly LibraryLink[];
}

/** A move that was left out, by its index, because the file named stands there. */
export interface StandingFile {
  readonly index: number;
  readonly name: string;
}

export type LinkResult =
  | { readonly kind: 'made'; readonly link: LibraryLink; readonly fingerprint: string }
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string };

export interface StagedFile {
  readonly hex: string;
  readonly also: string | null;
  readonly stat: FileStat;
  readonly reflinked: boolean;
}

/** What comes back. */
export type HashReply =
  | ({ readonly id: number; readonly kind: 'staged' } & StagedFile)
  | { readonly id: number; readonly kind: 'hashed'; readonly hex: string }
  | { readonly id: number; readonly kind: 'placed'; readonly standing: readonly StandingFile[] }
  | { readonly id: number; readonly kind: 'linked'; readonly results: readonly LinkResult[] }
  | {
      readonly id: number;
      readonly kind: 'failed';
      readonly side: 'source' | 'vault';
      readonly code: string | undefined;
      readonly failure: FailureKind;
      readonly message: string;
    };

/** How many jobs one thread has in hand: while one waits for its flush the next is copied. */
export const slotsPerThread = 8;

export const cellsPerSlot = 3;
/** What may be done of a job that nothing holds back. */
export const withoutEnd = 2n ** 62n;

/** Shared with the thread: for each slot, [0] set to 1 to break off, [1] bytes done so far, [2] bytes that may be done. */
export interface HashSetup {
  readonly slots: BigInt64Array<SharedArrayBuffer>;
}

/** How a job tells how far it is, and learns that it should stop. */
export interface JobProgress {
  isAborted(): boolean;
  setBytesDone(bytes: number): void;
}

export interface StageProgress extends JobProgress {
  /** How many more of the wanted bytes may be done, once there are any; 0 where it should stop. */
  allowance(bytesDone: number, wantedBytes: number): Promise<number>;
}
