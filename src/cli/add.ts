import { resolve } from 'node:path';
import type { CatalogueDatabase } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { systemClock as clock } from '#clock.ts';
import { noteVault, type OpenArchive } from '#compose.ts';
import type { Config } from '#config.ts';
import type { Log } from '#core/ports/log.ts';
import { type AddOutcome, createFileTaker, formatPathSubject } from '#daemon/operations/take-file.ts';
import { createLogger } from '#logger.ts';
import { type Adding, createAdding } from './adding.ts';
import { argumentPaths } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { findWay } from './find-way.ts';
import { createFollowingTake, type Take } from './follow-operation.ts';
import { keepLibrary } from './keep-library.ts';

/** Nobody waits for a page here. */
const largestBatch = 500;

/**
 * Takes the named files; 0 where all are held afterwards, 1 where one is not. Where a daemon holds the vault it does
 * the work; what it leaves undone when it stops is done here, or by the next one.
 */
export async function runAdd(config: Config, files: readonly string[]): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const adding = createAdding(
    config,
    argumentPaths(files).map((path) => resolve(path)),
  );
  const log = createLogger({ ...config.log, level: 'warn' });
  const library = { poke: () => {} };
  const use = { onTaken: () => library.poke(), largestBatch };
  let isAsked = false;
  while (!adding.isOver() && !stop.signal.aborted) {
    await using way = await findWay({ config, log, use, isAfterDaemon: isAsked, signal: stop.signal });
    if (way === null) break;
    if (way.kind === 'there') {
      isAsked = true;
      await addThere(adding, way.database, AbortSignal.any([stop.signal, way.gone]));
    } else {
      await addHere(adding, way.archive, log, library, isAsked, stop.signal);
    }
  }
  return adding.conclude() ? exitCodes.done : exitCodes.failed;
}

/** A daemon holds the vault: it gets an operation for each file, and is watched doing them. */
function addThere(adding: Adding, database: CatalogueDatabase, signal: AbortSignal): Promise<void> {
  return adding.run(createFollowingTake(createTransactor(database).operations, clock), signal);
}

async function addHere(
  adding: Adding,
  archive: OpenArchive,
  log: Log,
  library: { poke: () => void },
  isAsked: boolean,
  signal: AbortSignal,
): Promise<void> {
  noteVault(archive);
  await archive.reconcile();
  const taker = createFileTaker(archive);
  const take: Take = (path, until, onProgress) =>
    taker.take(path, until, (bytesDone, sizeBytes) => onProgress(bytesDone / sizeBytes));
  const keeper = keepLibrary(archive, log);
  library.poke = keeper.poke;
  if (isAsked) archive.catalogue.operations.recover();
  await adding.run(take, signal, isAsked ? (path, outcome) => settle(archive, path, outcome) : undefined);
  await keeper.finish();
}

/** A daemon was asked for this file, and has stopped: the next one is not to do it again. */
function settle({ catalogue: { operations } }: OpenArchive, path: string, outcome: AddOutcome): void {
  const nowMs = clock.nowMs();
  const subject = formatPathSubject(path);
  const id = operations.insert({ kind: 'add', lane: 'intake', subject, notBeforeMs: nowMs }, nowMs);
  const done = { state: 'done', notBeforeMs: nowMs, error: null, result: JSON.stringify(outcome) } as const;
  operations.finish(id, done, nowMs);
}
