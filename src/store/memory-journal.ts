import { createHash } from 'node:crypto';
import { ReelholdError } from '#core/errors.ts';
import type { IndexRow } from '#core/index-row.ts';
import { formatRecord, type JournalRecord } from '#core/journal-record.ts';
import type { Journal } from '#core/ports/journal.ts';
import { formatSegmentName } from '#core/segment-name.ts';

/** A journal that keeps its segments in memory, for tests. */
export function createMemoryJournal(): Journal & { readonly index: readonly IndexRow[] } {
  const segments = new Map<string, { seq: number; records: readonly JournalRecord[] }>();
  const index: IndexRow[] = [];
  return {
    index,
    async append(records, rows) {
      const first = records[0];
      if (first === undefined) throw new RangeError('append to the journal: no records');
      const hash = createHash('sha256')
        .update(records.map((record) => `${formatRecord(record)}\n`).join(''))
        .digest('hex');
      const name = formatSegmentName({ writer: first.writer, seq: first.seq, hash });
      segments.set(name, { seq: first.seq, records: [...records] });
      index.push(...rows);
      return name;
    },
    async list() {
      return [...segments]
        .sort(([one, a], [other, b]) => a.seq - b.seq || (one < other ? -1 : 1))
        .map(([name]) => name);
    },
    async read(name) {
      const segment = segments.get(name);
      if (segment === undefined) {
        throw new ReelholdError(
          { kind: 'missing', operation: 'read the journal', object: name, side: 'vault' },
          'it is not there',
        );
      }
      return { records: segment.records, whole: true };
    },
  };
}
