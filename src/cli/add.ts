import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { systemClock as clock } from '#clock.ts';
import { noteVault, type OpenArchive, openArchive } from '#compose.ts';
import type { Config } from '#config.ts';
import { describeError, isReelholdError, ReelholdError } from '#core/errors.ts';
import { displayName, encodeName } from '#core/file-name.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import type { Log } from '#core/ports/log.ts';
import { createFileTaker } from '#daemon/operations/take-file.ts';
import { createWorker } from '#daemon/worker.ts';
import { createLogger } from '#logger.ts';
import { argumentPaths } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { createFollowingTake, type Take } from './follow-operation.ts';
import { createProgressLine, type ProgressLine } from './progress.ts';
import { counted, sizeInWords, timeInWords } from './words.ts';

interface Tally {
  readonly counts: Record<TakeOutcome['kind'] | 'failed', number>;
  files: number;
  bytes: number;
}

/** Takes the named files; 0 where all are held afterwards, 1 where one is not. */
export async function runAdd(config: Config, files: readonly string[]): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const paths = argumentPaths(files).map((path) => resolve(path));
  const log = createLogger({ ...config.log, level: 'warn' });
  let onTaken = () => {};
  const archive = await openArchive(config, log, { onTaken: () => onTaken(), largestBatch });
  if (archive.kind === 'refused') {
    throw new ReelholdError(
      {
        kind: 'unreachable',
        operation: 'open the vault',
        object: config.vaultDir,
        hint: '"reelhold doctor" says what to do.',
      },
      archive.reason,
    );
  }
  if (archive.kind === 'locked') return addByDaemon(config, paths, stop.signal);
  await using open = archive;
  noteVault(open);
  await open.reconcile();
  const taker = createFileTaker(open);
  const take: Take = (path, signal, onProgress) =>
    taker.take(path, signal, (bytesDone, sizeBytes) => onProgress(bytesDone / sizeBytes));
  const library = keepLibrary(open, log);
  onTaken = library.poke;
  const code = await addAll(config, paths, take, stop.signal);
  await library.finish();
  return code;
}

/** Another Reelhold holds the vault: it gets an operation for each file, and is watched doing them. */
async function addByDaemon(config: Config, paths: readonly string[], signal: AbortSignal): Promise<number> {
  using database = openForWriting(config.catalogueFile);
  const { operations } = createTransactor(database);
  return await addAll(config, paths, createFollowingTake(operations, clock), signal); // only then is it closed
}

/** Nobody waits for a page here. */
const largestBatch = 500;
/** Far more than are copied at once, so that a batch can be made durable while the next one is copied. */
const atOnce = 2048;

async function addAll(
  config: Config,
  paths: readonly string[],
  take: Take,
  signal: AbortSignal,
): Promise<number> {
  const files = paths.map((path) => ({ path, sizeBytes: sizeOf(path) }));
  const total = { files: files.length, bytes: files.reduce((sum, file) => sum + file.sizeBytes, 0) };
  const line = createProgressLine(total, process.stderr, clock.monotonicMs);
  const tally: Tally = {
    counts: { 'new-video': 0, 'new-version': 0, held: 0, failed: 0 },
    files: 0,
    bytes: 0,
  };
  const queue = files.values();
  const lane = async () => {
    for (const file of queue) {
      if (signal.aborted) return;
      await addOne(config, file, take, signal, tally, line, files.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, paths.length) }, lane));
  line.clear();
  sayTotal(tally, total.bytes);
  return tally.counts.failed > 0 || signal.aborted ? exitCodes.failed : exitCodes.done;
}

async function addOne(
  config: Config,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
  take: Take,
  signal: AbortSignal,
  tally: Tally,
  line: ProgressLine,
  fileCount: number,
): Promise<void> {
  let counted = 0;
  const onProgress = (share: number) => {
    tally.bytes += share * sizeBytes - counted;
    counted = share * sizeBytes;
    line.update(tally);
  };
  try {
    const outcome = await take(path, signal, onProgress);
    tally.counts[outcome.kind] += 1;
    if (fileCount <= 20) {
      line.clear();
      process.stdout.write(`${displayName(path)}: ${outcomeInWords(outcome, config.timeZone)}\n`);
    }
  } catch (error) {
    tally.counts.failed += 1;
    line.clear();
    const hint = isReelholdError(error) && error.hint !== undefined ? ` ${error.hint}` : '';
    process.stderr.write(`${describeError(error)}.${hint}\n`);
  }
  tally.files += 1;
  onProgress(1);
}

function outcomeInWords(outcome: TakeOutcome, timeZone: string): string {
  if (outcome.kind !== 'held') {
    return outcome.kind === 'new-video'
      ? 'saved as a new video'
      : 'saved as a new version of a video you have';
  }
  const since = `already held since ${timeInWords(outcome.sinceMs, timeZone)}`;
  return outcome.broughtBack ? `${since}, and brought back from the trash` : since;
}

function sayTotal({ counts }: Tally, bytes: number): void {
  const parts = [
    counts['new-video'] > 0 ? counted(counts['new-video'], 'new video', 'new videos') : '',
    counts['new-version'] > 0 ? counted(counts['new-version'], 'new version', 'new versions') : '',
    counts.held > 0 ? `${counts.held} already held` : '',
    counts.failed > 0 ? `${counts.failed} not taken` : '',
  ].filter((part) => part !== '');
  process.stdout.write(`${parts.join(', ')} (${sizeInWords(bytes)}).\n`);
}

/** The readable files are made beside the taking; facts and pictures can wait for the daemon. */
function keepLibrary(archive: OpenArchive, log: Log) {
  if (archive.refreshLibrary === null) return { poke: () => {}, finish: async () => {} };
  const handlers = { library: archive.refreshLibrary };
  const worker = createWorker({ lane: 'library', handlers, catalogue: archive.catalogue, clock, log });
  const stop = new AbortController();
  const running = worker.run(stop.signal);
  return {
    poke: worker.poke,
    async finish() {
      stop.abort();
      await running;
      await worker.drain(new AbortController().signal);
    },
  };
}

function sizeOf(path: string): number {
  try {
    return statSync(Buffer.from(encodeName(path))).size;
  } catch {
    return 0;
  }
}
