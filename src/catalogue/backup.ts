import { Worker } from 'node:worker_threads';
import { nightlyName } from '#core/catalogue-files.ts';
import { ReelholdError } from '#core/errors.ts';
import type { BackupOutcome, CatalogueBackups } from '#core/ports/catalogue-backups.ts';
import { backupFolder } from './backup-file.ts';
import type { BackupJob, BackupReply } from './backup-job.ts';

/** SQLite's pages are outside of this: the heap only sees one row after the other. */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32, stackSizeMb: 1 };

/** The backups of the catalogue at `file`, each made in a thread of its own. Fails with a `ReelholdError`. */
export function createCatalogueBackups(file: string): CatalogueBackups {
  return {
    async make(day, signal) {
      signal.throwIfAborted();
      const job: BackupJob = { file, folder: backupFolder(file), name: nightlyName(day) };
      return outcomeOf(file, await runThread(job, signal));
    },
  };
}

function runThread(job: BackupJob, signal: AbortSignal): Promise<BackupReply> {
  const worker = new Worker(new URL('./backup-worker.ts', import.meta.url), {
    workerData: job,
    resourceLimits,
  });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  const ended = Promise.withResolvers<BackupReply>();
  worker.once('message', ended.resolve);
  worker.once('error', ended.reject);
  worker.once('exit', () => ended.reject(stoppedError(job.folder)));
  return ended.promise.finally(() => signal.removeEventListener('abort', stop));
}

function outcomeOf(file: string, reply: BackupReply): BackupOutcome {
  if (reply.kind === 'failed') throw new BackupFailure(reply);
  if (reply.kind !== 'damaged') return reply;
  const [first, ...others] = reply.findings;
  throw new ReelholdError(
    { kind: 'corrupt', operation: 'check the catalogue', object: file },
    `it is damaged (${first}${others.length > 0 ? `, and ${others.length} more` : ''})`,
  );
}

function stoppedError(folder: string): ReelholdError {
  return new ReelholdError(
    { kind: 'aborted', operation: 'back up the catalogue into', object: folder },
    'stopped',
  );
}

/** An error as it was thrown in the thread; its message stands already. */
class BackupFailure extends ReelholdError {
  constructor({ failure, message }: Extract<BackupReply, { kind: 'failed' }>) {
    super({ kind: failure, operation: '', object: '' }, '');
    this.message = message;
  }
}
