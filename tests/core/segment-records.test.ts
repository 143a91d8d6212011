import { describe, expect, it } from 'vitest';
import { compareRecords, type JournalRecord } from '#core/journal-record.ts';
import { mergeRecords, readRecords } from '#core/segment-records.ts';
import fc from '#tests/support/properties.ts';
import { recordOf, segmentOf, videoFacts } from '#tests/support/records.ts';

const writers = ['000000000001', '0123456789ab', 'ffffffffffff'];
const record = (seq: number, by?: string) => recordOf(videoFacts(`video ${seq}`), seq, by);
const sourceOf = (records: readonly JournalRecord[]) => {
  const { name, content } = segmentOf(records);
  return { name, read: () => content };
};

describe('the records of many segments', () => {
  it('come in the order in which they hold, whoever wrote them and however they overlap', () => {
    const anyRecord = fc
      .tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom(...writers))
      .map(([seq, by]) => record(seq, by));
    const anySegment = fc
      .array(anyRecord, { minLength: 1, maxLength: 6 })
      .map((records) => records.toSorted(compareRecords));
    fc.assert(
      fc.property(fc.array(anySegment, { maxLength: 12 }), (segments) => {
        const merged = [...mergeRecords(segments.map(sourceOf))];
        expect(merged).toEqual(segments.flat().toSorted(compareRecords));
      }),
    );
  });

  it('are read only when their turn comes', () => {
    const read: number[] = [];
    const sources = [5, 1, 3].map((seq) => ({
      ...sourceOf([record(seq), record(seq + 1)]),
      read: () => {
        read.push(seq);
        return segmentOf([record(seq), record(seq + 1)]).content;
      },
    }));
    const merged = mergeRecords(sources);
    merged.next();
    expect(read).toEqual([1]);
    merged.next();
    merged.next();
    expect(read).toEqual([1, 3]);
  });

  it('are none where nothing can be read of them', () => {
    const broken = { ...sourceOf([record(1)]), read: () => new Uint8Array(40) };
    expect([...mergeRecords([broken, sourceOf([record(2)])])]).toEqual([record(2)]);
  });
});

describe('a segment', () => {
  it('gives its records in their order, and leaves out what is none', () => {
    const { content } = segmentOf([record(2), record(1)], 'torn {"seq":', '', '[]');
    expect(readRecords(content)).toEqual([record(1), record(2)]);
  });
});
