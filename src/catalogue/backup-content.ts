import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';

/** What comes and goes by itself every day: a backup is not made for its sake. */
const chatter = new Set(['operations', 'conditions', 'jobs', 'sightings']);

/** Whether two states of the catalogue are the same in all that is worth a backup: every table but the chatter. */
export function isSameContent(one: Database.Database, other: Database.Database): boolean {
  return countRows(one) === countRows(other) && digestRows(one) === digestRows(other);
}

function tablesOf(sqlite: Database.Database): readonly string[] {
  return sqlite
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all()
    .map(String)
    .filter((name) => !chatter.has(name));
}

/** Costs next to nothing, and differs on every night after a day with a new video. */
function countRows(sqlite: Database.Database): string {
  const counts = tablesOf(sqlite).map((table) => [
    table,
    sqlite.prepare(`SELECT count(*) FROM "${table}"`).pluck().get(),
  ]);
  return JSON.stringify(counts);
}

function digestRows(sqlite: Database.Database): string {
  const hash = createHash('sha256');
  for (const table of tablesOf(sqlite)) {
    hash.update(`\n${table}\n`);
    for (const row of sqlite.prepare(`SELECT * FROM "${table}"`).raw().iterate()) {
      for (const value of row as readonly unknown[]) {
        if (Buffer.isBuffer(value)) hash.update(`${value.length}:`).update(value);
        else hash.update(`${JSON.stringify(value)},`);
      }
    }
  }
  return hash.digest('hex');
}
