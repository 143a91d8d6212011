import { readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { damagedName, outlivedDamaged } from '#core/catalogue-files.ts';
import { codeOf } from '#core/errors.ts';
import { flush } from './backup-file.ts';

/**
 * Moves the catalogue away with what belongs to it, or only its log, and gives the name it has now. Nobody else may
 * have it open: who closes it later would remove the next one's log by its name. A few are kept, to be looked into.
 */
export function setAside(file: string, what: 'catalogue' | 'log', nowMs: number): string {
  const folder = dirname(file);
  const name = damagedName(nowMs);
  // The file goes before its log: a log without a file is noticed, a file without its log would pass for whole.
  const endings = what === 'log' ? ['-wal', '-shm'] : ['', '-wal', '-shm'];
  for (const ending of endings) moveIfThere(`${file}${ending}`, join(folder, `${name}${ending}`));
  flush(folder);
  for (const old of outlivedDamaged(readdirSync(folder), name)) rmSync(join(folder, old), { force: true });
  return name;
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
