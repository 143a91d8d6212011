/** Runs in a thread: copies, hashes and moves files by synchronous calls, and flushes them beside the next one. */
import { parentPort, workerData } from 'node:worker_threads';
import { codeOf, describeError, ReelholdError } from '#core/errors.ts';
import type { HashJob, HashReply, HashSetup, JobProgress } from './hash-job.ts';
import { linkFiles } from './link-files.ts';
import { createPlacer } from './place-files.ts';
import { hashFromMedium } from './read-medium.ts';
import { stageFile } from './stage-file.ts';

const { slots } = workerData as HashSetup;
const placeFiles = createPlacer();

function progressOf(slot: number): JobProgress {
  return {
    isAborted: () => Atomics.load(slots, 2 * slot) !== 0n,
    setBytesDone: (bytes) => Atomics.store(slots, 2 * slot + 1, BigInt(bytes)),
  };
}

async function run(job: HashJob): Promise<HashReply> {
  const progress = progressOf(job.slot);
  switch (job.kind) {
    case 'stage':
      return { id: job.id, kind: 'staged', ...(await stageFile(job, progress)) };
    case 'hash':
      return { id: job.id, kind: 'hashed', hex: hashFromMedium(job.path, progress) };
    case 'place':
      return { id: job.id, kind: 'placed', standing: placeFiles(job) };
    case 'link':
      return { id: job.id, kind: 'linked', results: linkFiles(job) };
  }
}

function failureOf(id: number, error: unknown): HashReply {
  if (error instanceof ReelholdError) {
    const facts = { side: error.side ?? 'source', code: codeOf(error.cause), failure: error.kind } as const;
    return { id, kind: 'failed', ...facts, message: error.message };
  }
  return {
    id,
    kind: 'failed',
    side: 'source',
    code: codeOf(error),
    failure: 'io',
    message: describeError(error),
  };
}

parentPort?.on('message', (job: HashJob) => {
  run(job).then(
    (reply) => parentPort?.postMessage(reply),
    (error: unknown) => parentPort?.postMessage(failureOf(job.id, error)),
  );
});
