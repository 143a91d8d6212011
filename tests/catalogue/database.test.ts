import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openForReading, openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const fileOf = () => join(folder.path, 'catalogue.sqlite');

/** The shape of a database: every table and index as SQL says it. */
function shapeOf(file: string): readonly unknown[] {
  using database = new ClosingDatabase(file);
  return database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
}

class ClosingDatabase extends Database {
  [Symbol.dispose](): void {
    this.close();
  }
}

describe('the catalogue', () => {
  it('gets its tables where there is nothing yet, and the same shape each time', () => {
    openForWriting(fileOf()).sqlite.close();
    const shape = shapeOf(fileOf());
    const names = shape.map((row) => (row as { name: string }).name);
    for (const table of [
      'videos',
      'versions',
      'parts',
      'copies',
      'sightings',
      'holds',
      'operations',
      'jobs',
    ]) {
      expect(names).toContain(table);
    }
    const other = join(folder.path, 'other.sqlite');
    openForWriting(other).sqlite.close();
    expect(shapeOf(other)).toEqual(shape);
  });

  it('keeps its shape and its rows when it is opened again', () => {
    {
      using database = openForWriting(fileOf());
      createTransactor(database).notes.setFact('key', 'value');
    }
    const shape = shapeOf(fileOf());
    using again = openForWriting(fileOf());
    expect(createTransactor(again).notes.fact('key')).toBe('value');
    expect(shapeOf(fileOf())).toEqual(shape);
  });

  it('flushes each commit, as the default of a write-ahead log would lose it in a power cut', () => {
    using database = openForWriting(fileOf());
    const pragma = (name: string) => database.sqlite.pragma(name, { simple: true });
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2); // FULL
  });

  it('refuses rows that point to nothing', () => {
    using database = openForWriting(fileOf());
    const insert = () =>
      database.sqlite.exec(
        `INSERT INTO versions (id, video_id, number, digest, ext, size_bytes, name, role, taken_at_ms, seq)
         VALUES ('n', 'nobody', 1, 'd', '', 1, 'x', 'master', 1, 1)`,
      );
    expect(insert).toThrow('FOREIGN KEY');
  });

  it('that is no database is an error, and stays as it is', () => {
    const file = join(folder.path, 'text.sqlite');
    copyFileSync(import.meta.filename, file);
    expect(() => openForWriting(file)).toThrow('not a database');
    expect(() => openForWriting(file)).toThrow('not a database');
  });
});

describe('the catalogue opened for reading', () => {
  it('is not made where there is none', () => {
    expect(openForReading(fileOf())).toBeNull();
    expect(existsSync(fileOf())).toBe(false);
  });

  it('sees what the writer commits, and can change nothing', () => {
    using writer = openForWriting(fileOf());
    using reader = openForReading(fileOf());
    const version = () => reader?.sqlite.pragma('data_version', { simple: true });
    const before = version();
    createTransactor(writer).notes.setFact('key', 'value');
    expect(version()).not.toBe(before);
    expect(reader?.sqlite.prepare('SELECT value FROM meta WHERE key = ?').pluck().get('key')).toBe('value');
    expect(() => reader?.sqlite.exec('DELETE FROM meta')).toThrow('readonly');
  });
});
