import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { openForReading, openForWriting } from '#catalogue/database.ts';
import { openOwnCatalogue } from '#catalogue/health.ts';
import { countVersions, fillCatalogue } from '#tests/support/damage.ts';
import { fillUp, mountSmallDisk } from '#tests/support/small-disk.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { createTestLog } from '#tests/support/test-log.ts';

const folder = useTempFolder();
let file = '';
beforeEach(() => {
  file = join(folder.path, 'catalogue.sqlite');
});

const migrations = new URL('../../migrations/', import.meta.url);
const entries: readonly { readonly tag: string; readonly when: number }[] = JSON.parse(
  readFileSync(new URL('meta/_journal.json', migrations), 'utf8'),
).entries;

/** A catalogue of one video, as the first version made it. */
function makeFirst(path: string): void {
  using database = new ClosingDatabase(path);
  const [first] = entries;
  if (first === undefined) throw new Error('there is a first migration');
  database.pragma('journal_mode = WAL');
  database.exec(readFileSync(new URL(`${first.tag}.sql`, migrations), 'utf8'));
  database.exec(
    'CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
  );
  database.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run('x', first.when);
  database.exec(
    `INSERT INTO videos (id, title, folder, folder_key, changed_seq) VALUES ('v', 'Rome', '2026/Rome', '2026/rome', 1);
     INSERT INTO versions (id, video_id, number, digest, ext, size_bytes, name, role, taken_at_ms, seq)
     VALUES ('n', 'v', 1, 'sha256:d', 'mp4', 1, 'Rome.mp4', 'master', 1, 2)`,
  );
}

const shapeOf = (path: string) => {
  using database = new ClosingDatabase(path);
  return database.prepare('SELECT count(*) FROM __drizzle_migrations').pluck().get();
};
const backupsThere = () => {
  const backups = join(folder.path, 'backups');
  return existsSync(backups) ? readdirSync(backups).sort() : [];
};

describe('a catalogue that an older version made', () => {
  it('is kept as it was before it is changed, and keeps its rows', () => {
    makeFirst(file);
    {
      using database = openForWriting(file);
      expect(database.sqlite.prepare('SELECT title FROM videos').pluck().all()).toEqual(['Rome']);
    }
    expect(shapeOf(file)).toBe(entries.length);
    expect(backupsThere()).toEqual(['catalogue-before-0001.sqlite']);
    const kept = join(folder.path, 'backups', 'catalogue-before-0001.sqlite');
    expect([shapeOf(kept), countVersions(kept)]).toEqual([1, 1]);
    openForWriting(file).sqlite.close();
    expect(backupsThere()).toEqual(['catalogue-before-0001.sqlite']);
  });

  it('can be put back, and is brought up to date once more', () => {
    makeFirst(file);
    openForWriting(file).sqlite.close();
    copyFileSync(join(folder.path, 'backups', 'catalogue-before-0001.sqlite'), file);
    using database = openForWriting(file);
    expect(database.sqlite.prepare('SELECT title FROM videos').pluck().all()).toEqual(['Rome']);
  });

  it('is not used where its rows point to nothing afterwards, and is let go of', () => {
    makeFirst(file);
    {
      using broken = new ClosingDatabase(file);
      broken.pragma('foreign_keys = OFF');
      broken.exec(
        `INSERT INTO parts (id, video_id, kind, digest, ext, size_bytes, name, seq)
         VALUES ('p', 'nobody', 'raw', 'd', '', 1, 'x', 1)`,
      );
    }
    expect(() => openForWriting(file)).toThrow(
      expect.objectContaining({
        kind: 'corrupt',
        message: expect.stringContaining('point to rows that are not there'),
      }),
    );
    using mended = new ClosingDatabase(file);
    mended.exec('DELETE FROM parts');
    openForWriting(file).sqlite.close();
  });

  it('is not changed where there is no room for its backup, and that is said', ({ skip }) => {
    const disk = join(folder.path, 'disk');
    using _small = mountSmallDisk(disk, 2) ?? skip('needs the right to mount');
    file = join(disk, 'catalogue.sqlite');
    makeFirst(file);
    fillUp(join(disk, 'filler'));
    const before = readFileSync(file);
    expect(() => openForWriting(file)).toThrow(
      expect.objectContaining({ name: 'ReelholdError', kind: 'full' }),
    );
    expect(readFileSync(file)).toEqual(before);
    rmSync(join(disk, 'filler'));
    expect(shapeOf(file)).toBe(1);
    openForWriting(file).sqlite.close();
    expect(shapeOf(file)).toBe(entries.length);
  });

  it('is not changed where its backup cannot be written, and that is said', () => {
    makeFirst(file);
    writeFileSync(join(folder.path, 'backups'), 'a file where the folder should be');
    expect(() => openForWriting(file)).toThrow(expect.objectContaining({ name: 'ReelholdError' }));
    expect(shapeOf(file)).toBe(1);
  });
});

it('a new catalogue needs no backup', () => {
  openForWriting(file).sqlite.close();
  openForWriting(file).sqlite.close();
  expect(backupsThere()).toEqual([]);
});

describe('a catalogue that a newer version made', () => {
  beforeEach(() => {
    fillCatalogue(file, 3);
    using database = new ClosingDatabase(file);
    database.exec(`CREATE TABLE from_the_future (x text);
      INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('future', ${Date.UTC(2040, 0, 1)})`);
  });

  const refusal = /written by a newer Reelhold/;
  it.each<[string, () => unknown]>([
    ['for writing', () => openForWriting(file)],
    ['for reading', () => openForReading(file)],
    ['by whoever holds the vault', () => openOwnCatalogue({ file, log: createTestLog(), nowMs: Date.now })],
  ])('is refused with a sentence that says what to do, %s, and nothing is written to it', (_, open) => {
    const before = readFileSync(file);
    expect(open).toThrow(refusal);
    expect(open).toThrow(
      expect.objectContaining({
        name: 'ReelholdError',
        kind: 'unsupported',
        hint: expect.stringContaining('Install the newer Reelhold'),
      }),
    );
    expect(readFileSync(file)).toEqual(before);
    expect(backupsThere()).toEqual([]);
    expect(readdirSync(folder.path).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('keeps what its log holds', () => {
    const keeper = new Database(file);
    keeper.exec("INSERT INTO from_the_future VALUES ('only in the log')");
    const parts = ['', '-wal'].map(
      (ending) => [`${file}${ending}`, readFileSync(`${file}${ending}`)] as const,
    );
    keeper.close();
    for (const [path, bytes] of parts) writeFileSync(path, bytes);
    expect(() => openForWriting(file)).toThrow(refusal);
    for (const [path, bytes] of parts) expect(readFileSync(path)).toEqual(bytes);
  });
});

class ClosingDatabase extends Database {
  [Symbol.dispose](): void {
    this.close();
  }
}
