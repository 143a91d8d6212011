import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type CatalogueDatabase, openForReading } from '#catalogue/database.ts';
import { createRestoreQueries, type RestoreQueries } from '#catalogue/restore-queries.ts';
import { systemClock as clock } from '#clock.ts';
import { type Config, inboxNames } from '#config.ts';
import { ReelholdError } from '#core/errors.ts';
import type { RestoreAsked, RestoreFile } from '#core/plan-restore.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import type { RestoreTarget } from '#core/ports/restore-target.ts';
import { isBelowMark } from '#daemon/check/walk-folder.ts';
import { measureRestore, restoreFiles } from '#daemon/restore/restore-files.ts';
import { identifyNamed, openNamedSource, type SourceDeps } from '#open-source.ts';
import { readPlaceCatalogue } from '#place-catalogue.ts';
import { createReadingDeps } from '#read-places.ts';
import { createReadablePlaces } from '#readable-places.ts';
import { createHashPool } from '#store/hash-pool.ts';
import { openRestoreTarget } from '#store/restore-target.ts';
import { exitCodes } from './exit-codes.ts';
import { readPasswordFile } from './password-file.ts';
import { createProgressLine } from './progress.ts';
import { createRestoreReport } from './restore-report.ts';

export interface RestoreWanted {
  readonly asked: RestoreAsked;
  /** A place by its name, or a folder; null for any place that can be read. */
  readonly from: string | null;
  /** A file with the password of a remote of the caller's own rclone; null where nothing is encrypted. */
  readonly passwordFile: string | null;
  readonly to: string;
}

/** Where files come from: what the archive holds, and who has it. */
interface Supply {
  readonly queries: RestoreQueries;
  readonly sourcesOf: (file: RestoreFile) => readonly ArchiveSource[];
  /** Parts of the journal that could not be read, or are damaged, where the journal was read for this. */
  readonly lostSegments: number;
}

/**
 * Brings videos back under their own names: 0 where all that was asked for is there, 1 where something could not be
 * brought, or only damaged, 4 where no place could be read. Reads only, so that it works beside a running daemon.
 */
export async function runRestore(config: Config, wanted: RestoreWanted): Promise<number> {
  const { asked, to } = wanted;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  await requireApart(config, resolve(to));
  await using stack = new AsyncDisposableStack();
  const pool = stack.use(createHashPool(Math.min(4, Math.max(2, availableParallelism()))));
  const supply = await openSupply(stack.use(createReadingDeps(config, pool)), wanted, stack, stop.signal);
  const files = () => supply.queries.files(asked);
  if (files()[Symbol.iterator]().next().done === true) throw nothingAskedFor();
  const target = stack.use(await openRestoreTarget(resolve(to)));
  return (await bringAll(files, supply, target, stop.signal)) ? exitCodes.done : exitCodes.failed;
}

async function bringAll(
  files: () => Iterable<RestoreFile>,
  { sourcesOf, lostSegments }: Supply,
  target: RestoreTarget,
  signal: AbortSignal,
): Promise<boolean> {
  const total = await measureRestore(files(), target, signal);
  const line = createProgressLine(total, process.stderr, clock.monotonicMs);
  const report = createRestoreReport((text) => {
    line.clear();
    process.stdout.write(text);
  });
  const done = { files: 0, bytes: 0 };
  const onTheirWay = new Map<RestoreFile, number>();
  const tell = () => {
    const bytes = [...onTheirWay.values()].reduce((sum, part) => sum + part, done.bytes);
    line.update({ files: done.files, bytes });
  };
  try {
    await restoreFiles(
      files(),
      { target, sourcesOf },
      {
        signal,
        onProgress(file, bytesDone) {
          onTheirWay.set(file, bytesDone);
          tell();
        },
        onOutcome(file, outcome) {
          onTheirWay.delete(file);
          done.files += 1;
          done.bytes += file.sizeBytes;
          report.tell(file, outcome);
          tell();
        },
      },
    );
  } finally {
    line.clear();
  }
  return report.conclude(lostSegments);
}

async function openSupply(
  deps: SourceDeps,
  { from, passwordFile }: RestoreWanted,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<Supply> {
  const database = openCatalogue(deps.config, stack);
  const queries = database === null ? null : createRestoreQueries(database);
  if (from === null && passwordFile !== null) throw passwordForNothing();
  if (from !== null) {
    const password = passwordFile === null ? null : await readPasswordFile(passwordFile);
    const named = await openNamedSource(from, password, queries?.places() ?? [], deps);
    const { source } = await identifyNamed(named, signal);
    const requireSource = async () => void (await identifyNamed(named, signal));
    // What a place alone gives is what its own journal says, whatever is known here.
    const own = stack.use(await readPlaceCatalogue({ source, requireSource }, signal));
    for (const { path, why } of own.unreadable) process.stderr.write(`Cannot be read: ${path}: ${why}\n`);
    const lostSegments = own.unreadable.length + own.damaged.length;
    return { queries: createRestoreQueries(own.database), sourcesOf: () => [source], lostSegments };
  }
  if (database === null || queries === null) throw noCatalogue(deps.config);
  const places = await createReadablePlaces(database, queries, deps, clock.nowMs(), signal);
  for (const { name, why } of places.away) process.stderr.write(`${name} cannot be read now: ${why}\n`);
  if (places.isNone) throw nowhere();
  return { queries, sourcesOf: ({ digest }) => places.sourcesOf(digest), lostSegments: 0 };
}

function openCatalogue({ catalogueFile }: Config, stack: AsyncDisposableStack): CatalogueDatabase | null {
  const database = openForReading(catalogueFile);
  return database === null ? null : stack.use(database);
}

/** What stands in the inbox would be taken for new; a copy of the archive is no place for anything else. */
async function requireApart(config: Config, to: string): Promise<void> {
  const folders = [...inboxNames(config), config.vaultDir, config.libraryDir, config.configDir];
  const isBelow = (inner: string, outer: string) => `${inner}/`.startsWith(`${outer}/`);
  const facts = { kind: 'unsupported', operation: 'bring videos to', object: to } as const;
  if (folders.some((folder) => isBelow(to, folder))) {
    const hint = "Name a folder outside of Reelhold's own.";
    throw new ReelholdError({ ...facts, hint }, "it is one of Reelhold's own folders");
  }
  if (!(await isBelowMark(to))) return;
  throw new ReelholdError({ ...facts, hint: 'Name another folder.' }, 'it is inside a copy of an archive');
}

function passwordForNothing(): ReelholdError {
  const hint = 'Name the remote too: --from NAME:PATH.';
  const facts = { kind: 'unsupported', operation: 'use', object: '--password-file', hint } as const;
  return new ReelholdError(facts, 'it is for one remote');
}

function nothingAskedFor(): ReelholdError {
  const hint = '"reelhold list" shows what there is; --all brings all of it.';
  const facts = { kind: 'missing', operation: 'bring', object: 'what was asked for', hint } as const;
  return new ReelholdError(facts, 'there is no such video');
}

function noCatalogue({ catalogueFile }: Config): ReelholdError {
  const hint = 'Name a copy of the archive: --from FOLDER. It is the folder that restore.sh stands in.';
  return new ReelholdError(
    { kind: 'unreachable', operation: 'ask the catalogue', object: catalogueFile, hint },
    'there is none here',
  );
}

function nowhere(): ReelholdError {
  const hint = 'Connect the disk with your videos, or one of the drives that hold a copy.';
  return new ReelholdError(
    { kind: 'unreachable', operation: 'bring', object: 'videos', hint },
    'no copy of your archive can be read now',
  );
}
