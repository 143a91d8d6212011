import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCatalogueBackups } from '#catalogue/backup.ts';
import { openForReading, openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { nightlyName } from '#core/catalogue-files.ts';
import { countVersions, fillCatalogue, flipBytes, pageBytes, pageOf } from '#tests/support/damage.ts';
import { fillUp, mountSmallDisk } from '#tests/support/small-disk.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let file = '';
let backups = '';
beforeEach(() => {
  file = join(folder.path, 'catalogue.sqlite');
  backups = join(folder.path, 'backups');
});

const { signal } = new AbortController();
const make = (day: string) => createCatalogueBackups(file).make(day, signal);
const dayOf = (n: number) => `2026-11-${String(n).padStart(2, '0')}`;
const damage = (path: string) => flipBytes(path, (pageOf(path, 'versions') - 1) * pageBytes, 16);
const namesIn = (path: string) => readdirSync(path).sort();

describe('a backup of the catalogue', () => {
  it('is one file, whole, with all that was committed, though it is being written to', async () => {
    fillCatalogue(file);
    using database = openForWriting(file);
    createTransactor(database).notes.setFact('what', 'is only in the log');
    expect(await make('2026-11-22')).toEqual({ kind: 'made', name: 'catalogue-2026-11-22.sqlite' });
    expect(namesIn(backups)).toEqual(['catalogue-2026-11-22.sqlite']);
    const backup = join(backups, 'catalogue-2026-11-22.sqlite');
    expect(countVersions(backup)).toBe(300);
    using copy = openForReading(backup);
    expect(copy?.sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(copy?.sqlite.prepare("SELECT value FROM meta WHERE key = 'what'").pluck().get()).toBe(
      'is only in the log',
    );
  });

  // A machine that stalls looks the same once, but not each time.
  it('does not keep the page waiting, nor whoever writes', { retry: 4 }, async () => {
    fillCatalogue(file, 20_000);
    using database = openForWriting(file);
    const { notes } = createTransactor(database);
    let written = 0;
    let longestMs = 0;
    let lastMs = performance.now();
    const writing = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - lastMs);
      notes.setFact('written', String(written));
      written += 1;
      lastMs = performance.now();
    }, 5);
    const startedMs = performance.now();
    await make('2026-11-22');
    clearInterval(writing);
    const tookMs = performance.now() - startedMs;
    expect(written).toBeGreaterThan(3);
    expect(longestMs).toBeLessThan(tookMs / 2);
    expect(countVersions(join(backups, 'catalogue-2026-11-22.sqlite'))).toBe(20_000);
  });

  it('is not written again where nothing changed but what comes and goes by itself', async () => {
    fillCatalogue(file);
    await make('2026-11-21');
    const before = statSync(join(backups, 'catalogue-2026-11-21.sqlite'));
    {
      using database = openForWriting(file);
      const { notes, operations } = createTransactor(database);
      notes.setSuccess('tidy', 12_345);
      notes.setCondition('library', { written: 0, gone: 0 }, 12_345);
      operations.insert({ kind: 'tidy', lane: 'vault', subject: '', notBeforeMs: 0 }, 0);
    }
    expect(await make('2026-11-22')).toEqual({ kind: 'unchanged', name: 'catalogue-2026-11-21.sqlite' });
    expect(namesIn(backups)).toEqual(['catalogue-2026-11-21.sqlite']);
    const { ino, size, ctimeMs } = before;
    expect(statSync(join(backups, 'catalogue-2026-11-21.sqlite'))).toMatchObject({ ino, size, ctimeMs });
  });

  it.each<[string, () => void]>([
    ['a video came', () => fillCatalogue(file, 1, 10_001)],
    [
      'a row was changed in place',
      () => {
        using database = openForWriting(file);
        database.sqlite.exec('UPDATE versions SET seen_again = 7 WHERE number = 1 AND rowid = 3');
      },
    ],
    ['the newest backup was damaged', () => damage(join(backups, 'catalogue-2026-11-21.sqlite'))],
    ['the newest backup was taken away', () => rmSync(join(backups, 'catalogue-2026-11-21.sqlite'))],
  ])('is written again where %s', async (_, change) => {
    fillCatalogue(file);
    await make('2026-11-21');
    change();
    expect(await make('2026-11-22')).toMatchObject({ kind: 'made' });
  });

  it('takes the place of an earlier one of the same day', async () => {
    fillCatalogue(file);
    await make('2026-11-22');
    fillCatalogue(file, 5, 10_001);
    expect(await make('2026-11-22')).toMatchObject({ kind: 'made' });
    expect(countVersions(join(backups, 'catalogue-2026-11-22.sqlite'))).toBe(305);
  });

  it('makes the oldest go when there are more than fourteen', async () => {
    mkdirSync(backups);
    for (let n = 1; n <= 16; n += 1) writeFileSync(join(backups, nightlyName(dayOf(n))), 'an old one');
    writeFileSync(join(backups, 'catalogue-before-0001.sqlite'), 'another');
    writeFileSync(join(backups, 'catalogue-2026-11-09.sqlite.draft'), 'broken off');
    fillCatalogue(file, 10);
    await make(dayOf(17));
    expect(namesIn(backups)).toEqual([
      ...Array.from({ length: 14 }, (_, index) => nightlyName(dayOf(index + 4))),
      'catalogue-before-0001.sqlite',
    ]);
  });

  it('stands though it is older than the others by a clock that was set back', async () => {
    mkdirSync(backups);
    for (let n = 1; n <= 14; n += 1) writeFileSync(join(backups, nightlyName(dayOf(n))), 'another');
    fillCatalogue(file, 10);
    await make('2016-01-01');
    expect(countVersions(join(backups, 'catalogue-2016-01-01.sqlite'))).toBe(10);
    expect(namesIn(backups)).toHaveLength(14);
  });

  it('that is stopped leaves none, and the next one is made', async () => {
    fillCatalogue(file);
    const stop = new AbortController();
    const making = createCatalogueBackups(file).make('2026-11-22', stop.signal);
    stop.abort();
    await expect(making).rejects.toMatchObject({ name: 'ReelholdError', kind: 'aborted' });
    expect(await make('2026-11-22')).toMatchObject({ kind: 'made' });
    expect(namesIn(backups)).toEqual(['catalogue-2026-11-22.sqlite']);
  });
});

describe('a damaged catalogue', () => {
  const isDamaged = { name: 'ReelholdError', kind: 'corrupt', retryable: false };

  it.each([
    ['a table', 'versions'],
    ['an index', 'versions_digest'],
  ])('in %s never becomes a backup, and pushes no good one out', async (_, name) => {
    fillCatalogue(file);
    for (let n = 1; n <= 14; n += 1) {
      fillCatalogue(file, 1, 10_001 + 2 * n);
      await make(dayOf(n));
    }
    flipBytes(file, (pageOf(file, name) - 1) * pageBytes + 2000, 300);
    await expect(make(dayOf(15))).rejects.toMatchObject(isDamaged);
    expect(namesIn(backups)).toEqual(
      Array.from({ length: 14 }, (__, index) => nightlyName(dayOf(index + 1))),
    );
    expect(namesIn(folder.path)).toContain('catalogue.sqlite-suspect');
  });

  it('whose rows point to nothing is none either, though every page is whole', async () => {
    fillCatalogue(file, 10);
    {
      using database = openForWriting(file);
      database.sqlite.pragma('foreign_keys = OFF');
      database.sqlite.exec('DELETE FROM videos WHERE rowid = 3');
    }
    await expect(make(dayOf(1))).rejects.toMatchObject({
      ...isDamaged,
      message: expect.stringContaining('rows of versions point to rows that are not there'),
    });
  });

  it('that is no database is none either', async () => {
    writeFileSync(file, 'a text'.repeat(1000));
    await expect(make(dayOf(1))).rejects.toMatchObject(isDamaged);
  });
});

describe('a backup that cannot be written', () => {
  it('for want of room fails as that, leaves the old ones, and leaves room for the catalogue', async ({
    skip,
  }) => {
    using _disk = mountSmallDisk(backups, 1) ?? skip('needs the right to mount');
    fillCatalogue(file, 10);
    await make(dayOf(1));
    fillCatalogue(file, 1000, 10_001);
    await expect(make(dayOf(2))).rejects.toMatchObject({
      name: 'ReelholdError',
      kind: 'full',
      retryable: true,
    });
    expect(namesIn(backups)).toEqual([nightlyName(dayOf(1))]);
    expect(countVersions(join(backups, nightlyName(dayOf(1))))).toBe(10);
  });

  it('as the disk fills up on the way leaves no draft', async ({ skip }) => {
    using _disk = mountSmallDisk(backups, 1) ?? skip('needs the right to mount');
    writeFileSync(file, readFileSync(makeSmallCatalogue()));
    fillUp(join(backups, 'filler'));
    await expect(make(dayOf(1))).rejects.toMatchObject({ name: 'ReelholdError', kind: 'full' });
    expect(namesIn(backups)).toEqual(['filler']);
  });

  it('as the disk can only be read fails as that', async ({ skip }) => {
    using disk = mountSmallDisk(backups, 2) ?? skip('needs the right to mount');
    fillCatalogue(file, 10);
    disk.makeReadOnly();
    await expect(make(dayOf(1))).rejects.toMatchObject({ name: 'ReelholdError', kind: 'read-only' });
  });
});

function makeSmallCatalogue(): string {
  const small = join(folder.path, 'small.sqlite');
  fillCatalogue(small, 1);
  return small;
}
