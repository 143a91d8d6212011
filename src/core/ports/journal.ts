import type { IndexRow } from '#core/index-row.ts';
import type { JournalRecord, UnknownRecord } from '#core/journal-record.ts';

export interface SegmentContent {
  readonly records: readonly (JournalRecord | UnknownRecord)[];
  /** False where the content does not have the hash that the segment's name says. */
  readonly whole: boolean;
}

/**
 * The append-only truth beside the blobs.
 *
 * Obligations: `append` returns only when the segment and its index are flushed, names and all, and gives the
 * segment's name. Nothing that was appended is changed or removed.
 */
export interface Journal {
  append(records: readonly JournalRecord[], index: readonly IndexRow[]): Promise<string>;
  /** Names of all segments, oldest sequence first. */
  list(): Promise<readonly string[]>;
  /** Reads one segment; lines that are no records are left out, and `whole` says so. */
  read(name: string): Promise<SegmentContent>;
}
