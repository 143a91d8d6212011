import { readdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type CatalogueDatabase, openForWriting } from '#catalogue/database.ts';
import { createStandingQueries } from '#catalogue/standing-queries.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const fileOf = () => join(folder.path, 'catalogue.sqlite');
const nowMs = () => 0;

function makeCatalogue(videos: number, file = fileOf()): CatalogueDatabase {
  const database = openForWriting(file);
  const records = Array.from({ length: videos }, (_, n) => [
    recordOf(videoFacts(`v${n}`), 2 * n + 1),
    recordOf(versionFacts(`v${n}`, 1), 2 * n + 2),
  ]).flat();
  if (videos > 0) createTransactor(database).archive.apply(segmentOf(records));
  return database;
}

describe('queries that outlive their file', () => {
  it('fail while there is none, and answer as soon as it is there', () => {
    using queries = createStandingQueries(fileOf(), nowMs);
    expect(() => queries.summary()).toThrow(expect.objectContaining({ kind: 'missing' }));
    using _database = makeCatalogue(2);
    expect(queries.summary().videosTotal).toBe(2);
    queries.hold();
    expect(queries.latestVideos({ limit: 9, beforeSeq: null })).toHaveLength(2);
    expect(queries.arrivals(9)).toEqual({ items: [], total: 0 });
    expect(queries.condition('vault')).toBeNull();
    expect(queries.video('v0')?.versions).toHaveLength(1);
    expect(queries.version('none')).toBeNull();
    expect(queries.videosFingerprint()).not.toBe('');
  });

  it('fail while its tables are not there yet, keep nothing open, and answer as soon as they are', () => {
    const bare = new Database(fileOf());
    bare.exec('CREATE TABLE first_moment (x)');
    bare.close();
    using queries = createStandingQueries(fileOf(), nowMs);
    const before = openFiles();
    expect(() => queries.condition('vault')).toThrow('no such table: conditions');
    expect(() => queries.places()).toThrow('no such table: locations');
    expect(openFiles()).toEqual(before);
    using _database = makeCatalogue(2);
    expect(queries.summary().videosTotal).toBe(2);
  });

  it('ask another file when one took its place', () => {
    using queries = createStandingQueries(fileOf(), nowMs);
    makeCatalogue(1)[Symbol.dispose]();
    queries.hold();
    expect(queries.summary().videosTotal).toBe(1);
    const before = queries.dataVersion();
    makeCatalogue(3, join(folder.path, 'other.sqlite'))[Symbol.dispose]();
    renameSync(join(folder.path, 'other.sqlite'), fileOf());
    expect(queries.summary().videosTotal).toBe(1);
    queries.hold();
    expect(queries.summary().videosTotal).toBe(3);
    expect(queries.dataVersion()).toBeGreaterThan(before);
  });

  it('keep nothing open after they let go, and still answer', () => {
    using queries = createStandingQueries(fileOf(), nowMs);
    makeCatalogue(1)[Symbol.dispose]();
    queries.hold();
    queries.summary();
    expect(openFiles()).not.toEqual([]);
    queries.letGo();
    expect(openFiles()).toEqual([]);
    expect(queries.summary().videosTotal).toBe(1);
    expect(openFiles()).toEqual([]);
    const versions = [queries.dataVersion(), queries.dataVersion()];
    expect(versions[0]).toBe(versions[1]);
  });

  it('say that a damaged file is damaged, and answer again when a good one is there', () => {
    using queries = createStandingQueries(fileOf(), nowMs);
    writeFileSync(fileOf(), 'this is no catalogue, and long enough to be taken for one at the first look');
    expect(() => queries.summary()).toThrow(expect.objectContaining({ kind: 'corrupt' }));
    rmSync(fileOf());
    makeCatalogue(1)[Symbol.dispose]();
    expect(queries.summary().videosTotal).toBe(1);
  });
});

/** What this process has open of the catalogue, as the system says. */
function openFiles(): readonly string[] {
  const links = readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(join('/proc/self/fd', name))];
    } catch {
      return []; // the folder's own, closed by now
    }
  });
  return links.filter((path) => path.startsWith(fileOf()));
}
