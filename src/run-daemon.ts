import { openShared } from '#catalogue/shared.ts';
import { createStandingQueries, type StandingQueries } from '#catalogue/standing-queries.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { describeError } from '#core/errors.ts';
import { noticeOf } from '#core/overview.ts';
import type { Log } from '#core/ports/log.ts';
import type { Trouble } from '#core/trouble.ts';
import { en } from '#views/locales/en.ts';
import { createApp } from '#web/app.ts';
import { serveApp } from '#web/server.ts';
import { systemClock as clock } from './clock.ts';
import { createCommands } from './commands.ts';
import { type Config, inboxNames, loadConfig, unknownSettings } from './config.ts';
import { createContent } from './content.ts';
import { explainFailure } from './explain.ts';
import { type Failed, keepArchive, tryToOpen } from './keep-archive.ts';
import { createLogger } from './logger.ts';
import { programVersion } from './version.ts';
import { heldByAnother, openForWork } from './work-archive.ts';

/** Runs the daemon and its page until the signal is aborted. */
async function runReelhold(config: Config, log: Log, signal: AbortSignal): Promise<void> {
  log.info({ version: programVersion, node: process.version, vault: config.vaultDir }, 'Reelhold starts.');
  for (const name of unknownSettings())
    log.warn({ setting: name }, 'This setting means nothing to Reelhold.');
  await using stack = new AsyncDisposableStack();
  const queries = stack.use(createStandingQueries(config.catalogueFile, clock.nowMs));
  let trouble: Trouble | null = null;
  const onOpen = () => {
    if (trouble !== null) log.info({}, 'The archive can be worked on again.');
    trouble = null;
    queries.hold();
  };
  const onTrouble = (failed: Failed, isNews: boolean) => {
    trouble = failed.trouble;
    queries.letGo();
    if (!isNews) return;
    sayTrouble(log, failed);
    noteTrouble(config, log, failed.trouble);
  };
  const open = (isAgain: boolean) => openForWork({ config, log, onOpen }, isAgain);
  // Before the page is served: who finds another Reelhold at work here ends at once.
  const first = await tryToOpen(() => open(false));
  if ('trouble' in first) {
    if (first.trouble === heldByAnother && first.error !== null) throw first.error;
    onTrouble(first, true);
  }
  stack.use(await serve(config, log, queries, () => trouble));
  log.info({ page: `http://${config.host}:${config.port}${config.basePath}/` }, 'The page is ready.');
  await keepArchive({ open: () => open(true), onTrouble, clock }, first, signal);
}

/** Says, in the words of the page, what is wrong and what to do. */
function sayTrouble(log: Log, { trouble, error }: Failed): void {
  const { what, next } = en.notices.words(noticeOf(trouble), String);
  const facts = error === null ? trouble : { ...trouble, error: describeError(error) };
  log.error(facts, `${what} ${next}`);
}

/** For `reelhold status`, which asks the catalogue alone. */
function noteTrouble(config: Config, log: Log, trouble: Trouble): void {
  if (trouble.state === 'failing' && (trouble.place === 'settings' || trouble.failure === 'busy')) return;
  try {
    using database = openShared(config.catalogueFile);
    if (database === null) return;
    createTransactor(database).notes.setCondition('vault', trouble, clock.nowMs());
  } catch (error) {
    log.debug({ error: describeError(error) }, 'The trouble could not be noted in the catalogue.');
  }
}

function serve(
  config: Config,
  log: Log,
  queries: StandingQueries,
  trouble: () => Trouble | null,
): Promise<AsyncDisposable> {
  const app = createApp({
    queries,
    content: createContent(config),
    trouble,
    basePath: config.basePath,
    allowedHosts: config.allowedHosts,
    version: programVersion,
    inboxes: inboxNames(config),
    commands: createCommands({ file: config.catalogueFile, clock }),
    timeZone: config.timeZone,
    nowMs: clock.nowMs,
    log,
  });
  return serveApp(app, { host: config.host, port: config.port });
}

/** Starts from the environment, and stops on SIGTERM and SIGINT. */
export async function runDaemon(): Promise<void> {
  const stop = new AbortController();
  // Not once: npm forwards a signal that its process group has received already.
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort());
  try {
    const config = loadConfig();
    const log = createLogger(config.log);
    await runReelhold(config, log, stop.signal);
    log.info({}, 'Reelhold has stopped.');
  } catch (error) {
    process.stderr.write(`Reelhold stops: ${explainFailure(error)}\n`);
    process.exitCode = 1;
    stop.abort();
  }
}
