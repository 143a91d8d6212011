import { existsSync, statSync } from 'node:fs';
import { isReelholdError } from '#core/errors.ts';
import type { Log } from '#core/ports/log.ts';
import { type CatalogueDatabase, openForReading, openForWriting } from './database.ts';
import { confirmDamage, findDamage, type Thoroughness } from './health-check.ts';
import { judgeHeader } from './health-header.ts';
import { findNonsense } from './health-sense.ts';
import { setAside } from './health-set-aside.ts';
import { clearSuspicion, isSuspected, suspect } from './health-suspicion.ts';
import { translating } from './sqlite-errors.ts';
import { createTransactor } from './transactor.ts';

export interface CatalogueKeeping {
  readonly file: string;
  readonly log: Log;
  readonly nowMs: () => number;
}

/**
 * Opens the catalogue for the one who holds the vault, and nobody else. A damaged one is set aside, never removed,
 * and an empty one takes its place, which the journal fills again. A catalogue that the disk does not let us read or
 * write is not damaged: that throws, as `openForWriting` does, and so does a newer one.
 */
export function openOwnCatalogue(keeping: CatalogueKeeping): CatalogueDatabase {
  return translating('open the catalogue', () => openOwn(keeping), keeping.file);
}

function openOwn(keeping: CatalogueKeeping): CatalogueDatabase {
  const damage = findCause(keeping);
  if (damage !== null) return renew(keeping, damage);
  try {
    return openWhole(keeping);
  } catch (error) {
    if (!isReelholdError(error, 'corrupt')) throw error;
    suspect(keeping.file); // which makes the second look a closer one
    const found = findCause(keeping);
    if (found !== null) return renew(keeping, found);
    return openWhole(keeping);
  }
}

function openWhole(keeping: CatalogueKeeping): CatalogueDatabase {
  const database = openForWriting(keeping.file);
  noteGood(database, keeping);
  return closingCleanly(database);
}

/** Why the catalogue cannot be used; null where it can, or where there is none. */
function findCause({ file, log, nowMs }: CatalogueKeeping): readonly string[] | null {
  const header = judgeHeader(file);
  if (header === 'damaged') return ['its first bytes are not those of a catalogue'];
  if (header === 'foreign-log') {
    const kept = setAside(file, 'log', nowMs());
    log.warn(
      { kept: `${kept}-wal` },
      'Beside the catalogue lay the log of another one, as after putting a backup in its place. The log was set aside.',
    );
  }
  if (!existsSync(file)) return null;
  const thoroughness = thoroughnessFor(file);
  const findings = confirmDamage(file, () => {
    using reader = openForReading(file);
    if (reader === null || thoroughness === null) return [];
    const damage = findDamage(reader.sqlite, thoroughness);
    return damage.length > 0 ? damage : findNonsense(reader.sqlite);
  });
  return findings.length === 0 ? null : findings;
}

/** So much is looked at in well under a second, whatever the last end was like. */
const smallBytes = 32 * 1024 ** 2;

/**
 * How closely to look. A check of a hundred thousand videos takes seconds, so a large catalogue is checked only after
 * an end that was none, which leaves a log; all of it where somebody met a damage, or where the file was changed after
 * its log: by the log being brought in, or by another file being put in its place.
 */
function thoroughnessFor(file: string): Thoroughness | null {
  const catalogue = statSync(file);
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  const isLogLeft = log !== undefined && log.size > 0;
  if (isSuspected(file) || (isLogLeft && catalogue.ctimeMs > log.ctimeMs)) return 'integrity_check';
  return isLogLeft || catalogue.size <= smallBytes ? 'quick_check' : null;
}

function renew({ file, log, nowMs }: CatalogueKeeping, findings: readonly string[]): CatalogueDatabase {
  const kept = setAside(file, 'catalogue', nowMs());
  clearSuspicion(file);
  log.error(
    { findings: findings.slice(0, findingsSaid), kept },
    'The catalogue is damaged. It was set aside, and a new one is made from the vault; no video is touched.',
  );
  const database = openForWriting(file);
  createTransactor(database).notes.setCondition('catalogue', { state: 'renewed', kept }, nowMs());
  return closingCleanly(database);
}

const findingsSaid = 5;

/** What was suspected and is whole, such as a backup that somebody put in its place, is good again. */
function noteGood(database: CatalogueDatabase, { file, nowMs }: CatalogueKeeping): void {
  if (!isSuspected(file)) return;
  createTransactor(database).notes.setCondition('catalogue', { state: 'good' }, nowMs());
  clearSuspicion(file);
}

const lastWaitMs = 500;

/**
 * Leaves an empty log behind, even while the page's own connection is still open: a log that is left tells the next
 * start that this one did not end well.
 */
function closingCleanly(database: CatalogueDatabase): CatalogueDatabase {
  const { sqlite } = database;
  return {
    ...database,
    [Symbol.dispose]() {
      try {
        sqlite.pragma(`busy_timeout = ${lastWaitMs}`);
        sqlite.pragma('wal_checkpoint(TRUNCATE)');
      } catch {
        // What is committed stands in the log as well; the next start looks at it more closely.
      }
      sqlite.close();
    },
  };
}
