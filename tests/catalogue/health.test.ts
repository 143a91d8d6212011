import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCatalogueBackups } from '#catalogue/backup.ts';
import { openForReading } from '#catalogue/database.ts';
import { openOwnCatalogue } from '#catalogue/health.ts';
import { createQueries } from '#catalogue/queries.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { countVersions, fillCatalogue, flipBytes, pageBytes, pageOf } from '#tests/support/damage.ts';
import { fillUp, mountSmallDisk } from '#tests/support/small-disk.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { createTestLog, type TestLog } from '#tests/support/test-log.ts';

const folder = useTempFolder();
let file = '';
let log: TestLog;
beforeEach(() => {
  file = join(folder.path, 'catalogue.sqlite');
  log = createTestLog();
});

const atMs = Date.UTC(2026, 10, 22, 4, 5, 6);
const open = () => openOwnCatalogue({ file, log, nowMs: () => atMs });
const setAsideNames = () =>
  readdirSync(folder.path)
    .filter((name) => name.startsWith('catalogue-damaged-'))
    .sort();

/** Opens it, and says what became of it. */
function openAndLook() {
  using database = open();
  return {
    versions: Number(database.sqlite.prepare('SELECT count(*) FROM versions').pluck().get()),
    condition: createQueries(database, Date.now).condition('catalogue'),
  };
}

/** What a process that was killed leaves: the catalogue, and a log with what it committed since. */
function leaveLog(change: () => void): void {
  const keeper = openForReading(file); // whoever reads keeps the last writer from bringing the log in
  change();
  const copies = ['', '-wal'].map(
    (ending) => [`${file}${ending}`, readFileSync(`${file}${ending}`)] as const,
  );
  keeper?.[Symbol.dispose]();
  for (const [path, bytes] of copies) writeFileSync(path, bytes);
}

/** Another program that lets nobody else in. */
function holdAlone(): () => void {
  const other = new Database(file);
  other.pragma('locking_mode = EXCLUSIVE');
  other.exec('BEGIN IMMEDIATE; COMMIT');
  return () => other.close();
}

describe('a catalogue that is whole', () => {
  it('is made where there is none', () => {
    expect(openAndLook()).toEqual({ versions: 0, condition: null });
    expect(log.lines).toEqual([]);
  });

  it('is made where a start was broken off in its first moment', () => {
    writeFileSync(file, '');
    expect(openAndLook()).toEqual({ versions: 0, condition: null });
    expect(setAsideNames()).toEqual([]);
  });

  it('is opened as it is, and leaves no log behind even while somebody else reads', () => {
    fillCatalogue(file);
    {
      const database = open();
      using _reader = openForReading(file);
      createTransactor(database).notes.setFact('a', 'b');
      database[Symbol.dispose]();
      expect(readFileSync(`${file}-wal`)).toHaveLength(0);
    }
    expect(openAndLook()).toEqual({ versions: 300, condition: null });
    expect(log.lines).toEqual([]);
  });

  it('is opened after an end that was none, with all that its log holds', () => {
    fillCatalogue(file);
    leaveLog(() => fillCatalogue(file, 50, 10_001));
    expect(readFileSync(`${file}-wal`).length).toBeGreaterThan(0);
    expect(openAndLook()).toEqual({ versions: 350, condition: null });
    expect(log.lines).toEqual([]);
  });
});

describe('a damaged catalogue', () => {
  const damages: Record<string, () => void> = {
    'the first byte of its header': () => flipBytes(file, 0),
    'the version in its header': () => flipBytes(file, 18),
    'its page size': () => flipBytes(file, 16, 2),
    'the page that names its tables': () => flipBytes(file, 100, 8),
    'a page of a table': () => flipBytes(file, (pageOf(file, 'versions') - 1) * pageBytes, 16),
    'a page of an index': () => flipBytes(file, (pageOf(file, 'versions_digest') - 1) * pageBytes, 16),
    'one letter of the name of a column': () => {
      const bytes = readFileSync(file);
      for (let at = -1; ; ) {
        at = bytes.indexOf('has_poster', at + 1);
        if (at < 0) break;
        writeFileSync(file, bytes.fill('x', at + 3, at + 4));
      }
    },
    'one letter of a digest': () => {
      const sqlite = new Database(file);
      sqlite.exec("UPDATE versions SET digest = substr(digest, 1, 70) || 'g' WHERE seq = 2");
      sqlite.close();
    },
    'its second half, which is gone': () => truncateSync(file, readFileSync(file).length / 2),
    'all but its first bytes': () => truncateSync(file, 50),
    'everything: it is a text': () => copyFileSync(import.meta.filename, file),
    'everything: it is zeros': () => writeFileSync(file, Buffer.alloc(40_960)),
  };

  it.each(Object.keys(damages))('in %s is set aside, and an empty one takes its place', (what) => {
    fillCatalogue(file);
    damages[what]?.();
    const damaged = readFileSync(file);
    const kept = 'catalogue-damaged-20261122T040506000Z.sqlite';
    expect(openAndLook()).toEqual({ versions: 0, condition: { state: 'renewed', kept } });
    expect(readFileSync(join(folder.path, kept))).toEqual(damaged);
    expect(log.lines).toMatchObject([{ level: 'error', facts: { kept } }]);
    fillCatalogue(file, 10);
    expect(openAndLook()).toMatchObject({ versions: 10 });
    expect(log.lines).toHaveLength(1);
  });

  it('is set aside with its log, and the next one begins without it', () => {
    fillCatalogue(file);
    leaveLog(() => fillCatalogue(file, 50, 10_001));
    flipBytes(file, 100, 8);
    // Its log may hold a good page in place of the bad one: then nothing is wrong with it.
    flipBytes(`${file}-wal`, 0, 32);
    openAndLook();
    expect(setAsideNames()).toEqual(
      expect.arrayContaining([expect.stringMatching(/Z\.sqlite$/), expect.stringMatching(/Z\.sqlite-wal$/)]),
    );
    expect(openAndLook().versions).toBe(0);
  });

  it('is kept a few times over, and then the oldest goes', () => {
    for (let time = 0; time < 5; time += 1) {
      writeFileSync(file, `no catalogue, for the ${time}. time`);
      using _ = openOwnCatalogue({ file, log, nowMs: () => atMs + time * 1000 });
    }
    expect(setAsideNames().map((name) => name.slice(0, 38))).toEqual([
      'catalogue-damaged-20261122T040508000Z.',
      'catalogue-damaged-20261122T040509000Z.',
      'catalogue-damaged-20261122T040510000Z.',
    ]);
  });

  it('whose damage was met only later is found at the next opening', () => {
    fillCatalogue(file);
    {
      using database = open();
      const { archive } = createTransactor(database);
      const page = pageOf(file, 'versions');
      database.sqlite.pragma('wal_checkpoint(TRUNCATE)');
      flipBytes(file, (page - 1) * pageBytes, 100);
      database.sqlite.pragma('shrink_memory');
      expect(() => [
        ...archive.allDigests(),
        ...database.sqlite.prepare('SELECT * FROM versions').all(),
      ]).toThrow();
      database.suspect();
    }
    expect(openAndLook()).toMatchObject({ versions: 0, condition: { state: 'renewed' } });
    expect(existsSync(`${file}-suspect`)).toBe(false);
  });

  it('that the owner put a backup in the place of is good again', async () => {
    fillCatalogue(file);
    await createCatalogueBackups(file).make('2026-11-21', new AbortController().signal);
    {
      using database = open();
      createTransactor(database).notes.setCondition('catalogue', { state: 'damaged' }, 1);
      database.suspect();
    }
    copyFileSync(join(folder.path, 'backups', 'catalogue-2026-11-21.sqlite'), file);
    expect(openAndLook()).toMatchObject({ versions: 300 });
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(existsSync(`${file}-suspect`)).toBe(false);
  });
});

describe('the log of another catalogue', () => {
  it('beside a backup that was put in its place is set aside, and the backup is used', async () => {
    fillCatalogue(file);
    await createCatalogueBackups(file).make('2026-11-21', new AbortController().signal);
    leaveLog(() => fillCatalogue(file, 200, 10_001));
    copyFileSync(join(folder.path, 'backups', 'catalogue-2026-11-21.sqlite'), file);
    expect(openAndLook()).toMatchObject({ versions: 300 });
    expect(setAsideNames()).toEqual(expect.arrayContaining([expect.stringMatching(/\.sqlite-wal$/)]));
    expect(log.lines).toMatchObject([{ level: 'warn' }]);
  });

  it('beside an older copy of the file itself is noticed, and nothing of the mixture is believed', () => {
    fillCatalogue(file);
    const older = readFileSync(file);
    fillCatalogue(file, 200, 5_001);
    leaveLog(() => fillCatalogue(file, 200, 10_001));
    writeFileSync(file, older);
    expect(openAndLook()).toMatchObject({ versions: 0, condition: { state: 'renewed' } });
  });

  it('is set aside where the catalogue itself is gone', () => {
    fillCatalogue(file);
    leaveLog(() => fillCatalogue(file, 20, 10_001));
    renameSync(file, join(folder.path, 'taken away'));
    expect(openAndLook()).toMatchObject({ versions: 0 });
    expect(setAsideNames()).toEqual(expect.arrayContaining([expect.stringMatching(/\.sqlite-wal$/)]));
    expect(countVersions(join(folder.path, 'taken away'))).toBe(300);
  });
});

describe('a catalogue that cannot be asked', () => {
  it('as another program holds it is not damaged', { timeout: 120_000 }, () => {
    fillCatalogue(file);
    const letGo = holdAlone();
    expect(open).toThrow(expect.objectContaining({ name: 'ReelholdError', kind: 'busy' }));
    letGo();
    expect(setAsideNames()).toEqual([]);
    expect(openAndLook().versions).toBe(300);
  });

  it('as its disk can only be read is not damaged', ({ skip }) => {
    const disk = join(folder.path, 'disk');
    using small = mountSmallDisk(disk, 32) ?? skip('needs the right to mount');
    file = join(disk, 'catalogue.sqlite');
    fillCatalogue(file);
    small.makeReadOnly();
    expect(open).toThrow(expect.objectContaining({ name: 'ReelholdError', kind: 'read-only' }));
    expect(readdirSync(disk)).toEqual(['catalogue.sqlite']);
  });

  it('as its disk is full is not damaged', ({ skip }) => {
    const disk = join(folder.path, 'disk');
    using _small = mountSmallDisk(disk, 4) ?? skip('needs the right to mount');
    file = join(disk, 'catalogue.sqlite');
    fillCatalogue(file);
    fillUp(join(disk, 'full'));
    expect(() => {
      using database = open();
      createTransactor(database).notes.setFact('much', 'x'.repeat(100_000));
    }).toThrow(expect.objectContaining({ name: 'ReelholdError', kind: 'full' }));
    expect(readdirSync(disk).filter((name) => name.includes('damaged'))).toEqual([]);
  });
});
