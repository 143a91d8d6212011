import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { codeOf } from '#core/errors.ts';

export type LockOutcome =
  | { readonly kind: 'held'; readonly lock: Disposable }
  | { readonly kind: 'taken'; readonly holder: string };

/**
 * Takes the vault for this process. The mechanism is SQLite's exclusive lock on `.lock`, which is a POSIX
 * record lock (fcntl): the kernel frees it when the process dies, however it dies, and it holds across
 * containers and NFS. `.lock-holder` only says who it is, for the message of the one who comes second.
 */
export function takeVaultLock(root: string): LockOutcome {
  const holderFile = join(root, '.lock-holder');
  const database = new Database(join(root, '.lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (codeOf(error)?.startsWith('SQLITE_BUSY')) return { kind: 'taken', holder: readHolder(holderFile) };
    throw error;
  }
  writeFileSync(holderFile, `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}\n`);
  return { kind: 'held', lock: { [Symbol.dispose]: () => database.close() } };
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'another process';
  }
}
