import { availableParallelism } from 'node:os';
import { openForReading } from '#catalogue/database.ts';
import { createRestoreQueries } from '#catalogue/restore-queries.ts';
import { systemClock as clock } from '#clock.ts';
import { noteVault, openArchive } from '#compose.ts';
import type { Config } from '#config.ts';
import { displayName } from '#core/file-name.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import { createLogger } from '#logger.ts';
import { identifySource, openNamedSource } from '#open-source.ts';
import { createReadingDeps } from '#read-places.ts';
import { type RebuiltVault, rebuildVault } from '#rebuild-from.ts';
import { createHashPool } from '#store/hash-pool.ts';
import { exitCodes } from './exit-codes.ts';
import { createProgressLine, type ProgressLine } from './progress.ts';
import { counted } from './words.ts';

/**
 * Makes the whole archive anew on this machine from one copy of it, which is only read: 0 where everything is back, 1
 * where the copy lacked something, which is listed, 4 where it could not be read.
 */
export async function runRebuildFrom(config: Config, from: string): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const rebuilt = await fillFrom(config, from, stop.signal);
  for (const { path, why } of rebuilt.failed) {
    process.stdout.write(`Not brought: ${displayName(path)}: ${why}\n`);
  }
  const held = await openAgain(config);
  process.stdout.write(`${inWords(rebuilt, held).join('\n')}\n`);
  const lacking = rebuilt.failed.length + rebuilt.missing + rebuilt.damaged;
  return lacking > 0 ? exitCodes.failed : exitCodes.done;
}

async function fillFrom(config: Config, from: string, signal: AbortSignal): Promise<RebuiltVault> {
  await using pool = createHashPool(Math.min(4, Math.max(2, availableParallelism())));
  await using deps = createReadingDeps(config, pool);
  const opened = await identifySource(await openNamedSource(from, knownPlaces(config), deps), signal);
  const done = { files: 0, bytes: 0 };
  const onTheirWay = new Map<string, number>();
  let line: ProgressLine | null = null;
  const tell = () => {
    const bytes = [...onTheirWay.values()].reduce((sum, part) => sum + part, done.bytes);
    line?.update({ files: done.files, bytes });
  };
  try {
    return await rebuildVault(
      deps,
      opened,
      {
        onTotal(total) {
          line = createProgressLine(total, process.stderr, clock.monotonicMs);
        },
        onProgress({ path }, bytesDone) {
          onTheirWay.set(path, bytesDone);
          tell();
        },
        onDone({ path, sizeBytes }) {
          onTheirWay.delete(path);
          done.files += 1;
          done.bytes += sizeBytes;
          tell();
        },
      },
      signal,
    );
  } finally {
    (line as ProgressLine | null)?.clear();
  }
}

/** Where only the vault was lost, its places are known by their names. */
function knownPlaces({ catalogueFile }: Config): readonly PlaceSettings[] {
  using database = openForReading(catalogueFile);
  return database === null ? [] : createRestoreQueries(database).places();
}

interface Held {
  readonly videos: number;
  readonly versions: number;
}

/** Makes the catalogue and the readable tree; null where a daemon was faster, and does that. */
async function openAgain(config: Config): Promise<Held | null> {
  const log = createLogger({ ...config.log, level: 'warn' });
  const opened = await openArchive(config, log, { program: 'command', onTaken: () => {}, largestBatch: 64 });
  if (opened.kind !== 'open') return null;
  await using archive = opened;
  noteVault(archive);
  await archive.reconcile();
  const context = { signal: new AbortController().signal, setProgress: () => {} };
  const nowMs = clock.nowMs();
  await archive.refreshLibrary?.(
    {
      ...{ id: 0, kind: 'library', lane: 'library', subject: '', state: 'running', attempt: 1 },
      ...{ notBeforeMs: nowMs, createdAtMs: nowMs, error: null },
    },
    context,
  );
  return archive.catalogue.archive.count();
}

function inWords(
  { brought, there, failed, missing, damaged, places }: RebuiltVault,
  held: Held | null,
): string[] {
  return [
    held === null
      ? 'The archive is back. Reelhold, which is running, makes its list of videos now.'
      : `The archive is back: ${counted(held.videos, 'video', 'videos')}, ${counted(held.versions, 'version', 'versions')}.`,
    `${counted(brought, 'file', 'files')} copied, each compared with its checksum${there > 0 ? `; ${there} stood here already` : ''}.`,
    ...(failed.length > 0
      ? [`${counted(failed.length, 'file', 'files')} of the copy could not be brought.`]
      : []),
    ...(missing > 0
      ? [
          `${counted(missing, 'file does', 'files do')} not stand in this copy; start the same from another one.`,
        ]
      : []),
    ...(damaged > 0
      ? [`${counted(damaged, 'part', 'parts')} of the journal are damaged; what can be read was used.`]
      : []),
    ...(places.length > 0
      ? [
          `The old Reelhold wrote to ${places.join(', ')}: "reelhold location take-over NAME" makes each of them this one's.`,
        ]
      : []),
  ];
}
