import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { openForReading } from '#catalogue/database.ts';
import { createRestoreQueries } from '#catalogue/restore-queries.ts';
import { systemClock as clock } from '#clock.ts';
import { noteVault, openArchive } from '#compose.ts';
import type { Config } from '#config.ts';
import { ReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import { createLogger } from '#logger.ts';
import { identifyNamed, openNamedSource } from '#open-source.ts';
import { createReadingDeps } from '#read-places.ts';
import { type RebuiltVault, rebuildVault } from '#rebuild-from.ts';
import { createHashPool } from '#store/hash-pool.ts';
import { exitCodes } from './exit-codes.ts';
import { readPasswordFile } from './password-file.ts';
import { createProgressLine, type ProgressLine } from './progress.ts';
import { counted } from './words.ts';

/**
 * Makes the whole archive anew on this machine from one copy of it, which is only read: 0 where everything is back, 1
 * where the copy lacked something, which is listed, 4 where it could not be read.
 */
export async function runRebuildFrom(
  config: Config,
  from: string,
  passwordFile: string | null,
): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const rebuilt = await fillFrom(config, { from, passwordFile }, stop.signal);
  for (const { path, why } of rebuilt.failed) {
    process.stdout.write(`Not brought: ${displayName(path)}: ${why}\n`);
  }
  const isDoubtful = rebuilt.damaged + rebuilt.unreadable.length > 0;
  const held = await openAgain(config, isDoubtful);
  const lostParts = held?.lostParts ?? rebuilt.damaged + rebuilt.unreadable.length;
  if (lostParts > 0) {
    for (const { path, why } of rebuilt.unreadable) {
      process.stdout.write(`Cannot be read: ${path}: ${why}\n`);
    }
  }
  process.stdout.write(`${inWords(rebuilt, held, lostParts).join('\n')}\n`);
  const lacking = rebuilt.failed.length + rebuilt.missing + lostParts;
  return lacking > 0 ? exitCodes.failed : exitCodes.done;
}

async function fillFrom(
  config: Config,
  { from, passwordFile }: { readonly from: string; readonly passwordFile: string | null },
  signal: AbortSignal,
): Promise<RebuiltVault> {
  const password = passwordFile === null ? null : await readPasswordFile(passwordFile);
  await using pool = createHashPool(Math.min(4, Math.max(2, availableParallelism())));
  await using deps = createReadingDeps(config, pool);
  const named = await openNamedSource(from, password, knownPlaces(config), deps);
  if (named.folder !== null) await requireNotVault(named.folder, config);
  const opened = await identifyNamed(named, signal);
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

/** A vault that somebody copied is as good as any copy; the one that is to be filled is not. */
async function requireNotVault(folder: string, { vaultDir }: Config): Promise<void> {
  const [from, to] = await Promise.all([folder, vaultDir].map((path) => stat(path).catch(() => null)));
  if (from === null || to === null || from?.dev !== to?.dev || from?.ino !== to?.ino) return;
  const hint = 'Name another copy; "reelhold rebuild" alone makes the catalogue again from this one.';
  const facts = {
    kind: 'unsupported',
    operation: 'make the archive anew from',
    object: folder,
    hint,
  } as const;
  throw new ReelholdError(facts, 'it is the vault itself');
}

/** Where only the vault was lost, its places are known by their names. */
function knownPlaces({ catalogueFile }: Config): readonly PlaceSettings[] {
  using database = openForReading(catalogueFile);
  return database === null ? [] : createRestoreQueries(database).places();
}

interface Held {
  readonly videos: number;
  readonly versions: number;
  /** Parts of the journal that are damaged, and that the catalogue does not have either. */
  readonly lostParts: number;
}

/** Makes the catalogue and the readable tree; null where a daemon was faster, and does that. */
async function openAgain(config: Config, everySegment: boolean): Promise<Held | null> {
  const log = createLogger({ ...config.log, level: 'warn' });
  const opened = await openArchive(config, log, { program: 'command', onTaken: () => {}, largestBatch: 64 });
  if (opened.kind !== 'open') return null;
  await using archive = opened;
  noteVault(archive);
  const { damaged, unreadable } = await archive.reconcile({ fromScratch: everySegment });
  const context = { signal: new AbortController().signal, setProgress: () => {} };
  const nowMs = clock.nowMs();
  await archive.refreshLibrary?.(
    {
      ...{ id: 0, kind: 'library', lane: 'library', subject: '', state: 'running', attempt: 1 },
      ...{ notBeforeMs: nowMs, createdAtMs: nowMs, error: null },
    },
    context,
  );
  return { ...archive.catalogue.archive.count(), lostParts: damaged.length + unreadable.length };
}

function inWords(
  { brought, there, failed, missing, nameless, places }: RebuiltVault,
  held: Held | null,
  lostParts: number,
): string[] {
  const isBack =
    lostParts > 0 ? 'The archive is back, but not all that is known of it' : 'The archive is back';
  const line = (count: number, words: string) => (count > 0 ? [words] : []);
  const them = (count: number, one: string, many: string) => (count === 1 ? one : many);
  return [
    held === null
      ? `${isBack}. Reelhold, which is running, makes its list of videos now.`
      : `${isBack}: ${counted(held.videos, 'video', 'videos')}, ${counted(held.versions, 'version', 'versions')}.`,
    `${counted(brought, 'file', 'files')} copied, each compared with its checksum${there > 0 ? `; ${there} stood here already` : ''}.`,
    ...line(failed.length, `${counted(failed.length, 'file', 'files')} of the copy could not be brought.`),
    ...line(
      missing,
      `${counted(missing, 'file does', 'files do')} not stand in this copy; start the same from another one.`,
    ),
    ...line(
      lostParts,
      `${counted(lostParts, 'part', 'parts')} of the journal ${them(lostParts, 'is', 'are')} damaged or cannot be read: titles, versions or what is in the trash may be missing or old. Start the same from another copy, which may have ${them(lostParts, 'it', 'them')} whole.`,
    ),
    ...line(
      nameless,
      `${counted(nameless, 'file', 'files')} came of which nothing is known; Reelhold keeps ${them(nameless, 'it, and shows it', 'them, and shows them')} as found, ten minutes after it is started.`,
    ),
    ...line(
      places.length,
      `The old Reelhold wrote to ${places.join(', ')}: "reelhold location take-over NAME" makes each of them this one's.`,
    ),
  ];
}
