import { eq, sql } from 'drizzle-orm';
import type { Drizzle } from './database.ts';
import { meta } from './schema/work-tables.ts';

/** Small facts of this installation, by name. */
export interface FactRows {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

export function createFactRows(db: Drizzle): FactRows {
  const read = db
    .select({ value: meta.value })
    .from(meta)
    .where(eq(meta.key, sql.placeholder('key')))
    .prepare();
  const write = db
    .insert(meta)
    .values({ key: sql.placeholder('key'), value: sql.placeholder('value') })
    .onConflictDoUpdate({ target: meta.key, set: { value: sql`excluded.value` } })
    .prepare();
  return {
    get: (key) => read.get({ key })?.value ?? null,
    set: (key, value) => {
      write.run({ key, value });
    },
  };
}
