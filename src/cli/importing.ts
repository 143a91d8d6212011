import type { ImportPlan, PlannedFile } from '#catalogue/import-plan.ts';
import { systemClock as clock } from '#clock.ts';
import { describeError } from '#core/errors.ts';
import { totalBytes } from '#core/total-bytes.ts';
import type { ImportOutcome } from '#daemon/import/import-file.ts';
import { batchesOf } from './import-batches.ts';
import { createImportTally } from './import-tally.ts';
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

/** One is copied while another is made durable. */
const batchesAtOnce = 2;

export function createImporting(
  plan: ImportPlan,
  total: { readonly files: number; readonly bytes: number },
  out: { readonly say: (line: string) => void; readonly complain: (line: string) => void },
): Importing {
  const line = createProgressLine(total, process.stderr, clock.monotonicMs);
  const outcomes = createImportTally((said) => {
    line.clear();
    out.complain(said);
  });
  const tally = { files: 0, bytes: 0 };
  const brokenOff: (readonly PlannedFile[])[] = [];
  /** What goes last needs what goes first to be held: no batch of it begins before. */
  const phases = [batchesOf(plan, 'first'), batchesOf(plan, 'last')];
  /** Why the rest was not tried. */
  let endedBy: string | null = null;

  const nextBatch = (): readonly PlannedFile[] | null => {
    const again = brokenOff.shift();
    if (again !== undefined) return again;
    const next = phases[0]?.next();
    return next === undefined || next.done === true ? null : next.value;
  };

  const takeBatch = async (batch: readonly PlannedFile[], take: TakeBatch, signal: AbortSignal) => {
    const sizeBytes = totalBytes(batch);
    const onProgress = countShare(tally, sizeBytes, line);
    try {
      const became = await take(batch, signal, onProgress);
      for (const [index, file] of batch.entries()) {
        const outcome = became[index];
        if (outcome !== undefined) outcomes.note(file, outcome);
      }
      endedBy ??= outcomes.endedBy();
      tally.files += batch.length;
      onProgress(1);
    } catch (error) {
      onProgress(0);
      brokenOff.push(batch);
      if (!signal.aborted) endedBy = describeError(error);
    }
  };

  const isOver = () => endedBy !== null || (phases.length === 0 && brokenOff.length === 0);

  return {
    isOver,
    async run(take, signal) {
      const lane = async () => {
        while (!signal.aborted && endedBy === null) {
          const batch = nextBatch();
          if (batch === null) return;
          await takeBatch(batch, take, signal);
        }
      };
      while (!signal.aborted && !isOver()) {
        await Promise.all(Array.from({ length: batchesAtOnce }, lane));
        if (!signal.aborted && brokenOff.length === 0) phases.shift();
      }
    },
    conclude() {
      line.clear();
      const left = total.files - tally.files;
      if (endedBy !== null && left > 0) out.complain(`It ended early. ${endedBy}`);
      out.say(`${outcomes.countsInWords()} (${sizeInWords(Math.round(tally.bytes))}).`);
      for (const said of outcomes.doubtsInWords()) out.say(said);
      if (left > 0) {
        out.say(
          `${counted(left, 'file was', 'files were')} not tried. Run the same command again: it goes on from here.`,
        );
      }
      return outcomes.failed() === 0 && left === 0;
    },
  };
}
