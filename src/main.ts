import { readFile } from 'node:fs/promises';
import { type CatalogueDatabase, openForReading, openForWriting } from '#catalogue/database.ts';
import { createQueries } from '#catalogue/queries.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import type { VaultRefusal } from '#core/archive-format.ts';
import { hexOf } from '#core/digest.ts';
import { codeOf, ReelholdError } from '#core/errors.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Content } from '#core/ports/content.ts';
import type { Log } from '#core/ports/log.ts';
import { createApp } from '#web/app.ts';
import { serveApp } from '#web/server.ts';
import { createArchiveDaemon } from './archive-daemon.ts';
import { systemClock as clock } from './clock.ts';
import {
  type ArchiveOutcome,
  type ArchiveUse,
  type OpenArchive,
  openArchive,
  posterFile,
} from './compose.ts';
import { type Config, loadConfig, unknownSettings } from './config.ts';
import { explainFailure } from './explain.ts';
import { createLogger } from './logger.ts';
import { programVersion } from './version.ts';

const lookAgainMs = 10_000;
/** Recorded in well under the time that a page may take. */
const largestBatch = 64;

/** Runs the daemon and its page until the signal is aborted. */
async function runReelhold(config: Config, log: Log, signal: AbortSignal): Promise<void> {
  log.info({ version: programVersion, node: process.version, vault: config.vaultDir }, 'Reelhold starts.');
  for (const name of unknownSettings())
    log.warn({ setting: name }, 'This setting means nothing to Reelhold.');
  let poke = () => {};
  const use = { onTaken: () => poke(), largestBatch };
  const first = await openArchive(config, log, use);
  if (first.kind === 'locked') throw lockedError(config, first.holder);
  await using stack = new AsyncDisposableStack();
  let store: BlobStore | null = null;
  if (first.kind === 'refused') noteRefusal(config, log, first.reason);
  const web = stack.use(openForReading(config.catalogueFile) ?? openForWriting(config.catalogueFile));
  stack.use(await serve(config, log, web, () => store));
  log.info({ page: `http://${config.host}:${config.port}${config.basePath}/` }, 'The page is ready.');
  await using archive = first.kind === 'open' ? first : await waitForArchive(config, log, use, signal);
  if (archive === null) return;
  store = archive.store;
  await archive.reconcile();
  const daemon = await createArchiveDaemon(config, log, archive);
  poke = () => daemon.poke();
  await daemon.run(signal);
}

/** The page stays up and says why, while the vault's disk is away. */
async function waitForArchive(
  config: Config,
  log: Log,
  use: ArchiveUse,
  signal: AbortSignal,
): Promise<OpenArchive | null> {
  while (!signal.aborted) {
    await clock.sleep(lookAgainMs, signal);
    const outcome: ArchiveOutcome = await openArchive(config, log, use);
    if (outcome.kind === 'open') return outcome;
    if (outcome.kind === 'locked') throw lockedError(config, outcome.holder);
  }
  return null;
}

function noteRefusal(config: Config, log: Log, reason: VaultRefusal): void {
  using database = openForWriting(config.catalogueFile);
  createTransactor(database).notes.setCondition('vault', { state: 'refused', reason }, clock.nowMs());
  log.error({ vault: config.vaultDir, reason }, refusalSentences[reason]);
}

const refusalSentences: Readonly<Record<VaultRefusal, string>> = {
  'not-connected':
    'The vault is not there: its disk is not connected. Nothing is lost; Reelhold goes on when it is back.',
  'another-archive': 'The vault holds another archive than before. Nothing is written to it.',
  'newer-format':
    'The vault was written by a newer Reelhold. Nothing is written to it; install the newer version.',
  'unreadable-mark': 'The vault cannot be recognised: its archive.json is damaged. Nothing is written to it.',
  'not-empty': 'The folder for the vault holds other files. Give Reelhold an empty folder.',
};

function lockedError(config: Config, holder: string): ReelholdError {
  return new ReelholdError(
    {
      kind: 'busy',
      operation: 'open the vault',
      object: config.vaultDir,
      hint: 'Stop the other one first, or give this one a vault of its own (REELHOLD_VAULT).',
    },
    `another Reelhold holds it (${holder})`,
  );
}

function serve(
  config: Config,
  log: Log,
  web: CatalogueDatabase,
  store: () => BlobStore | null,
): Promise<AsyncDisposable> {
  const content: Content = {
    readBlob(ref, range) {
      const open = store();
      if (open !== null) return open.read(ref, range);
      throw new ReelholdError(
        { kind: 'unreachable', operation: 'read', object: ref.digest },
        'the vault is not connected',
      );
    },
    async readPoster(ref) {
      try {
        return await readFile(posterFile(config, hexOf(ref.digest)));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }
    },
  };
  const app = createApp({
    queries: createQueries(web, clock.nowMs),
    content,
    basePath: config.basePath,
    allowedHosts: config.allowedHosts,
    version: programVersion,
    inboxAddress: config.inbox.dir,
    timeZone: config.timeZone,
    nowMs: clock.nowMs,
    log,
  });
  return serveApp(app, { host: config.host, port: config.port });
}

/** Starts from the environment, and stops on SIGTERM and SIGINT. */
export async function main(): Promise<void> {
  const stop = new AbortController();
  // Not once: npm forwards a signal that its process group has received already.
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort());
  try {
    const config = loadConfig();
    const log = createLogger(config.log);
    await runReelhold(config, log, stop.signal);
    log.info({}, 'Reelhold has stopped.');
  } catch (error) {
    process.stderr.write(`${explainFailure(error)}\n`);
    process.exitCode = 1;
    stop.abort();
  }
}

if (import.meta.main) await main();
