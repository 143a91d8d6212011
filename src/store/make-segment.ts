import { createHash } from 'node:crypto';
import { formatIndexRow, type IndexRow } from '#core/index-row.ts';
import { formatRecord, type JournalRecord } from '#core/journal-record.ts';
import type { Segment } from '#core/ports/journal.ts';
import { formatSegmentName, parseSegmentName } from '#core/segment-name.ts';

/** A segment of these records with its index, named by its content; throws a `RangeError` where there are none. */
export function makeSegment(records: readonly JournalRecord[], index: readonly IndexRow[]): Segment {
  const first = records[0];
  if (first === undefined) throw new RangeError('append to the journal: no records');
  const content = Buffer.from(records.map((record) => `${formatRecord(record)}\n`).join(''));
  return {
    name: formatSegmentName({ writer: first.writer, seq: first.seq, hash: sha256(content) }),
    content,
    index: Buffer.from(index.map((row) => `${formatIndexRow(row)}\n`).join('')),
  };
}

/** Whether a segment's content has the hash that its name says. */
export function isWhole({ name, content }: Pick<Segment, 'name' | 'content'>): boolean {
  return sha256(content) === parseSegmentName(name)?.hash;
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
