import Database from 'better-sqlite3';
import type { Digest } from '#core/digest.ts';
import { decodeName, encodeName } from '#core/file-name.ts';
import type { ImportPlace } from '#core/import-place.ts';
import { type ImportCounts, readCounts } from './import-counts.ts';
import { translating } from './sqlite-errors.ts';

/** A file that an import has come across. */
export interface FoundFile {
  /** Absolute, in the form of `core/file-name.ts`. */
  readonly path: string;
  /** The archive's folder. */
  readonly within: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** `importTurn`. */
  readonly turn: number;
  readonly place: ImportPlace;
  /** Under which videos, and the versions of projects, are found again; null where the name says nothing. */
  readonly nameKey: string | null;
  /** When an earlier import took it, ms; null where none did. */
  readonly takenAtMs: number | null;
}

/** A file that is to be taken. `position` counts from 1, in the order in which they are taken. */
export interface PlannedFile extends Pick<FoundFile, 'path' | 'within' | 'sizeBytes' | 'place'> {
  readonly position: number;
  /** Files of one work follow each other: the last is the newest version, and what lies beside a video comes after it. */
  readonly work: string;
  /** It belongs to the video that comes just before it, with others like it between them. */
  readonly follows: boolean;
}

/** What is taken first, and what can be placed only when all that is held. */
export type Phase = 'first' | 'last';

/** Bytes that the archive holds. */
export interface HeldFile {
  readonly digest: Digest;
  readonly ext: string;
  readonly sizeBytes: number;
}

/**
 * Which files most likely come twice: of those that look the same, all but the one in the best place. They go last, so
 * that the name is that of the better place; of two of one time the shorter one ("Rome", "Rome (1)").
 */
const findTwice = `
INSERT INTO twice SELECT id FROM (SELECT id, row_number() OVER (
    PARTITION BY size, sample ORDER BY turn, project IS NULL, mtime DESC, length(path), path) AS nth
  FROM found WHERE taken IS NULL AND sample IS NOT NULL) WHERE nth > 1`;

/**
 * What is most finished goes first, then what is newest. Files of one work go one after the other, the most finished
 * and newest last: the last one is the newest version. What lies beside a video goes with it.
 */
const putInOrder = `
INSERT INTO ordered (id, work) SELECT id, work FROM (
  SELECT *, min(turn) OVER (PARTITION BY work) AS best, max(mtime) OVER (PARTITION BY work) AS newest FROM (
    SELECT f.id, f.path, f.phase, f.lead IS NOT NULL AS follows, v.path AS led_by, v.turn, v.mtime,
      coalesce(v.work, 'file ' || v.id) AS work, EXISTS (SELECT 1 FROM twice WHERE twice.id = v.id) AS again
    FROM found f JOIN found v ON v.id = coalesce(f.lead, f.id) WHERE f.taken IS NULL)
) ORDER BY phase, again, best, newest DESC, work, turn DESC, mtime, led_by, follows, path`;

/**
 * All that is known of an import before it begins. It stands in a nameless file of SQLite's, not in memory: an archive
 * may have any number of files. Nothing of it outlives the process.
 */
export interface ImportPlan extends Disposable {
  /** A path that is there already is left out, as where one folder lies in another. */
  add(files: readonly FoundFile[]): void;
  /**
   * To be called when all was added: finds the videos to which others belong, here or by their names in the archive;
   * leaves out what belongs to none, and tells it.
   */
  settle(isNameHeld: (nameKey: string) => boolean, onLeftOut: (path: string) => void): void;
  /** What the vault holds. */
  addHeld(held: Iterable<HeldFile>): void;
  /** Files to be taken whose size another of them, or something held, has; in pages. */
  alike(after: number, limit: number): readonly AlikeFile[];
  heldOfSize(sizeBytes: number): readonly HeldFile[];
  /** What looking into a file came to: `sample` is the same for files that are most likely the same. */
  noteSample(id: number, sample: string, isHeld: boolean): void;
  counts(): ImportCounts;
  /** The largest of those to be taken. */
  largest(): Pick<FoundFile, 'path' | 'sizeBytes'> | null;
  /** Those to be taken behind a position, at most so many. */
  next(phase: Phase, after: number, limit: number): readonly PlannedFile[];
}

export interface AlikeFile extends Pick<FoundFile, 'path' | 'sizeBytes'> {
  readonly id: number;
}

const shape = `
CREATE TABLE found (
  id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, within BLOB NOT NULL, size INTEGER NOT NULL,
  mtime INTEGER NOT NULL, turn INTEGER NOT NULL, kind TEXT NOT NULL, place TEXT NOT NULL, phase TEXT NOT NULL,
  name TEXT, work TEXT, project TEXT, beside BLOB, lead INTEGER, taken INTEGER, sample TEXT,
  held INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX found_size ON found (size) WHERE taken IS NULL AND beside IS NULL;
CREATE INDEX found_name ON found (name) WHERE name IS NOT NULL;
CREATE INDEX found_project ON found (project, taken) WHERE project IS NOT NULL;
CREATE TABLE held (size INTEGER NOT NULL, digest TEXT NOT NULL, ext TEXT NOT NULL);
CREATE INDEX held_size ON held (size);
CREATE TABLE twice (id INTEGER PRIMARY KEY);
CREATE TABLE ordered (position INTEGER PRIMARY KEY, id INTEGER NOT NULL, work TEXT NOT NULL);`;

/** `nowMs`, of the wall clock, is when the import begins: nothing of it was taken before. */
export function createImportPlan(nowMs: number): ImportPlan {
  const sqlite = new Database('');
  sqlite.exec(shape);
  const doing = <T>(run: () => T): T => translating('plan the import', run, 'in the temporary folder');
  const statements = prepareStatements(sqlite);
  let isOrdered = false;
  const order = () => {
    if (isOrdered) return;
    sqlite.exec(findTwice);
    sqlite.exec(putInOrder);
    isOrdered = true;
  };

  return {
    add: (files) =>
      doing(() =>
        sqlite.transaction(() => {
          for (const file of files) statements.insert.run(toRow(file));
        })(),
      ),
    settle: (isNameHeld, onLeftOut) =>
      doing(() => {
        statements.findLead.run();
        settleUnsure(statements, isNameHeld, onLeftOut);
      }),
    addHeld: (held) =>
      doing(() =>
        sqlite.transaction(() => {
          for (const { sizeBytes, digest, ext } of held) statements.insertHeld.run(sizeBytes, digest, ext);
        })(),
      ),
    alike: (after, limit) =>
      doing(() =>
        (statements.alike.all(after, limit) as Row[]).map(({ id, path, size }) => ({
          ...{ id, path: decodeName(path), sizeBytes: size },
        })),
      ),
    heldOfSize: (sizeBytes) => doing(() => statements.heldOfSize.all(sizeBytes) as HeldFile[]),
    noteSample: (id, sample, isHeld) => doing(() => void statements.note.run(sample, isHeld ? 1 : 0, id)),
    counts: () => doing(() => readCounts(sqlite)),
    largest: () =>
      doing(() => {
        const row = statements.largest.get() as Row | undefined;
        return row === undefined ? null : { path: decodeName(row.path), sizeBytes: row.size };
      }),
    next: (phase, after, limit) =>
      doing(() => {
        order();
        return (statements.next.all(phase, after, limit) as Row[]).map((row) => toPlanned(row, nowMs));
      }),
    [Symbol.dispose]: () => sqlite.close(),
  };
}

function prepareStatements(sqlite: Database.Database) {
  return {
    insert: sqlite.prepare(
      `INSERT OR IGNORE INTO found (path, within, size, mtime, turn, kind, place, phase, name, work, project, beside, taken)
       VALUES (@path, @within, @size, @mtime, @turn, @kind, @place, @phase, @name, @work, @project, @beside, @taken)`,
    ),
    insertHeld: sqlite.prepare('INSERT INTO held VALUES (?, ?, ?)'),
    findLead: sqlite.prepare(
      'UPDATE found SET lead = (SELECT v.id FROM found v WHERE v.path = found.beside) WHERE beside IS NOT NULL',
    ),
    unsure: sqlite.prepare(
      `SELECT id, path, place FROM found WHERE id > ? AND taken IS NULL
         AND (kind = 'named' OR (beside IS NOT NULL AND lead IS NULL)) ORDER BY id LIMIT ?`,
    ),
    ofName: sqlite.prepare('SELECT path FROM found WHERE name = ? ORDER BY mtime DESC LIMIT 1'),
    place: sqlite.prepare('UPDATE found SET place = ? WHERE id = ?'),
    drop: sqlite.prepare('DELETE FROM found WHERE id = ?'),
    heldOfSize: sqlite.prepare('SELECT digest, ext, size AS sizeBytes FROM held WHERE size = ?'),
    note: sqlite.prepare('UPDATE found SET sample = ?, held = ? WHERE id = ?'),
    alike: sqlite.prepare(
      `SELECT id, path, size FROM found WHERE taken IS NULL AND beside IS NULL AND id > ?
         AND (EXISTS (SELECT 1 FROM held WHERE held.size = found.size)
         OR (SELECT count(*) FROM (SELECT 1 FROM found same
           WHERE same.taken IS NULL AND same.beside IS NULL AND same.size = found.size LIMIT 2)) = 2)
       ORDER BY id LIMIT ?`,
    ),
    largest: sqlite.prepare('SELECT path, size FROM found WHERE taken IS NULL ORDER BY size DESC LIMIT 1'),
    next: sqlite.prepare(
      `SELECT position, ordered.work, path, within, size, place, lead IS NOT NULL AS follows,
         (SELECT min(taken) FROM found same WHERE same.project = found.project AND same.taken IS NOT NULL) AS since
       FROM ordered JOIN found USING (id) WHERE phase = ? AND position > ? ORDER BY position LIMIT ?`,
    ),
  };
}

const pageSize = 256;

/** What belongs to a video that is not beside it: to one of its name that was found here, or that is held. */
function settleUnsure(
  statements: ReturnType<typeof prepareStatements>,
  isNameHeld: (nameKey: string) => boolean,
  onLeftOut: (path: string) => void,
): void {
  const find = (place: ImportPlace): ImportPlace | null => {
    // Its video is empty, or cannot be looked at.
    if (place.kind !== 'named') return null;
    for (const key of place.keys) {
      const row = statements.ofName.get(key) as Pick<Row, 'path'> | undefined;
      if (row !== undefined) return { kind: 'beside', partKind: place.partKind, file: decodeName(row.path) };
      if (isNameHeld(key)) return place;
    }
    return null;
  };

  for (let after = 0; ; ) {
    const page = statements.unsure.all(after, pageSize) as Row[];
    for (const { id, path, place } of page) {
      after = id;
      const found = find(JSON.parse(place) as ImportPlace);
      if (found !== null) statements.place.run(JSON.stringify(found), id);
      else {
        statements.drop.run(id);
        onLeftOut(decodeName(path));
      }
    }
    if (page.length < pageSize) return;
  }
}

/** Parts of a project come in any order; its versions do not. */
function workOf({ place, nameKey }: FoundFile): string | null {
  if (place.kind === 'video') return nameKey;
  const isVersion = place.kind === 'project' && place.role !== null;
  return isVersion ? `${place.key} ${place.role}` : null;
}

function toRow(file: FoundFile) {
  const { path, within, sizeBytes, mtimeMs, turn, place, nameKey, takenAtMs } = file;
  const isLast = place.kind === 'named' || place.kind === 'list';
  const isVersion = place.kind === 'video' || (place.kind === 'project' && place.role !== null);
  return {
    ...{ path: toBytes(path), within: toBytes(within), size: sizeBytes, mtime: mtimeMs, turn },
    ...{ kind: place.kind, place: JSON.stringify(place), phase: isLast ? 'last' : 'first' },
    ...{ name: isVersion ? nameKey : null, work: workOf(file), taken: takenAtMs },
    project: place.kind === 'project' ? place.key.toWellFormed() : null,
    beside: place.kind === 'beside' ? toBytes(place.file) : null,
  };
}

interface Row {
  readonly position: number;
  readonly id: number;
  readonly path: Buffer;
  readonly within: Buffer;
  readonly size: number;
  readonly place: string;
  readonly work: string;
  readonly follows: number;
  readonly since: number | null;
}

/** What was taken of a project's folder and still stands there shows that the project is the same, however long ago. */
function toPlanned(row: Row, nowMs: number): PlannedFile {
  const { position, path, within, size, work, follows, since } = row;
  const place = JSON.parse(row.place) as ImportPlace;
  return {
    ...{ position, path: decodeName(path), within: decodeName(within), sizeBytes: size, work },
    place: place.kind === 'project' ? { ...place, sinceMs: since ?? nowMs } : place,
    follows: follows === 1,
  };
}

function toBytes(path: string): Buffer {
  return Buffer.from(encodeName(path));
}
