import type { IndexRow } from '#core/index-row.ts';
import type { JournalRecord } from '#core/journal-record.ts';

/** A segment and its index file, byte for byte. */
export interface Segment {
  readonly name: string;
  /** Records, one a line; where the segment was damaged, whatever stands there. */
  readonly content: Uint8Array;
  readonly index: Uint8Array;
}

/** In bytes; null for an index that is not there. */
export interface SegmentSizes {
  readonly content: number;
  readonly index: number | null;
}

/** A segment as it was found. */
export interface FoundSegment extends Omit<Segment, 'index'> {
  /** Null where the index file is gone: it can be made again. */
  readonly index: Uint8Array | null;
  /** False where the content does not have the hash that the segment's name says. */
  readonly isWhole: boolean;
}

/**
 * The append-only truth beside the blobs.
 *
 * Obligations: `append` returns only when the segment and its index are flushed, names and all; where it fails it
 * tries to leave neither. Nothing that was appended is changed or removed; what no longer is as it was appended is
 * kept aside when `mend` puts it back.
 */
export interface Journal {
  append(records: readonly JournalRecord[], index: readonly IndexRow[]): Promise<Segment>;
  /** Names of all segments, oldest sequence first. */
  list(): Promise<readonly string[]>;
  /** Names of the segments that have an index file, whether they themselves are there or not. */
  listIndexed(): Promise<ReadonlySet<string>>;
  /** How large each segment and its index are, by the segment's name, oldest sequence first. */
  measure(): Promise<ReadonlyMap<string, SegmentSizes>>;
  read(name: string): Promise<FoundSegment>;
  /** Puts the index of a segment that never came aside: its rows would outlast a crash that its records did not. */
  withdrawIndex(name: string): Promise<void>;
  /** Puts a segment and its index back as they were, where they are missing or differ. */
  mend(segment: Segment): Promise<void>;
}
