import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from './records.ts';

export const pageBytes = 4096;

/** Fills the catalogue with videos, enough of them that its tables and indexes have many pages. */
export function fillCatalogue(file: string, videos = 300, firstSeq = 1): void {
  using database = openForWriting(file);
  const { archive, together } = createTransactor(database);
  const records = Array.from({ length: videos }, (_, index) => {
    const seq = firstSeq + 2 * index;
    const name = `Video of day ${String(seq).padStart(6, '0')}`;
    return [recordOf(videoFacts(name), seq), recordOf(versionFacts(name), seq + 1)];
  });
  together(() => archive.apply(segmentOf(records.flat())));
}

/** How many versions a catalogue has, asked of SQLite itself. */
export function countVersions(file: string): number {
  const database = new Database(file, { readonly: true });
  try {
    return Number(database.prepare('SELECT count(*) FROM versions').pluck().get());
  } finally {
    database.close();
  }
}

/** A page in the middle of a table or index: not its root, which only points to others. */
export function pageOf(file: string, name: string): number {
  const database = new Database(file, { readonly: true });
  try {
    const pages = database
      .prepare('SELECT pageno FROM dbstat WHERE name = ? ORDER BY pageno')
      .pluck()
      .all(name);
    return Number(pages.at(-1));
  } finally {
    database.close();
  }
}

/** Turns over every bit of some bytes, as a bad disk may. */
export function flipBytes(file: string, at: number, length = 1): void {
  const handle = openSync(file, 'r+');
  const bytes = Buffer.alloc(length);
  readSync(handle, bytes, 0, length, at);
  writeSync(
    handle,
    bytes.map((byte) => byte ^ 0xff),
    0,
    length,
    at,
  );
  closeSync(handle);
}
