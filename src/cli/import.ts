import { createInterface } from 'node:readline/promises';
import type { CatalogueDatabase } from '#catalogue/database.ts';
import { createImportPlan, type ImportPlan } from '#catalogue/import-plan.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { systemClock as clock } from '#clock.ts';
import { noteVault, type OpenArchive } from '#compose.ts';
import type { Config } from '#config.ts';
import type { ImportKind } from '#core/import-place.ts';
import type { Log } from '#core/ports/log.ts';
import { totalBytes } from '#core/total-bytes.ts';
import type { ImportOutcome } from '#daemon/import/import-file.ts';
import { createImporter, formatImportSubject } from '#daemon/operations/import-files.ts';
import { createLogger } from '#logger.ts';
import { argumentPaths } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { findWay } from './find-way.ts';
import { createFollower } from './follow-operation.ts';
import { makePreflight } from './import-preflight.ts';
import { type ImportReport, importInWords, leftInWords } from './import-report.ts';
import { findRoot, requireVault } from './import-roots.ts';
import { createImporting, type TakeBatch } from './importing.ts';
import { keepLibrary } from './keep-library.ts';
import { counted } from './words.ts';

export interface ImportOptions {
  /** Only says what would be done. */
  readonly dryRun: boolean;
  /** Asks nothing. */
  readonly yes: boolean;
  readonly kind: ImportKind;
}

/** Nobody waits for a page here. */
const largestBatch = 500;

/**
 * Takes all videos below some folders, and what belongs to them, after saying what that comes to; 0 where all are held
 * afterwards, 1 where one is not, or where the owner does not want it.
 */
export async function runImport(
  config: Config,
  folders: readonly string[],
  options: ImportOptions,
): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const roots = await Promise.all(argumentPaths(folders).map((folder) => findRoot(config, folder)));
  await requireVault(config);
  using plan = createImportPlan(clock.nowMs());
  const report = await makePreflight(config, { roots, kind: options.kind }, plan, stop.signal);
  say(...importInWords(report));
  const isWhole = report.survey.unreadable === 0;
  if (options.dryRun || report.counts.open.files === 0) return isWhole ? exitCodes.done : exitCodes.failed;
  if (!(await mayBegin(report, options, stop.signal))) return exitCodes.failed;
  const isTaken = await takeAll(config, plan, report, stop.signal);
  say(...leftInWords(report.survey));
  return isTaken && isWhole ? exitCodes.done : exitCodes.failed;
}

/** Asks on a terminal; elsewhere what does not fit is not begun, unless that is wanted. */
async function mayBegin(
  { forecast }: ImportReport,
  { yes }: ImportOptions,
  signal: AbortSignal,
): Promise<boolean> {
  if (yes) return true;
  if (!(process.stdin.isTTY && process.stderr.isTTY)) {
    if (forecast.missingBytes === 0) return true;
    complain('Nothing was begun. With --yes as much is taken as there is room for.');
    return false;
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question('Begin? [y/N] ', { signal });
    if (/^\s*y(es)?\s*$/i.test(answer)) return true;
  } catch {
    // Ctrl+C or the end of the input: no answer is no
  } finally {
    asking.close();
  }
  say('Nothing was taken.');
  return false;
}

async function takeAll(
  config: Config,
  plan: ImportPlan,
  { counts }: ImportReport,
  signal: AbortSignal,
): Promise<boolean> {
  const importing = createImporting(plan, counts.open, { say, complain });
  const log = createLogger({ ...config.log, level: 'warn' });
  const library: LibraryInHand = { poke: () => {}, finish: async () => {} };
  const use = { onTaken: () => library.poke(), largestBatch };
  let isAsked = false;
  while (!importing.isOver() && !signal.aborted) {
    await using way = await findWay({ config, log, use, isAfterDaemon: isAsked, signal });
    if (way === null) break;
    if (way.kind === 'there') {
      isAsked = true;
      await importing.run(askFor(way.database), AbortSignal.any([signal, way.gone]));
    } else {
      await importing.run(await takeHere(way.archive, log, library), signal);
      await library.finish();
    }
  }
  return importing.conclude();
}

/** A daemon holds the vault: it gets a few files at a time. */
function askFor(database: CatalogueDatabase): TakeBatch {
  const follow = createFollower(createTransactor(database).operations, clock);
  return async (batch, signal, onProgress) => {
    const subject = formatImportSubject(batch);
    const name = counted(batch.length, 'file', 'files');
    const result = await follow({ kind: 'import', lane: 'intake', subject, name }, signal, onProgress);
    return JSON.parse(result ?? 'null') as readonly ImportOutcome[];
  };
}

interface LibraryInHand {
  poke: () => void;
  finish: () => Promise<void>;
}

async function takeHere(archive: OpenArchive, log: Log, library: LibraryInHand): Promise<TakeBatch> {
  noteVault(archive);
  await archive.reconcile();
  archive.catalogue.operations.recover();
  Object.assign(library, keepLibrary(archive, log));
  const importer = createImporter(archive);
  return (batch, signal, onProgress) => {
    const bytes = Math.max(1, totalBytes(batch));
    return importer.take(batch, signal, (done) => onProgress(done / bytes));
  };
}

function say(...lines: readonly string[]): void {
  if (lines.length === 0) return;
  process.stdout.write(`${lines.join('\n')}\n`);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
