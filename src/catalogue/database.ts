import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import * as schema from './schema.ts';

export type Drizzle = BetterSQLite3Database<typeof schema>;

export interface CatalogueDatabase extends Disposable {
  readonly sqlite: Database.Database;
  readonly db: Drizzle;
}

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));
const busyTimeoutMs = 10_000;
/** 16 MiB: a burst of files then does not write every page twice at once. */
const checkpointPages = 4096;

/**
 * Opens the catalogue for writing and brings it to this version's shape.
 * `synchronous = FULL`, as WAL's default loses committed rows in a power cut.
 */
export function openForWriting(file: string): CatalogueDatabase {
  const sqlite = new Database(file, { timeout: busyTimeoutMs });
  try {
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('trusted_schema = OFF');
    sqlite.pragma('cache_size = -4096');
    sqlite.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    const db = drizzle({ client: sqlite, schema, casing: 'snake_case' });
    migrateSafely(sqlite, db);
    return { sqlite, db, [Symbol.dispose]: () => sqlite.close() };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** Opens a catalogue that another connection keeps in shape; null where there is none yet. */
export function openForReading(file: string): CatalogueDatabase | null {
  if (!existsSync(file)) return null;
  const sqlite = new Database(file, { timeout: busyTimeoutMs, readonly: true });
  sqlite.pragma('trusted_schema = OFF');
  const db = drizzle({ client: sqlite, schema, casing: 'snake_case' });
  return { sqlite, db, [Symbol.dispose]: () => sqlite.close() };
}

/**
 * Foreign keys are off while tables are rebuilt: inside the migrator's transaction the pragma does nothing, and
 * dropping a parent table would delete the children's rows.
 */
function migrateSafely(sqlite: Database.Database, db: Drizzle): void {
  sqlite.pragma('foreign_keys = OFF');
  migrate(db, { migrationsFolder });
  const broken = sqlite.pragma('foreign_key_check');
  if (Array.isArray(broken) && broken.length > 0) {
    throw new Error('open the catalogue: rows point to rows that are not there');
  }
  sqlite.pragma('foreign_keys = ON');
}
