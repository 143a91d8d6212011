/** Runs in a thread of its own, for one backup: the page must not wait for a check of the whole catalogue. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { newestNightly } from '#core/catalogue-files.ts';
import { isOutsideError, isReelholdError, translateError } from '#core/errors.ts';
import { isSameContent } from './backup-content.ts';
import { writeBackup } from './backup-file.ts';
import type { BackupJob, BackupReply } from './backup-job.ts';
import { confirmDamage, findDamage } from './health-check.ts';
import { suspect } from './health-suspicion.ts';

const job = workerData as BackupJob;

function makeBackup({ file, folder, name }: BackupJob): BackupReply {
  const findings = confirmDamage(file, () => {
    using catalogue = openReader(file);
    return findDamage(catalogue.sqlite, 'integrity_check');
  });
  if (findings.length > 0) {
    suspect(file);
    return { kind: 'damaged', findings };
  }
  using catalogue = openReader(file);
  const newest = existsSync(folder) ? newestNightly(readdirSync(folder)) : null;
  if (newest !== null && isHeldBy(join(folder, newest.name), catalogue.sqlite)) {
    return { kind: 'unchanged', name: newest.name };
  }
  writeBackup(catalogue.sqlite, folder, name);
  return { kind: 'made', name };
}

function openReader(path: string) {
  const sqlite = new Database(path, { readonly: true, timeout: 10_000 });
  return { sqlite, [Symbol.dispose]: () => sqlite.close() };
}

/** False where the backup cannot be read: then a new one is wanted all the more. */
function isHeldBy(path: string, catalogue: Database.Database): boolean {
  try {
    using backup = openReader(path);
    return findDamage(backup.sqlite, 'quick_check').length === 0 && isSameContent(backup.sqlite, catalogue);
  } catch {
    return false;
  }
}

function reply(): BackupReply {
  try {
    return makeBackup(job);
  } catch (thrown) {
    if (!isReelholdError(thrown) && !isOutsideError(thrown)) throw thrown;
    const { kind: failure, message } = translateError(thrown, {
      operation: 'back up the catalogue into',
      object: job.folder,
    });
    return { kind: 'failed', failure, message };
  }
}

parentPort?.postMessage(reply());
