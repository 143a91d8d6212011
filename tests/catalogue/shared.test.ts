import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openForWriting } from '#catalogue/database.ts';
import { openShared } from '#catalogue/shared.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const file = () => join(folder.path, 'catalogue.sqlite');

describe('the catalogue of somebody else', () => {
  it('is opened once that one has brought it into shape', () => {
    openForWriting(file())[Symbol.dispose]();
    using shared = openShared(file());
    expect(shared?.sqlite.prepare('SELECT count(*) FROM operations').pluck().get()).toBe(0);
  });

  it('is left alone while it is not there, or nothing is in it', () => {
    expect(openShared(file())).toBeNull();
    writeFileSync(file(), '');
    expect(openShared(file())).toBeNull();
  });

  it('is left alone while its tables are being made, so that nobody makes them twice', () => {
    const sqlite = new Database(file());
    sqlite.pragma('journal_mode = WAL');
    sqlite.exec('CREATE TABLE __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT, created_at NUMERIC)');
    expect(openShared(file())).toBeNull();
    expect(sqlite.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'videos'").pluck().get()).toBe(0);
    sqlite.close();
  });
});
