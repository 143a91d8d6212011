import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { systemClock as clock } from '#clock.ts';
import { type OpenArchive, openArchive } from '#compose.ts';
import type { Config } from '#config.ts';
import { describeError, isReelholdError, ReelholdError } from '#core/errors.ts';
import { displayName, encodeName } from '#core/file-name.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import type { OperationRows } from '#core/ports/catalogue.ts';
import { createFileTaker, formatPathSubject } from '#daemon/operations/take-file.ts';
import { createWorker } from '#daemon/worker.ts';
import { createLogger } from '#logger.ts';
import { argumentPaths } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { createProgressLine, type ProgressLine } from './progress.ts';
import { counted, sizeInWords, timeInWords } from './words.ts';

/** How a file is taken: here, where nobody else holds the vault, or by the daemon that does. */
type Take = (
  path: string,
  signal: AbortSignal,
  onProgress: (bytesDone: number) => void,
) => Promise<TakeOutcome>;

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
  const archive = await openArchive(config, log, () => {});
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
  await open.reconcile();
  const taker = createFileTaker(open);
  const code = await addAll(
    config,
    paths,
    (path, signal, onProgress) => taker.take(path, signal, onProgress),
    stop.signal,
  );
  await showInLibrary(open, log);
  return code;
}

/** Another Reelhold holds the vault: it gets an operation for each file, and is watched doing them. */
async function addByDaemon(config: Config, paths: readonly string[], signal: AbortSignal): Promise<number> {
  using database = openForWriting(config.catalogueFile);
  const { operations } = createTransactor(database);
  const take: Take = (path, stopping, onProgress) => followOperation(operations, path, stopping, onProgress);
  return addAll(config, paths, take, signal);
}

const followEveryMs = 150;
/** A daemon that took nothing up in this time does not answer. */
const noAnswerMs = 60_000;

async function followOperation(
  operations: OperationRows,
  path: string,
  signal: AbortSignal,
  onProgress: (bytesDone: number) => void,
): Promise<TakeOutcome> {
  const sizeBytes = sizeOf(path);
  const nowMs = clock.nowMs();
  const id = operations.insert(
    { kind: 'add', lane: 'intake', subject: formatPathSubject(path), notBeforeMs: nowMs },
    nowMs,
  );
  let lastMoveMs = clock.monotonicMs();
  for (let last = ''; ; ) {
    await clock.sleep(followEveryMs, signal);
    const operation = operations.get(id);
    if (operation?.state === 'done') return JSON.parse(operation.result ?? 'null') as TakeOutcome;
    const failed =
      operation === null ||
      operation.state === 'failed' ||
      (operation.state === 'pending' && operation.attempt > 0);
    if (failed || signal.aborted) throw new Error(operation?.error ?? 'stopped');
    onProgress((sizeBytes * (operation.progress ?? 0)) / 100);
    const now = `${operation.state} ${operation.progress}`;
    if (now !== last) lastMoveMs = clock.monotonicMs();
    last = now;
    if (operation.state === 'pending' && clock.monotonicMs() - lastMoveMs > noAnswerMs) {
      throw new ReelholdError(
        {
          kind: 'unreachable',
          operation: 'add',
          object: displayName(path),
          hint: 'It is noted and will be done when the daemon comes to it.',
        },
        'the running Reelhold does not answer',
      );
    }
  }
}

const atOnce = 512;

async function addAll(
  config: Config,
  paths: readonly string[],
  take: Take,
  signal: AbortSignal,
): Promise<number> {
  const total = { files: paths.length, bytes: paths.reduce((sum, path) => sum + sizeOf(path), 0) };
  const line = createProgressLine(total, process.stderr, clock.monotonicMs);
  const tally: Tally = {
    counts: { 'new-video': 0, 'new-version': 0, held: 0, failed: 0 },
    files: 0,
    bytes: 0,
  };
  const queue = [...paths];
  const lane = async () => {
    for (let path = queue.shift(); path !== undefined && !signal.aborted; path = queue.shift()) {
      await addOne(config, path, take, signal, tally, line, paths.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, paths.length) }, lane));
  line.clear();
  sayTotal(tally, total.bytes);
  return tally.counts.failed > 0 || signal.aborted ? exitCodes.failed : exitCodes.done;
}

async function addOne(
  config: Config,
  path: string,
  take: Take,
  signal: AbortSignal,
  tally: Tally,
  line: ProgressLine,
  fileCount: number,
): Promise<void> {
  let counted = 0;
  const onProgress = (bytesDone: number) => {
    tally.bytes += bytesDone - counted;
    counted = bytesDone;
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
  onProgress(sizeOf(path));
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

/** Facts and pictures can wait for the daemon; the readable files are made at once. */
async function showInLibrary(archive: OpenArchive, log: ReturnType<typeof createLogger>): Promise<void> {
  if (archive.refreshLibrary === null) return;
  const handlers = { library: archive.refreshLibrary };
  const worker = createWorker({ lane: 'library', handlers, catalogue: archive.catalogue, clock, log });
  await worker.drain(new AbortController().signal);
}

function sizeOf(path: string): number {
  return statSync(Buffer.from(encodeName(path)), { throwIfNoEntry: false })?.size ?? 0;
}
