import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { eq, isNull, sql } from 'drizzle-orm';
import type { KeptState } from '#core/ports/catalogue.ts';
import type { FoundSegment } from '#core/ports/journal.ts';
import type { Drizzle } from './database.ts';
import { segments } from './schema.ts';

/** The journal's segments as the catalogue keeps them: byte for byte, deflated. */
export interface SegmentRows {
  isKept(name: string): boolean;
  /** Keeps a segment without applying it; a whole one takes the place of a damaged one. False where nothing changed. */
  keep(segment: FoundSegment, isApplied: boolean): boolean;
  list(): IterableIterator<{ readonly name: string; readonly state: KeptState }>;
  /** Null where it is not kept, or only its name. */
  find(name: string): FoundSegment | null;
  content(name: string): Uint8Array;
  /** The content of every index file that is kept. */
  indexes(): IterableIterator<Uint8Array>;
  unapplied(): readonly string[];
  markApplied(): void;
  /** Whether there are segments of which only the name is known. */
  isAnyWithoutContent(): boolean;
}

const hasContent = sql<number>`content IS NOT NULL`;

export function createSegmentRows(db: Drizzle): SegmentRows {
  const statements = prepareStatements(db);

  const keep = ({ name, content, index, isWhole }: FoundSegment, isApplied: boolean): boolean => {
    const kept = statements.state.get({ name });
    if (kept !== undefined && (kept.isWhole || !isWhole) && kept.hasContent === 1) return false;
    statements.put.run({
      name,
      atMs: Date.now(),
      isApplied: isApplied || (kept?.isWhole === true && kept.isApplied),
      isWhole,
      content: deflateRawSync(content),
      index: index === null ? null : deflateRawSync(index),
    });
    return true;
  };

  const find = (name: string): FoundSegment | null => {
    const row = statements.segment.get({ name });
    if (row === undefined || row.content === null) return null;
    const index = row.index === null ? null : inflateRawSync(row.index);
    return { name, content: inflateRawSync(row.content), index, isWhole: row.isWhole };
  };

  return {
    keep,
    find,
    isKept: (name) => statements.state.get({ name }) !== undefined,
    *list() {
      const rows = db
        .select({ name: segments.name, isWhole: segments.isWhole, hasContent })
        .from(segments)
        .all();
      for (const { name, isWhole, hasContent: isThere } of rows) {
        yield { name, state: isThere === 0 ? 'name-only' : isWhole ? 'whole' : 'damaged' };
      }
    },
    content: (name) => find(name)?.content ?? new Uint8Array(),
    *indexes() {
      for (const { name } of db.select({ name: segments.name }).from(segments).all()) {
        const index = statements.segment.get({ name })?.index ?? null;
        if (index !== null) yield inflateRawSync(index);
      }
    },
    unapplied: () =>
      db
        .select({ name: segments.name })
        .from(segments)
        .where(sql`NOT is_applied`)
        .all()
        .map(({ name }) => name),
    markApplied() {
      db.update(segments).set({ isApplied: true }).where(sql`NOT is_applied`).run();
    },
    isAnyWithoutContent: () =>
      db.select({ name: segments.name }).from(segments).where(isNull(segments.content)).limit(1).get() !==
      undefined,
  };
}

function prepareStatements(db: Drizzle) {
  const p = sql.placeholder;
  const kept = {
    appliedAtMs: sql`excluded.applied_at_ms`,
    isApplied: sql`excluded.is_applied`,
    isWhole: sql`excluded.is_whole`,
    content: sql`excluded.content`,
    index: sql`excluded."index"`,
  };
  return {
    state: db
      .select({
        isWhole: segments.isWhole,
        isApplied: segments.isApplied,
        hasContent,
      })
      .from(segments)
      .where(eq(segments.name, p('name')))
      .prepare(),
    segment: db
      .select()
      .from(segments)
      .where(eq(segments.name, p('name')))
      .prepare(),
    put: db
      .insert(segments)
      .values({
        name: p('name'),
        appliedAtMs: p('atMs'),
        isApplied: p('isApplied'),
        isWhole: p('isWhole'),
        content: p('content'),
        index: p('index'),
      })
      .onConflictDoUpdate({ target: segments.name, set: kept })
      .prepare(),
  };
}
