import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { eq, isNull, sql } from 'drizzle-orm';
import { ReelholdError } from '#core/errors.ts';
import type { KeptState } from '#core/ports/catalogue.ts';
import type { FoundSegment } from '#core/ports/journal.ts';
import type { Drizzle } from './database.ts';
import { segments } from './schema/journal-tables.ts';

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
    const kept = find(name);
    if (kept?.isWhole === true && (!isWhole || kept.content.equals(content))) return false;
    statements.put.run({
      name,
      atMs: Date.now(),
      isApplied,
      isWhole,
      content: deflateRawSync(content),
      index: index === null ? null : deflateRawSync(index),
    });
    return true;
  };

  const find = (name: string) => {
    const row = statements.segment.get({ name });
    const content = inflate(row?.content ?? null);
    if (row === undefined || content === null) return null;
    return { name, content, index: inflate(row.index), isWhole: row.isWhole };
  };

  return {
    keep,
    find,
    isKept: (name) => statements.name.get({ name }) !== undefined,
    *list() {
      const rows = db
        .select({ name: segments.name, isWhole: segments.isWhole, hasContent })
        .from(segments)
        .all();
      for (const { name, isWhole, hasContent: isThere } of rows) {
        yield { name, state: isThere === 0 ? 'name-only' : isWhole ? 'whole' : 'damaged' };
      }
    },
    content(name) {
      const content = find(name)?.content;
      if (content !== undefined) return content;
      const facts = { kind: 'corrupt', operation: 'read the catalogue', object: name } as const;
      throw new ReelholdError(facts, 'a segment of the journal that it keeps is damaged');
    },
    *indexes() {
      for (const { name } of db.select({ name: segments.name }).from(segments).all()) {
        const index = find(name)?.index ?? null;
        if (index !== null) yield index;
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

/** Null for nothing, and for bytes that the disk has damaged since. */
function inflate(bytes: Uint8Array | null): Buffer | null {
  try {
    return bytes === null ? null : inflateRawSync(bytes);
  } catch {
    return null;
  }
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
    name: db
      .select({ name: segments.name })
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
