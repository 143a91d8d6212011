import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { codeOf } from '#core/errors.ts';

/** A daemon does what is asked of it through its queue; a command does what it came for, and ends. */
export type Program = 'daemon' | 'command';

/** Somebody else has the vault. */
export interface LockTaken {
  readonly kind: 'taken';
  /** Who, in words. */
  readonly holder: string;
  /** A daemon, where nobody can say. */
  readonly program: Program;
}

export type LockOutcome = { readonly kind: 'held'; readonly lock: Disposable } | LockTaken;

/** Who only looks whether the vault is free has its lock for a moment. */
const onlyLookingMs = 500;

/**
 * Takes the vault for this process. The mechanism is SQLite's exclusive lock on `.lock`, which is a POSIX
 * record lock (fcntl): the kernel frees it when the process dies, however it dies, and it holds across
 * containers and NFS. `.lock-holder` only says who it is, for the one who comes second.
 */
export function takeVaultLock(root: string, program: Program): LockOutcome {
  const database = new Database(join(root, '.lock'), { timeout: onlyLookingMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return readHolder(root);
    throw error;
  }
  try {
    const since = new Date().toISOString();
    writeFileSync(
      join(root, '.lock-holder'),
      `process ${process.pid} on ${hostname()}, since ${since}, as a ${program}\n`,
    );
  } catch (error) {
    // Or the next try would find the lock held, by ourselves.
    database.close();
    throw error;
  }
  return { kind: 'held', lock: { [Symbol.dispose]: () => database.close() } };
}

/** Looks whether somebody has the vault; what cannot be looked at is free, and says why when it is taken. */
export function lookAtVaultLock(root: string): LockTaken | { readonly kind: 'free' } {
  let database: Database.Database | undefined;
  try {
    database = new Database(join(root, '.lock'), { timeout: 0, readonly: true, fileMustExist: true });
    database.pragma('schema_version');
    return { kind: 'free' };
  } catch (error) {
    return isBusy(error) ? readHolder(root) : { kind: 'free' };
  } finally {
    database?.close();
  }
}

function isBusy(error: unknown): boolean {
  return codeOf(error)?.startsWith('SQLITE_BUSY') === true;
}

function readHolder(root: string): LockTaken {
  try {
    const holder = readFileSync(join(root, '.lock-holder'), 'utf8').trim();
    return { kind: 'taken', holder, program: holder.endsWith(', as a command') ? 'command' : 'daemon' };
  } catch {
    return { kind: 'taken', holder: 'another process', program: 'daemon' };
  }
}
