import { compareRecords, type JournalRecord, parseRecord, type UnknownRecord } from '#core/journal-record.ts';
import { parseSegmentName } from '#core/segment-name.ts';

export type AnyRecord = JournalRecord | UnknownRecord;

/** The records of a segment's content, in their order; lines that are none are left out. */
export function readRecords(content: Uint8Array): readonly AnyRecord[] {
  const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(content).split('\n');
  return lines.flatMap((line) => (line === '' ? [] : (parseRecord(line) ?? []))).sort(compareRecords);
}

/** A segment that is read when its turn comes. */
export interface SegmentSource {
  readonly name: string;
  readonly read: () => Uint8Array;
}

interface Cursor {
  readonly records: readonly AnyRecord[];
  position: number;
}

/**
 * The records of many segments in the order in which they hold, whoever wrote them. Of any one writer only the
 * segments around the current place are in memory.
 */
export function* mergeRecords(sources: Iterable<SegmentSource>): Generator<AnyRecord> {
  const waiting = [...sources]
    .map((source) => ({ source, first: parseSegmentName(source.name) ?? { seq: 0, writer: '' } }))
    .sort((a, b) => compareRecords(a.first, b.first) || (a.source.name < b.source.name ? -1 : 1));
  const open: Cursor[] = [];
  for (let next = 0; ; ) {
    let head = earliest(open);
    for (let candidate = waiting[next]; candidate !== undefined; candidate = waiting[next]) {
      if (head !== null && compareRecords(candidate.first, recordAt(head)) > 0) break;
      next += 1;
      const records = readRecords(candidate.source.read());
      if (records.length > 0) open.push({ records, position: 0 });
      head = earliest(open);
    }
    if (head === null) return;
    yield recordAt(head);
    head.position += 1;
    if (head.position === head.records.length) open.splice(open.indexOf(head), 1);
  }
}

function earliest(open: readonly Cursor[]): Cursor | null {
  return open.reduce<Cursor | null>(
    (best, cursor) => (best === null || compareRecords(recordAt(cursor), recordAt(best)) < 0 ? cursor : best),
    null,
  );
}

function recordAt({ records, position }: Cursor): AnyRecord {
  const record = records[position];
  if (record === undefined) throw new RangeError('a segment was read beyond its end');
  return record;
}
