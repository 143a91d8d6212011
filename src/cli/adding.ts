import { statSync } from 'node:fs';
import { systemClock as clock } from '#clock.ts';
import type { Config } from '#config.ts';
import { describeError, isReelholdError } from '#core/errors.ts';
import { displayName, encodeName } from '#core/file-name.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import type { AddOutcome } from '#daemon/operations/take-file.ts';
import { en } from '#views/locales/en.ts';
import type { Take } from './follow-operation.ts';
import { countShare, createProgressLine } from './progress.ts';
import { counted, sizeInWords, timeInWords } from './words.ts';

/** Takes files, whoever does it, and says what became of each. */
export interface Adding {
  /**
   * Takes those that are not over yet, until the signal is aborted: what is broken off by it is not over. `onDone`
   * is told what was taken.
   */
  run(take: Take, signal: AbortSignal, onDone?: (path: string, outcome: AddOutcome) => void): Promise<void>;
  isOver(): boolean;
  /** Says what came of it all; true where every file is held. */
  conclude(): boolean;
}

/** Far more than are copied at once, so that a batch can be made durable while the next one is copied. */
const atOnce = 2048;
/** Of so many each is told; of more the sum. */
const eachToldUpTo = 20;

export function createAdding(config: Config, paths: readonly string[]): Adding {
  const files = paths.map((path) => ({ path, sizeBytes: sizeOf(path) }));
  const total = { files: files.length, bytes: files.reduce((sum, file) => sum + file.sizeBytes, 0) };
  const line = createProgressLine(total, process.stderr, clock.monotonicMs);
  const counts: Record<TakeOutcome['kind'] | 'failed', number> = {
    'new-video': 0,
    'new-version': 0,
    held: 0,
    'new-part': 0,
    'held-part': 0,
    failed: 0,
  };
  const tally = { files: 0, bytes: 0 };
  let left = files;

  const tellTaken = (path: string, outcome: AddOutcome) => {
    counts[outcome.kind] += 1;
    const damage =
      outcome.damaged === undefined ? '' : `; it came in damaged: ${en.video.damage(outcome.damaged)}`;
    if (files.length > eachToldUpTo && damage === '') return;
    line.clear();
    process.stdout.write(`${displayName(path)}: ${outcomeInWords(outcome, config.timeZone)}${damage}\n`);
  };

  const tellFailed = (error: unknown) => {
    counts.failed += 1;
    line.clear();
    const hint = isReelholdError(error) && error.hint !== undefined ? ` ${error.hint}` : '';
    process.stderr.write(`${describeError(error)}.${hint}\n`);
  };

  /** False where it was broken off. */
  const addOne = async (
    { path, sizeBytes }: (typeof files)[number],
    take: Take,
    signal: AbortSignal,
    onDone: (path: string, outcome: AddOutcome) => void,
  ): Promise<boolean> => {
    const onProgress = countShare(tally, sizeBytes, line);
    try {
      const outcome = await take(path, signal, onProgress);
      onDone(path, outcome);
      tellTaken(path, outcome);
    } catch (error) {
      if (signal.aborted) {
        onProgress(0);
        return false;
      }
      tellFailed(error);
    }
    tally.files += 1;
    onProgress(1);
    return true;
  };

  return {
    async run(take, signal, onDone = () => {}) {
      const brokenOff: typeof files = [];
      const queue = left.values();
      const lane = async () => {
        for (const file of queue) {
          if (signal.aborted || !(await addOne(file, take, signal, onDone))) brokenOff.push(file);
        }
      };
      await Promise.all(Array.from({ length: Math.min(atOnce, left.length) }, lane));
      left = brokenOff;
    },
    isOver: () => left.length === 0,
    conclude() {
      line.clear();
      counts.failed += left.length;
      process.stdout.write(`${countsInWords(counts)} (${sizeInWords(total.bytes)}).\n`);
      return counts.failed === 0;
    },
  };
}

const newInWords: Readonly<Record<Exclude<TakeOutcome['kind'], 'held'>, string>> = {
  'new-video': 'saved as a new video',
  'new-version': 'saved as a new version of a video you have',
  'new-part': 'saved with the video it belongs to',
  'held-part': 'already held with the video it belongs to',
};

/** What a file became, as the end of a sentence that names it. */
export function outcomeInWords(outcome: TakeOutcome, timeZone: string): string {
  if (outcome.kind !== 'held') return newInWords[outcome.kind];
  const since = `already held since ${timeInWords(outcome.sinceMs, timeZone)}`;
  return outcome.broughtBack ? `${since}, and brought back from the trash` : since;
}

function countsInWords(counts: Readonly<Record<TakeOutcome['kind'] | 'failed', number>>): string {
  const parts = [
    counts['new-video'] > 0 ? counted(counts['new-video'], 'new video', 'new videos') : '',
    counts['new-version'] > 0 ? counted(counts['new-version'], 'new version', 'new versions') : '',
    counts['new-part'] > 0 ? counted(counts['new-part'], 'part of a video', 'parts of videos') : '',
    counts.held + counts['held-part'] > 0 ? `${counts.held + counts['held-part']} already held` : '',
    counts.failed > 0 ? `${counts.failed} not taken` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function sizeOf(path: string): number {
  try {
    return statSync(Buffer.from(encodeName(path))).size;
  } catch {
    return 0;
  }
}
