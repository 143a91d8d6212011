import { ReelholdError } from '#core/errors.ts';
import type { IndexRow } from '#core/index-row.ts';
import type { FoundSegment, Journal } from '#core/ports/journal.ts';
import { parseSegmentName } from '#core/segment-name.ts';
import { isWhole, makeSegment } from './make-segment.ts';

export interface MemoryJournal extends Journal {
  /** Every row that was appended, in its order. */
  readonly index: readonly IndexRow[];
  /** Loses a segment, or what is given of it is changed: as a disk would. */
  damage(
    name: string,
    change: Partial<Pick<FoundSegment, 'content' | 'index'>> | 'lose' | 'lose records',
  ): void;
}

/** A journal that keeps its segments in memory, for tests. */
export function createMemoryJournal(): MemoryJournal {
  const strayIndexes = new Set<string>();
  const segments = new Map<string, Omit<FoundSegment, 'isWhole'>>();
  const rows: IndexRow[] = [];

  const find = (name: string) => {
    const segment = segments.get(name);
    if (segment !== undefined) return segment;
    const facts = { kind: 'missing', operation: 'read the journal', object: name, side: 'vault' } as const;
    throw new ReelholdError(facts, 'it is not there');
  };

  const list = () => {
    const seqOf = (name: string) => parseSegmentName(name)?.seq ?? 0;
    return [...segments.keys()].sort((a, b) => seqOf(a) - seqOf(b) || (a < b ? -1 : 1));
  };

  return {
    index: rows,
    async append(records, index) {
      const segment = makeSegment(records, index);
      segments.set(segment.name, segment);
      rows.push(...index);
      return segment;
    },
    list: async () => list(),
    async measure() {
      return new Map(
        list().map((name) => {
          const { content, index } = find(name);
          return [name, { content: content.length, index: index?.length ?? null }];
        }),
      );
    },
    async listIndexed() {
      const indexed = [...segments.values()].flatMap(({ name, index }) => (index === null ? [] : [name]));
      return new Set([...indexed, ...strayIndexes]);
    },
    async read(name) {
      const segment = find(name);
      return { ...segment, isWhole: isWhole(segment) };
    },
    async withdrawIndex(name) {
      strayIndexes.delete(name);
    },
    async mend(segment) {
      segments.set(segment.name, segment);
    },
    damage(name, change) {
      if (change === 'lose') segments.delete(name);
      else if (change === 'lose records') {
        segments.delete(name);
        strayIndexes.add(name);
      } else segments.set(name, { ...find(name), ...change });
    },
  };
}
