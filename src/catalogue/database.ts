import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { nameBeforeMigration } from '#core/catalogue-files.ts';
import { codeOf, ReelholdError } from '#core/errors.ts';
import { backupFolder, writeBackup } from './backup-file.ts';
import { suspect } from './health-suspicion.ts';
import { firstPending, migrateCatalogue, refuseNewer } from './migration.ts';
import { translating } from './sqlite-errors.ts';

export type Drizzle = BetterSQLite3Database;

export interface CatalogueDatabase extends Disposable {
  readonly sqlite: Database.Database;
  readonly db: Drizzle;
  /** Whoever finds the catalogue damaged says so here, so that the next opening looks at all of it. */
  suspect(): void;
}

/** Queries over a connection, its columns named as in the tables. */
export function overSqlite(sqlite: Database.Database): Drizzle {
  return drizzle({ client: sqlite, casing: 'snake_case' });
}

const operation = 'open the catalogue';
const busyTimeoutMs = 10_000;
/** 16 MiB: a burst of files then does not write every page twice at once. */
const checkpointPages = 4096;

/**
 * Opens the catalogue for writing and brings it to this version's shape, after a backup of the shape it had.
 * `synchronous = FULL`, as WAL's default loses committed rows in a power cut. Throws a `ReelholdError`: a newer
 * catalogue is refused (`unsupported`), a damaged one is `corrupt` and stays as it is, and what the disk cannot do
 * says so.
 */
export function openForWriting(file: string): CatalogueDatabase {
  return translating(operation, () => orSystemsReason(file, () => openShaped(file)), file);
}

function openShaped(file: string): CatalogueDatabase {
  if (hasContent(file)) openForReading(file)?.[Symbol.dispose](); // refuses a newer one, and writes nothing
  const sqlite = new Database(file, { timeout: busyTimeoutMs });
  try {
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('trusted_schema = OFF');
    sqlite.pragma('cache_size = -4096');
    sqlite.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    const db = overSqlite(sqlite);
    const pending = firstPending(sqlite);
    if (pending !== null) writeBackup(sqlite, backupFolder(file), nameBeforeMigration(pending.tag));
    migrateCatalogue(sqlite, db);
    return { sqlite, db, suspect: () => suspect(file), [Symbol.dispose]: () => sqlite.close() };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/**
 * Opens a catalogue that another connection keeps in shape; null where there is none yet. Refuses a newer one, and
 * throws `ReelholdError`s as `openForWriting` does.
 */
export function openForReading(file: string): CatalogueDatabase | null {
  if (!hasContent(file)) return null;
  return translating(operation, () => orSystemsReason(file, () => openShapedByOthers(file)), file);
}

function openShapedByOthers(file: string): CatalogueDatabase {
  const sqlite = new Database(file, { timeout: busyTimeoutMs, readonly: true });
  try {
    sqlite.pragma('trusted_schema = OFF');
    refuseNewer(sqlite, file);
    const db = overSqlite(sqlite);
    return { sqlite, db, suspect: () => suspect(file), [Symbol.dispose]: () => sqlite.close() };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** A file of no bytes is what a start leaves that was broken off in its first moment: no catalogue yet. */
function hasContent(file: string): boolean {
  try {
    return statSync(file).size > 0;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** SQLite says that it cannot open or write a file, but not why: the system does, where it is asked. */
function orSystemsReason<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (/^SQLITE_(CANTOPEN|READONLY)/.test(code)) {
      accessSync(dirname(file), constants.W_OK | constants.X_OK);
      if (hasContent(file)) accessSync(file, constants.R_OK | constants.W_OK);
    }
    // The file beside the log that says where in it a page stands: without room it cannot be made.
    if (code === 'SQLITE_IOERR_SHMSIZE' && isFull(dirname(file))) {
      throw new ReelholdError({ kind: 'full', operation, object: file }, 'no space left on the disk', {
        cause: error,
      });
    }
    throw error;
  }
}

function isFull(folder: string): boolean {
  const { bavail, bsize, blocks } = statfsSync(folder);
  return blocks > 0 && bavail * bsize < 64 * 1024;
}
