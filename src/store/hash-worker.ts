/** Runs in a thread: copies, hashes and moves files by synchronous calls, and flushes them beside the next one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { codeOf, describeError, ReelholdError } from '#core/errors.ts';
import {
  cellsPerSlot,
  type HashJob,
  type HashReply,
  type HashSetup,
  type StageProgress,
} from './hash-job.ts';
import { linkFiles } from './link-files.ts';
import { createPlacer } from './place-files.ts';
import { hashFromMedium } from './read-medium.ts';
import { stageFile } from './stage-file.ts';

const { slots } = workerData as HashSetup;
const placeFiles = createPlacer();

const askAgainMs = 25;

function progressOf(slot: number): StageProgress {
  const first = cellsPerSlot * slot;
  const isAborted = () => Atomics.load(slots, first) !== 0n;
  return {
    isAborted,
    setBytesDone: (bytes) => Atomics.store(slots, first + 1, BigInt(bytes)),
    async allowance(bytesDone, wantedBytes) {
      for (;;) {
        if (isAborted()) return 0;
        const allowed = Number(Atomics.load(slots, first + 2)) - bytesDone;
        if (allowed > 0) return Math.min(wantedBytes, allowed);
        // The thread does its other jobs meanwhile.
        await sleep(askAgainMs);
      }
    },
  };
}

async function run(job: HashJob): Promise<HashReply> {
  const progress = progressOf(job.slot);
  switch (job.kind) {
    case 'stage':
      return { id: job.id, kind: 'staged', ...(await stageFile(job, progress)) };
    case 'hash':
      return { id: job.id, kind: 'hashed', hex: await hashFromMedium(job.path, progress) };
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
