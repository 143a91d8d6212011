import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openForReading } from '#catalogue/database.ts';
import { createQueries } from '#catalogue/queries.ts';
import { guarded, translateSqlite } from '#catalogue/sqlite-errors.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { isReelholdError, ReelholdError } from '#core/errors.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { fillCatalogue, flipBytes, pageBytes, pageOf } from '#tests/support/damage.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const open = useCatalogue(folder);

describe('an error of the database', () => {
  it.each([
    ['SQLITE_FULL', 'full'],
    ['SQLITE_IOERR', 'io'],
    ['SQLITE_IOERR_FSYNC', 'io'],
    ['SQLITE_IOERR_SHMSIZE', 'io'],
    ['SQLITE_READONLY', 'read-only'],
    ['SQLITE_READONLY_DBMOVED', 'read-only'],
    ['SQLITE_CANTOPEN', 'denied'],
    ['SQLITE_PERM', 'denied'],
    ['SQLITE_CORRUPT_INDEX', 'corrupt'],
    ['SQLITE_NOTADB', 'corrupt'],
    ['SQLITE_BUSY_SNAPSHOT', 'busy'],
    ['SQLITE_LOCKED', 'busy'],
    ['ENOSPC', 'full'],
  ])('%s leaves as %s', (code, kind) => {
    const cause = Object.assign(new Error('as SQLite says it'), { code });
    const error = translateSqlite(cause, 'write to');
    expect(error).toMatchObject({ name: 'ReelholdError', kind, cause, object: 'the catalogue' });
    expect(isReelholdError(error) && error.retryable).toBe(kind !== 'corrupt');
  });

  it.each(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_ERROR', 'SQLITE_MISUSE'])(
    '%s is a mistake of the program’s, and stays as it is',
    (code) => {
      const error = Object.assign(new Error('x'), { code });
      expect(translateSqlite(error, 'read')).toBe(error);
    },
  );

  it('is found where it was wrapped', () => {
    const cause = Object.assign(new Error('x'), { code: 'SQLITE_FULL' });
    expect(translateSqlite(new Error('Failed to run', { cause }), 'read')).toMatchObject({
      kind: 'full',
      cause,
    });
  });

  it('is translated once, whatever it was caused by', () => {
    const cause = Object.assign(new Error('x'), { code: 'SQLITE_IOERR_SHMSIZE' });
    const first = new ReelholdError({ kind: 'full', operation: 'open', object: 'it' }, 'no room', { cause });
    expect(translateSqlite(first, 'read')).toBe(first);
  });

  it('is translated where it comes up while rows are gone through', () => {
    const rows = guarded(
      {
        *list() {
          yield 1;
          throw Object.assign(new Error('x'), { code: 'SQLITE_IOERR_READ' });
        },
      },
      'read',
      open.database,
    );
    const seen: number[] = [];
    expect(() => {
      for (const row of rows.list()) seen.push(row);
    }).toThrow('read the catalogue: the disk reports an error (SQLITE_IOERR_READ)');
    expect(seen).toEqual([1]);
  });
});

describe('what writes to the catalogue', () => {
  it('says that it is full, writes nothing of what it began, and goes on when there is room', () => {
    const { sqlite } = open.database;
    const pages = Number(sqlite.pragma('page_count', { simple: true }));
    sqlite.pragma(`max_page_count = ${pages}`);
    const write = () =>
      open.catalogue.together(() => {
        open.catalogue.notes.setFact('first', 'small');
        open.catalogue.notes.setFact('second', 'large'.repeat(20_000));
      });
    expect(write).toThrow(expect.objectContaining({ name: 'ReelholdError', kind: 'full', retryable: true }));
    expect(open.catalogue.notes.fact('first')).toBeNull();
    sqlite.pragma('max_page_count = 1000000');
    write();
    expect(open.catalogue.notes.fact('first')).toBe('small');
  });

  it('says that it is busy where another program holds it', () => {
    using other = new ClosingDatabase(open.file);
    open.database.sqlite.pragma('busy_timeout = 50');
    other.exec('BEGIN IMMEDIATE');
    expect(() => open.catalogue.notes.setFact('a', 'b')).toThrow(
      expect.objectContaining({ name: 'ReelholdError', kind: 'busy', retryable: true }),
    );
  });

  it('says that it may only read', () => {
    using reader = openForReading(open.file);
    if (reader === null) throw new Error('there is a catalogue');
    expect(() => createTransactor(reader).notes.setFact('a', 'b')).toThrow(
      expect.objectContaining({ name: 'ReelholdError', kind: 'read-only' }),
    );
  });

  it('passes on what its caller throws', () => {
    const mine = new TypeError('a mistake');
    expect(() =>
      open.catalogue.together(() => {
        throw mine;
      }),
    ).toThrow(mine);
  });
});

describe('what reads the catalogue', () => {
  it('says that it is damaged, and leaves word of that for the next opening', () => {
    const file = join(folder.path, 'damaged.sqlite');
    fillCatalogue(file);
    flipBytes(file, (pageOf(file, 'versions') - 1) * pageBytes, 16);
    using reader = openForReading(file);
    if (reader === null) throw new Error('there is a catalogue');
    expect(() => createQueries(reader, Date.now).summary()).toThrow(
      expect.objectContaining({ name: 'ReelholdError', kind: 'corrupt', retryable: false }),
    );
    expect(existsSync(`${file}-suspect`)).toBe(true);
  });
});

class ClosingDatabase extends Database {
  [Symbol.dispose](): void {
    this.close();
  }
}
