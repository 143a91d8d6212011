import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type Database from 'better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { ReelholdError } from '#core/errors.ts';
import type { Drizzle } from './database.ts';

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

interface Migration {
  /** `0001_some_words`. */
  readonly tag: string;
  /** Under which the catalogue notes it: `created_at` in the migrator's table. */
  readonly when: number;
}

/**
 * Refuses a catalogue that holds a migration which this version does not know, before anything is written to it:
 * an older program would take the newer one's rows for something else.
 */
export function refuseNewer(sqlite: Database.Database, file: string): void {
  const known = new Set(knownMigrations().map(({ when }) => when));
  if (appliedMigrations(sqlite).every((when) => known.has(when))) return;
  throw new ReelholdError(
    {
      kind: 'unsupported',
      operation: 'open the catalogue',
      object: file,
      hint: `Install the newer Reelhold again. Or move ${file} away: this version then makes a catalogue of its own from the vault. Your videos are not touched either way.`,
    },
    'it was written by a newer Reelhold than this one',
  );
}

/** The first migration that the catalogue does not have yet; null where it is up to date, or where it is new. */
export function firstPending(sqlite: Database.Database): Migration | null {
  const applied = new Set(appliedMigrations(sqlite));
  if (applied.size === 0) return null;
  return knownMigrations().find(({ when }) => !applied.has(when)) ?? null;
}

/**
 * Brings the catalogue to this version's shape. Foreign keys are off while tables are rebuilt: inside the migrator's
 * transaction the pragma does nothing, and dropping a parent table would delete the children's rows.
 */
export function migrateCatalogue(sqlite: Database.Database, db: Drizzle): void {
  if (appliedMigrations(sqlite).length < knownMigrations().length) {
    sqlite.pragma('foreign_keys = OFF');
    migrate(db, { migrationsFolder });
    refuseLooseRows(sqlite);
  }
  sqlite.pragma('foreign_keys = ON');
}

/** Reads all rows, and so only after they were changed. */
function refuseLooseRows(sqlite: Database.Database): void {
  const loose = sqlite.pragma('foreign_key_check');
  if (Array.isArray(loose) && loose.length > 0) {
    throw new ReelholdError(
      { kind: 'corrupt', operation: 'open', object: 'the catalogue' },
      'rows point to rows that are not there',
    );
  }
}

function knownMigrations(): readonly Migration[] {
  const journal: unknown = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, 'utf8'));
  return (journal as { readonly entries: readonly Migration[] }).entries;
}

function appliedMigrations(sqlite: Database.Database): readonly number[] {
  const table = sqlite
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = '__drizzle_migrations'")
    .get();
  if (table === undefined) return [];
  return sqlite.prepare('SELECT created_at FROM __drizzle_migrations').pluck().all().map(Number);
}
