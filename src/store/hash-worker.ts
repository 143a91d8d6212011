/** Runs in a worker thread: reads, hashes and copies files, one job at a time, by synchronous calls. */
import { parentPort, workerData } from 'node:worker_threads';
import { codeOf, describeError, ReelholdError } from '#core/errors.ts';
import type { HashJob, HashReply, HashSetup } from './hash-job.ts';
import { hashFromMedium } from './read-medium.ts';
import { stageFile } from './stage-file.ts';

const { control } = workerData as HashSetup;
const progress = {
  isAborted: () => Atomics.load(control, 0) !== 0n,
  setBytesDone: (bytes: number) => Atomics.store(control, 1, BigInt(bytes)),
};

function run(job: HashJob): HashReply {
  try {
    if (job.kind === 'stage') return { id: job.id, kind: 'staged', ...stageFile(job, progress) };
    return { id: job.id, kind: 'hashed', hex: hashFromMedium(job.path, progress) };
  } catch (error) {
    return { id: job.id, kind: 'failed', ...failureOf(error) };
  }
}

function failureOf(
  error: unknown,
): Pick<Extract<HashReply, { kind: 'failed' }>, 'side' | 'code' | 'failure' | 'message'> {
  if (error instanceof ReelholdError) {
    return {
      side: error.side ?? 'source',
      code: codeOf(error.cause),
      failure: error.kind,
      message: error.message,
    };
  }
  return { side: 'source', code: codeOf(error), failure: 'io', message: describeError(error) };
}

parentPort?.on('message', (job: HashJob) => parentPort?.postMessage(run(job)));
