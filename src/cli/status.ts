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
import { placeInWords } from './location.ts';
import { counted, sizeInWords, timeInWords } from './words.ts';

/** Says how things stand, as the page does, from the catalogue alone; 0 where all is safe or empty, else 3. */
export function runStatus(config: Config, { json }: { json: boolean }): number {
  using database = openForReading(config.catalogueFile);
  if (database === null) {
    process.stdout.write(
      json ? '{"videosTotal":0}\n' : 'There is no archive yet. "reelhold start" makes one.\n',
    );
    return exitCodes.done;
  }
  const queries = createQueries(database, clock.nowMs);
  const overview = readOverview(queries, inboxNames(config), null);
  const known = { inboxes: inboxNames(config), version: programVersion, trouble: null };
  const text = json
    ? JSON.stringify(readSummary(queries, known), null, 2)
    : statusInWords(config, queries, overview).join('\n');
  process.stdout.write(`${text}\n`);
  return overview.videosTotal === 0 || overview.level === 'safe' ? exitCodes.done : exitCodes.notAllProven;
}

const arrivalsShown = 5;

function statusInWords(config: Config, queries: Queries, overview: Overview): string[] {
  const { inboxWaiting, freeBytes } = queries.summary();
  return [
    en.headline(overview, config.inboxes[0].dir),
    ...en.why(overview),
    ...overview.notices.flatMap((notice) => {
      const { what, next } = en.notices.words(notice, sizeInWords);
      return [`- ${what} ${next}`];
    }),
    ...queries.places().flatMap((place) => placeInWords(config, place)),
    ...readInboxes(queries, inboxNames(config)).flatMap((inbox) => inboxInWords(config, inbox)),
    `${counted(inboxWaiting, 'file waits', 'files wait')} to be saved.`,
    ...arrivalsInWords(queries.arrivals(arrivalsShown).items),
    ...(freeBytes === null ? [] : [`Free in the vault: ${sizeInWords(freeBytes)}.`]),
  ];
}

/** What is coming, then what waits for something, under its own heading as on the page. */
function arrivalsInWords(files: readonly Arrival[]): string[] {
  const line = ({ path, sizeBytes, state, reason }: Arrival) =>
    `  ${displayName(path)} (${sizeInWords(sizeBytes)}): ${en.arriving.state(state, reason)}`;
  const waiting = files.filter(({ state }) => state === 'waiting');
  return [
    ...files.filter(({ state }) => state !== 'waiting').map(line),
    ...(waiting.length === 0 ? [] : [`${en.arriving.waiting}:`, ...waiting.map(line)]),
  ];
}

function inboxInWords({ timeZone }: Config, { name, condition }: InboxProps): string[] {
  if (condition === null) return [`Inbox ${displayName(name)}: not looked at yet.`];
  const { arriving } = en;
  const { state, watching, lastLookedAtMs, ignored, left } = condition;
  const how = state === 'gone' ? arriving.away : arriving.watching(watching);
  const looked =
    lastLookedAtMs === null ? '' : ` Last looked through ${timeInWords(lastLookedAtMs, timeZone)}.`;
  const rest = [arriving.ignored(ignored), left.total > 0 ? arriving.notVideos(left.total) : ''];
  return [
    `Inbox ${displayName(name)}: ${how}${looked}`,
    ...rest.filter((words) => words !== '').map((words) => `  ${words}`),
  ];
}
