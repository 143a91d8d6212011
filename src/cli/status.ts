import { openForReading } from '#catalogue/database.ts';
import { type Arrival, createQueries, type Queries } from '#catalogue/queries.ts';
import { systemClock as clock } from '#clock.ts';
import { type Config, inboxNames } from '#config.ts';
import { displayName } from '#core/file-name.ts';
import type { Overview } from '#core/overview.ts';
import { programVersion } from '#version.ts';
import type { InboxProps } from '#views/inbox.ts';
import { en } from '#views/locales/en.ts';
import { readInboxes, readOverview } from '#web/page-facts.ts';
import { readSummary } from '#web/summary.ts';
import { exitCodes } from './exit-codes.ts';
import { isRunning } from './is-running.ts';
import { placeInWords } from './location.ts';
import { counted, sizeInWords, timeInWords } from './words.ts';

/** Says how things stand, as the page does, from the catalogue, and whether anything runs; 0 where all is safe or empty, else 3. */
export async function runStatus(config: Config, { json }: { json: boolean }): Promise<number> {
  using database = openForReading(config.catalogueFile);
  if (database === null) {
    process.stdout.write(
      json ? '{"videosTotal":0}\n' : 'There is no archive yet. "reelhold start" makes one.\n',
    );
    return exitCodes.done;
  }
  const running = await isRunning(config);
  const queries = createQueries(database, clock.nowMs);
  const overview = readOverview(queries, inboxNames(config), null);
  const known = { inboxes: inboxNames(config), version: programVersion, trouble: null };
  const text = json
    ? JSON.stringify({ ...readSummary(queries, known), running }, null, 2)
    : statusInWords(config, queries, { overview, running }).join('\n');
  process.stdout.write(`${text}\n`);
  return overview.videosTotal === 0 || overview.level === 'safe' ? exitCodes.done : exitCodes.notAllProven;
}

const arrivalsShown = 5;

/** Where nothing runs, what is said of work that goes on is left out: the rest is what is known. */
function statusInWords(
  config: Config,
  queries: Queries,
  { overview, running }: { readonly overview: Overview; readonly running: boolean },
): string[] {
  const { inboxWaiting, freeBytes } = queries.summary();
  return [
    ...(running ? [] : [en.stopped.headline]),
    en.headline(overview, config.inboxes[0].dir),
    ...(running || overview.headline !== 'on-its-way' ? en.why(overview) : []),
    ...overview.notices.flatMap((notice) => {
      const { what, next } = en.notices.words(notice, sizeInWords);
      return [`- ${what} ${next}`];
    }),
    ...queries.places().flatMap((place) => placeInWords(config, place, running)),
    ...readInboxes(queries, inboxNames(config)).flatMap((inbox) => inboxInWords(config, inbox, running)),
    `${counted(inboxWaiting, 'file waits', 'files wait')} to be saved.`,
    ...arrivalsInWords(queries.arrivals(arrivalsShown).items, running),
    ...(freeBytes === null ? [] : [`Free in the vault: ${sizeInWords(freeBytes)}.`]),
  ];
}

/** What is coming, then what waits for something, under its own heading as on the page. */
function arrivalsInWords(files: readonly Arrival[], running: boolean): string[] {
  const stateOf = ({ state, reason }: Arrival) =>
    running || (state !== 'settling' && state !== 'taking')
      ? en.arriving.state(state, reason)
      : en.stopped.file;
  const line = (file: Arrival) =>
    `  ${displayName(file.path)} (${sizeInWords(file.sizeBytes)}): ${stateOf(file)}`;
  const waiting = files.filter(({ state }) => state === 'waiting');
  return [
    ...files.filter(({ state }) => state !== 'waiting').map(line),
    ...(waiting.length === 0 ? [] : [`${en.arriving.waiting}:`, ...waiting.map(line)]),
  ];
}

function inboxInWords({ timeZone }: Config, { name, condition }: InboxProps, running: boolean): string[] {
  if (condition === null) return [`Inbox ${displayName(name)}: not looked at yet.`];
  const { arriving } = en;
  const { state, watching, lastLookedAtMs, ignored, left } = condition;
  const watched = running ? arriving.watching(watching) : en.stopped.inbox;
  const how = state === 'gone' ? arriving.away : watched;
  const looked =
    lastLookedAtMs === null ? '' : ` Last looked through ${timeInWords(lastLookedAtMs, timeZone)}.`;
  const rest = [arriving.ignored(ignored), left.total > 0 ? arriving.notVideos(left.total) : ''];
  return [
    `Inbox ${displayName(name)}: ${how}${looked}`,
    ...rest.filter((words) => words !== '').map((words) => `  ${words}`),
  ];
}
