import Database from 'better-sqlite3';
import type { Digest } from '#core/digest.ts';
import { decodeName, encodeName } from '#core/file-name.ts';
import type { ImportedFile } from '#core/ports/imports.ts';
import { translating } from './sqlite-errors.ts';

/** A file that an import has come across. */
export interface FoundFile extends ImportedFile {
  /** The archive's folder. */
  readonly within: string;
  readonly mtimeMs: number;
  /** How finished it is; lower is more. */
  readonly rank: number;
  /** Files of one name become versions of one video; null where the name says nothing. */
  readonly nameKey: string | null;
  /** An earlier import took it. */
  readonly isTaken: boolean;
}

/** A file that is to be taken. `position` counts from 1, in the order in which they are taken. */
export interface PlannedFile extends Pick<FoundFile, 'path' | 'within' | 'sizeBytes' | 'nameKey'> {
  readonly position: number;
}

/** Bytes that the archive holds. */
export interface HeldFile {
  readonly digest: Digest;
  readonly ext: string;
  readonly sizeBytes: number;
}

export interface Count {
  readonly files: number;
  readonly bytes: number;
}

/**
 * What is most finished goes first, then what is newest. Files of one name go one after the other, the most finished
 * and newest last: the last one is the newest version. What most likely comes twice goes last, so that its name is that
 * of the better place.
 */
const order = `
WITH grouped AS (SELECT *, coalesce(name, id) AS work, sample IS NOT NULL AND row_number() OVER (
    PARTITION BY size, coalesce(sample, id) ORDER BY rank, mtime DESC, path) > 1 AS again
  FROM found WHERE NOT taken)
INSERT INTO ordered (id) SELECT id FROM (
  SELECT *, min(rank) OVER (PARTITION BY work) AS best, max(mtime) OVER (PARTITION BY work) AS newest FROM grouped
) ORDER BY again, best, newest DESC, work, rank DESC, mtime, path`;

/**
 * All that is known of an import before it begins. It stands in a nameless file of SQLite's, not in memory: an archive
 * may have any number of files. Nothing of it outlives the process.
 */
export interface ImportPlan extends Disposable {
  /** A path that is there already is left out, as where one folder lies in another. */
  add(files: readonly FoundFile[]): void;
  /** What the vault holds. */
  addHeld(held: Iterable<HeldFile>): void;
  /** Files to be taken whose size another of them, or something held, has; in pages. */
  alike(after: number, limit: number): readonly (PlannedFile & { readonly id: number })[];
  heldOfSize(sizeBytes: number): readonly HeldFile[];
  /** What looking into a file came to: `sample` is the same for files that are most likely the same. */
  noteSample(id: number, sample: string, isHeld: boolean): void;
  /** `taken` by an earlier import; `open` is to be taken, and of it `held` and `twice` (the second and later ones) known already. */
  counts(): { readonly taken: Count; readonly open: Count; readonly held: Count; readonly twice: Count };
  largest(): PlannedFile | null;
  /** Those to be taken behind a position, at most so many. */
  next(after: number, limit: number): readonly PlannedFile[];
}

const shape = `
CREATE TABLE found (
  id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, within BLOB NOT NULL, size INTEGER NOT NULL,
  mtime INTEGER NOT NULL, rank INTEGER NOT NULL, name TEXT, taken INTEGER NOT NULL, sample TEXT, held INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX found_size ON found (size) WHERE NOT taken;
CREATE TABLE held (size INTEGER NOT NULL, digest TEXT NOT NULL, ext TEXT NOT NULL);
CREATE INDEX held_size ON held (size);
CREATE TABLE ordered (position INTEGER PRIMARY KEY, id INTEGER NOT NULL);`;

const planned = 'SELECT 0 AS position, id, path, within, size, name FROM found';
const count = 'SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM found WHERE';

export function createImportPlan(): ImportPlan {
  const sqlite = new Database('');
  sqlite.exec(shape);
  const doing = <T>(run: () => T): T => translating('plan the import', run, 'in the temporary folder');
  const insert = sqlite.prepare(
    'INSERT OR IGNORE INTO found (path, within, size, mtime, rank, name, taken) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const insertHeld = sqlite.prepare('INSERT INTO held VALUES (?, ?, ?)');
  const heldOfSize = sqlite.prepare('SELECT digest, ext, size AS sizeBytes FROM held WHERE size = ?');
  const note = sqlite.prepare('UPDATE found SET sample = ?, held = ? WHERE id = ?');
  const alike = sqlite.prepare(
    `${planned} WHERE NOT taken AND id > ? AND (EXISTS (SELECT 1 FROM held WHERE held.size = found.size)
       OR (SELECT count(*) FROM (SELECT 1 FROM found same WHERE NOT same.taken AND same.size = found.size LIMIT 2)) = 2)
     ORDER BY id LIMIT ?`,
  );
  const next = sqlite.prepare(
    `SELECT position, id, path, within, size, name FROM ordered JOIN found USING (id)
     WHERE position > ? ORDER BY position LIMIT ?`,
  );
  let isOrdered = false;
  const putInOrder = () => {
    if (isOrdered) return;
    sqlite.exec(order);
    isOrdered = true;
  };
  const counted = (condition: string) => sqlite.prepare<[], Count>(`${count} ${condition}`).get() ?? none;

  return {
    add: (files) =>
      doing(() =>
        sqlite.transaction(() => {
          for (const { path, within, sizeBytes, mtimeMs, rank, nameKey, isTaken } of files) {
            insert.run(toBytes(path), toBytes(within), sizeBytes, mtimeMs, rank, nameKey, isTaken ? 1 : 0);
          }
        })(),
      ),
    addHeld: (held) =>
      doing(() =>
        sqlite.transaction(() => {
          for (const { sizeBytes, digest, ext } of held) insertHeld.run(sizeBytes, digest, ext);
        })(),
      ),
    alike: (after, limit) => doing(() => (alike.all(after, limit) as Row[]).map(toPlanned)),
    heldOfSize: (sizeBytes) => doing(() => heldOfSize.all(sizeBytes) as HeldFile[]),
    noteSample: (id, sample, isHeld) => doing(() => void note.run(sample, isHeld ? 1 : 0, id)),
    counts: () =>
      doing(() => ({
        taken: counted('taken'),
        open: counted('NOT taken'),
        held: counted('NOT taken AND held'),
        twice: counted(`NOT taken AND NOT held AND sample IS NOT NULL AND id NOT IN
          (SELECT min(id) FROM found WHERE NOT taken AND sample IS NOT NULL GROUP BY size, sample)`),
      })),
    largest: () =>
      doing(() => {
        const row = sqlite.prepare<[], Row>(`${planned} WHERE NOT taken ORDER BY size DESC LIMIT 1`).get();
        return row === undefined ? null : toPlanned(row);
      }),
    next: (after, limit) =>
      doing(() => {
        putInOrder();
        return (next.all(after, limit) as Row[]).map(toPlanned);
      }),
    [Symbol.dispose]: () => sqlite.close(),
  };
}

const none: Count = { files: 0, bytes: 0 };

interface Row {
  readonly position: number;
  readonly id: number;
  readonly path: Buffer;
  readonly within: Buffer;
  readonly size: number;
  readonly name: string | null;
}

function toPlanned({ position, id, path, within, size, name }: Row) {
  return { position, id, path: decodeName(path), within: decodeName(within), sizeBytes: size, nameKey: name };
}

function toBytes(path: string): Buffer {
  return Buffer.from(encodeName(path));
}
