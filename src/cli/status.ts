import { openForReading } from '#catalogue/database.ts';
import { createQueries, type Queries } from '#catalogue/queries.ts';
import { systemClock as clock } from '#clock.ts';
import type { Config } from '#config.ts';
import { displayName } from '#core/file-name.ts';
import type { Overview } from '#core/overview.ts';
import { programVersion } from '#version.ts';
import { en } from '#views/locales/en.ts';
import { readOverview } from '#web/page-facts.ts';
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
  const overview = readOverview(queries, null);
  const known = { inboxAddress: config.inbox.dir, version: programVersion, trouble: null };
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
    en.headline(overview, config.inbox.dir),
    ...en.why(overview),
    ...overview.notices.flatMap((notice) => {
      const { what, next } = en.notices.words(notice, sizeInWords);
      return [`- ${what} ${next}`];
    }),
    ...queries.places().flatMap((place) => placeInWords(config, place)),
    `Inbox ${config.inbox.dir}: ${counted(inboxWaiting, 'file waits', 'files wait')}${lookedInWords(config, queries)}.`,
    ...queries
      .arrivals(arrivalsShown)
      .items.map(
        (file) =>
          `  ${displayName(file.path)} (${sizeInWords(file.sizeBytes)}): ${en.arriving.state(file.state, file.reason)}`,
      ),
    ...(freeBytes === null ? [] : [`Free in the vault: ${sizeInWords(freeBytes)}.`]),
  ];
}

function lookedInWords({ timeZone }: Config, queries: Queries): string {
  const atMs = queries.condition('inbox:inbox')?.lastLookedAtMs ?? null;
  return atMs === null ? '' : `, last looked through ${timeInWords(atMs, timeZone)}`;
}
