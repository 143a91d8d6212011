import type { ImportPlan, Phase, PlannedFile } from '#catalogue/import-plan.ts';

/** Few enough to lose little when it is interrupted, and to keep a daemon's queue short; what lies beside is small. */
const batchFiles = 32;
const longestBatchFiles = 256;
const batchBytes = 512 * 1024 * 1024;
const pageSize = 256;

/**
 * The files of a plan, some at a time. Those of one work are taken by one batch, one after the other, up to a limit;
 * what lies beside a video is always in its video's.
 */
export function* batchesOf(plan: ImportPlan, phase: Phase): Generator<readonly PlannedFile[], void> {
  let batch: PlannedFile[] = [];
  let leaders = 0;
  let bytes = 0;
  for (const file of plannedFiles(plan, phase)) {
    const isFull = leaders >= batchFiles || bytes + file.sizeBytes > batchBytes;
    const goesOn = file.work === batch.at(-1)?.work && (file.follows || batch.length < longestBatchFiles);
    if (batch.length > 0 && isFull && !goesOn) {
      yield batch;
      batch = [];
      leaders = 0;
      bytes = 0;
    }
    batch.push(file);
    if (!file.follows) leaders += 1;
    bytes += file.sizeBytes;
  }
  if (batch.length > 0) yield batch;
}

function* plannedFiles(plan: ImportPlan, phase: Phase): Generator<PlannedFile, void> {
  for (let after = 0; ; ) {
    const page = plan.next(phase, after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.position;
  }
}
