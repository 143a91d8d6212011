import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { codeOf, describeError, isReelholdError, ReelholdError } from '#core/errors.ts';

/**
 * `quick_check` reads every page and every row; `integrity_check` also compares each index with its table, and looks
 * for rows that point to none, which takes several times as long.
 */
export type Thoroughness = 'quick_check' | 'integrity_check';

/**
 * Says what is wrong with a database; nothing where it is whole. Throws where that could not be found out: a disk
 * that does not answer says nothing about what is on it.
 */
export function findDamage(sqlite: Database.Database, check: Thoroughness): readonly string[] {
  const findings = readFindings(sqlite, check);
  if (findings.some(isUnanswered)) throw unreadable('the catalogue');
  return findings;
}

/**
 * Says what is wrong with the catalogue at `file`, as `check` finds it, which opens it afresh each time. SQLite takes
 * an error of the disk for a damage of the file in most places; so what it found counts only where the disk gives
 * every byte, and where it is found again in those bytes. Throws where the disk does not.
 */
export function confirmDamage(file: string, check: () => readonly string[]): readonly string[] {
  if (findOrCatch(check).length === 0) return [];
  for (const path of [file, `${file}-wal`]) if (!isReadable(path)) throw unreadable(path);
  return findOrCatch(check);
}

function findOrCatch(check: () => readonly string[]): readonly string[] {
  try {
    return check();
  } catch (error) {
    if (isDamage(error) || isReelholdError(error, 'corrupt')) return [describeError(error)];
    throw error;
  }
}

/** By a program of its own, as a file of SQLite's that is closed here loses this process's locks (POSIX). */
function isReadable(path: string): boolean {
  if (!existsSync(path)) return true;
  const { error, status } = spawnSync('cat', ['--', path], { stdio: 'ignore' });
  return error !== undefined || status === 0;
}

function unreadable(path: string): ReelholdError {
  return new ReelholdError({ kind: 'io', operation: 'check', object: path }, 'the disk reports an error');
}

const damageCodes = ['SQLITE_CORRUPT', 'SQLITE_NOTADB'];

/** Whether SQLite says that the file is damaged; being full or busy is something else. */
function isDamage(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return damageCodes.some((name) => code === name || code.startsWith(`${name}_`));
}

function readFindings(sqlite: Database.Database, check: Thoroughness): readonly string[] {
  try {
    const rows = sqlite.prepare(`PRAGMA ${check}`).pluck().all().map(String);
    const lines = rows.flatMap((row) => row.split('\n')).filter((line) => !line.startsWith('***'));
    if (lines.length !== 1 || lines[0] !== 'ok') return lines;
    return check === 'integrity_check' ? findLooseRows(sqlite) : [];
  } catch (error) {
    if (isDamage(error)) return [describeError(error)];
    throw error;
  }
}

function findLooseRows(sqlite: Database.Database): readonly string[] {
  const tables = sqlite.prepare('SELECT DISTINCT "table" FROM pragma_foreign_key_check').pluck().all();
  return tables.map((table) => `rows of ${table} point to rows that are not there`);
}

/** SQLite's primary result codes for a machine that cannot answer: busy, locked, out of memory, I/O error. */
const unanswered = new Set([5, 6, 7, 10]);

/** The check goes on behind a page that it could not get, and says so with the result's code. */
function isUnanswered(finding: string): boolean {
  return [...finding.matchAll(/error code=(\d+)/g)].some(([, code]) => unanswered.has(Number(code) & 0xff));
}
