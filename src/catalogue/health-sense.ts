import Database from 'better-sqlite3';
import { overSqlite } from './database.ts';
import { firstPending, migrateCatalogue } from './migration.ts';

/** The migrator's own: another version of it may make it otherwise. */
const migrationsTable = '__drizzle_migrations';

/**
 * Says what SQLite does not mind, and what makes a catalogue of no use all the same: a letter that is another now in
 * the name of a column, or in a digest. Only one of this version's shape is looked at.
 */
export function findNonsense(sqlite: Database.Database): readonly string[] {
  const found = shapeOf(sqlite);
  if (!found.has(migrationsTable) || firstPending(sqlite) !== null) return [];
  const misshapen = findMisshapen(found);
  return misshapen.length > 0 ? misshapen : findBadDigests(sqlite);
}

function findMisshapen(found: ReadonlyMap<string, string | null>): readonly string[] {
  const fresh = new Database(':memory:');
  try {
    migrateCatalogue(fresh, overSqlite(fresh));
    const wanted = shapeOf(fresh);
    return [...new Set([...wanted.keys(), ...found.keys()])]
      .filter((name) => name !== migrationsTable && wanted.get(name) !== found.get(name))
      .map((name) => `${name} is not as it was made`);
  } finally {
    fresh.close();
  }
}

function shapeOf(sqlite: Database.Database): ReadonlyMap<string, string | null> {
  const rows = sqlite
    .prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")
    .raw()
    .all();
  return new Map(rows as [string, string | null][]);
}

function findBadDigests(sqlite: Database.Database): readonly string[] {
  const tables = sqlite
    .prepare(
      "SELECT s.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c ON c.name = 'digest' WHERE s.type = 'table'",
    )
    .pluck()
    .all()
    .map(String);
  return tables.flatMap((table) => {
    const bad = sqlite
      .prepare(
        `SELECT count(*) FROM "${table}" WHERE length(digest) <> 71 OR substr(digest, 1, 7) <> 'sha256:'
         OR substr(digest, 8) GLOB '*[^0-9a-f]*'`,
      )
      .pluck()
      .get();
    return bad === 0 ? [] : [`${bad} rows of ${table} have no digest`];
  });
}
