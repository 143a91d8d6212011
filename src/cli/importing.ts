import type { ImportPlan, PlannedFile } from '#catalogue/import-plan.ts';
import { systemClock as clock } from '#clock.ts';
import { describeError } from '#core/errors.ts';
import { type ImportOutcome, sumOfSizes } from '#daemon/operations/import-files.ts';
import { countShare, createProgressLine } from './progress.ts';
import { counted, sizeInWords } from './words.ts';

/** How a batch of files is taken: here, or by the daemon that holds the vault; one outcome for each. */
export type TakeBatch = (
  files: readonly PlannedFile[],
  signal: AbortSignal,
  onProgress: (share: number) => void,
) => Promise<readonly ImportOutcome[]>;

/** Takes what is planned, whoever does it, and says what came of it. */
export interface Importing {
  /** Takes what is not over yet, until the signal is aborted: a batch that is broken off by it is not over. */
  run(take: TakeBatch, signal: AbortSignal): Promise<void>;
  isOver(): boolean;
  /** Says what came of it all; true where every file is held. */
  conclude(): boolean;
}

/** Few enough to lose little when it is interrupted, and to keep a daemon's queue short. */
const batchFiles = 32;
const longestBatchFiles = 256;
const batchBytes = 512 * 1024 * 1024;
/** One is copied while another is made durable. */
const batchesAtOnce = 2;
const failuresSaid = 20;
const pageSize = 256;

export function createImporting(
  plan: ImportPlan,
  total: { readonly files: number; readonly bytes: number },
  out: { readonly say: (line: string) => void; readonly complain: (line: string) => void },
): Importing {
  const line = createProgressLine(total, process.stderr, clock.monotonicMs);
  const counts: Record<ImportOutcome['kind'], number> = {
    ...{ 'new-video': 0, 'new-version': 0, 'new-part': 0, held: 0, 'held-part': 0 },
    ...{ 'taken-before': 0, failed: 0 },
  };
  const tally = { files: 0, bytes: 0 };
  const brokenOff: (readonly PlannedFile[])[] = [];
  const batches = batchesOf(plan);
  let hasMore = true;
  /** Why the rest was not tried. */
  let endedBy: string | null = null;

  const nextBatch = (): readonly PlannedFile[] | null => {
    const again = brokenOff.shift();
    if (again !== undefined) return again;
    const { value, done } = batches.next();
    if (done === true) hasMore = false;
    return done === true ? null : value;
  };

  const tellFailed = (outcome: Extract<ImportOutcome, { kind: 'failed' }>) => {
    const hint = outcome.hint === null ? '' : ` ${outcome.hint}`;
    if (outcome.endsImport) endedBy = `${outcome.message}.${hint}`;
    if (counts.failed > failuresSaid + 1) return;
    line.clear();
    out.complain(counts.failed > failuresSaid ? 'More could not be taken.' : `${outcome.message}.${hint}`);
  };

  const takeBatch = async (batch: readonly PlannedFile[], take: TakeBatch, signal: AbortSignal) => {
    const sizeBytes = sumOfSizes(batch);
    const onProgress = countShare(tally, sizeBytes, line);
    try {
      const outcomes = await take(batch, signal, onProgress);
      for (const outcome of outcomes) {
        counts[outcome.kind] += 1;
        if (outcome.kind === 'failed') tellFailed(outcome);
      }
      tally.files += batch.length;
      onProgress(1);
    } catch (error) {
      onProgress(0);
      brokenOff.push(batch);
      if (!signal.aborted) endedBy = describeError(error);
    }
  };

  const isOver = () => endedBy !== null || (!hasMore && brokenOff.length === 0);

  return {
    isOver,
    async run(take, signal) {
      const lane = async () => {
        while (!signal.aborted && !isOver()) {
          const batch = nextBatch();
          if (batch === null) return;
          await takeBatch(batch, take, signal);
        }
      };
      await Promise.all(Array.from({ length: batchesAtOnce }, lane));
    },
    conclude() {
      line.clear();
      const left = total.files - tally.files;
      if (endedBy !== null && left > 0) out.complain(`It ended early. ${endedBy}`);
      out.say(`${countsInWords(counts)} (${sizeInWords(Math.round(tally.bytes))}).`);
      if (left > 0) {
        out.say(
          `${counted(left, 'file was', 'files were')} not tried. Run the same command again: it goes on from here.`,
        );
      }
      return counts.failed === 0 && left === 0;
    },
  };
}

/** Files of one name are taken by one batch, one after the other: no matter how many, up to a limit. */
function* batchesOf(plan: ImportPlan): Generator<readonly PlannedFile[], void> {
  let batch: PlannedFile[] = [];
  let bytes = 0;
  for (const file of plannedFiles(plan)) {
    const isFull = batch.length >= batchFiles || bytes + file.sizeBytes > batchBytes;
    const goesOn = file.nameKey !== null && file.nameKey === batch.at(-1)?.nameKey;
    if (batch.length > 0 && isFull && !(goesOn && batch.length < longestBatchFiles)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.sizeBytes;
  }
  if (batch.length > 0) yield batch;
}

function* plannedFiles(plan: ImportPlan): Generator<PlannedFile, void> {
  for (let after = 0; ; ) {
    const page = plan.next(after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.position;
  }
}

function countsInWords(counts: Readonly<Record<ImportOutcome['kind'], number>>): string {
  const parts = [
    counts['new-video'] > 0 ? counted(counts['new-video'], 'new video', 'new videos') : '',
    counts['new-version'] > 0 ? counted(counts['new-version'], 'new version', 'new versions') : '',
    counts['new-part'] > 0 ? counted(counts['new-part'], 'part of a video', 'parts of videos') : '',
    counts.held + counts['held-part'] > 0 ? `${counts.held + counts['held-part']} already held` : '',
    counts['taken-before'] > 0 ? `${counts['taken-before']} taken before` : '',
    counts.failed > 0 ? `${counts.failed} not taken` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Nothing was taken' : parts.join(', ');
}
