import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openForReading } from '#catalogue/database.ts';
import { createQueries } from '#catalogue/queries.ts';
import { translated, translateSqlite } from '#catalogue/sqlite-errors.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { isReelholdError } from '#core/errors.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
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

  it('is translated where it comes up while rows are gone through', () => {
    const rows = translated(
      {
        *list() {
          yield 1;
          throw Object.assign(new Error('x'), { code: 'SQLITE_IOERR_READ' });
        },
      },
      'read',
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
  it('says that it is damaged', () => {
    open.catalogue.notes.setCondition('library', { written: 0, gone: 0 }, 1);
    const file = join(folder.path, 'copy.sqlite');
    open.database.sqlite.prepare('VACUUM INTO ?').run(file);
    {
      using copy = new ClosingDatabase(file);
      copy.unsafeMode();
      copy.pragma('writable_schema = ON');
      copy.exec("UPDATE sqlite_schema SET rootpage = 9999 WHERE name = 'conditions'");
    }
    using reader = openForReading(file);
    if (reader === null) throw new Error('there is a catalogue');
    const queries = createQueries(reader, Date.now);
    expect(() => queries.condition('library')).toThrow(
      expect.objectContaining({ name: 'ReelholdError', kind: 'corrupt', retryable: false }),
    );
  });
});

class ClosingDatabase extends Database {
  [Symbol.dispose](): void {
    this.close();
  }
}
