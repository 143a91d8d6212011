import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { outlivedBackups } from '#core/catalogue-files.ts';
import { cannotFlush, ReelholdError } from '#core/errors.ts';
import { findDamage } from './health-check.ts';

/** The folder of the backups of the catalogue at `file`. */
export function backupFolder(file: string): string {
  return join(dirname(file), 'backups');
}

const draftEnding = '.draft';

/**
 * Writes the database as it is now into the folder, under that name: as a draft first, which is read again and
 * flushed before it takes its name; then the oldest of its kind give way. What fails leaves the folder as it was.
 * `VACUUM INTO` reads one state of the database without holding up whoever writes, and makes one file that needs no
 * log beside it: copied over the catalogue it can be told from it (`health-header`).
 */
export function writeBackup(sqlite: Database.Database, folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  dropDrafts(folder);
  refuseWithoutRoom(sqlite, folder);
  const draft = join(folder, `${name}${draftEnding}`);
  try {
    closeSync(openSync(draft, 'wx')); // the system says better than SQLite why a file cannot be made
    sqlite.prepare('VACUUM INTO ?').run(draft);
    flush(draft);
    readAgain(draft);
    renameSync(draft, join(folder, name));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  flush(folder);
  flush(dirname(folder));
  for (const old of outlivedBackups(readdirSync(folder), name)) rmSync(join(folder, old), { force: true });
}

/** What a start or a power cut broke off. */
function dropDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.includes(draftEnding)) rmSync(join(folder, name), { force: true });
  }
}

/** A backup that fills the disk stops the catalogue itself: as much as it takes must be left when it is written. */
function refuseWithoutRoom(sqlite: Database.Database, folder: string): void {
  const pages = Number(sqlite.pragma('page_count', { simple: true }));
  const sizeBytes = pages * Number(sqlite.pragma('page_size', { simple: true }));
  const { bavail, bsize, blocks } = statfsSync(folder);
  if (blocks === 0 || bavail * bsize >= 2 * sizeBytes) return;
  const freeMiB = Math.floor((bavail * bsize) / 1024 ** 2);
  throw new ReelholdError(
    {
      kind: 'full',
      operation: 'back up the catalogue into',
      object: folder,
      hint: `Make room on the disk of ${folder}: ${Math.ceil((2 * sizeBytes) / 1024 ** 2)} MiB must be free.`,
    },
    `there is no room (${freeMiB} MiB free)`,
  );
}

function readAgain(draft: string): void {
  const copy = new Database(draft, { readonly: true });
  try {
    const findings = findDamage(copy, 'quick_check');
    if (findings.length === 0) return;
    throw new ReelholdError(
      { kind: 'io', operation: 'back up the catalogue into', object: draft },
      `what was written does not read back (${findings[0]})`,
    );
  } finally {
    copy.close();
  }
}

/** Makes a file's bytes, or the names in a folder, durable; some file systems have no way to flush a folder. */
export function flush(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } catch (error) {
    if (!cannotFlush(error)) throw error;
  } finally {
    closeSync(handle);
  }
}
