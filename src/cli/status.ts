import { openForReading } from '#catalogue/database.ts';
import { createQueries, type Queries, type Summary } from '#catalogue/queries.ts';
import { systemClock as clock } from '#clock.ts';
import type { Config } from '#config.ts';
import type { Verdict } from '#core/assess.ts';
import { displayName } from '#core/file-name.ts';
import { programVersion } from '#version.ts';
import { exitCodes } from './exit-codes.ts';
import { counted, sizeInWords, timeInWords } from './words.ts';

/** Says how things stand, from the catalogue alone; 0 where all is safe or empty, 3 where not all is proven. */
export function runStatus(config: Config, { json }: { json: boolean }): number {
  using database = openForReading(config.catalogueFile);
  if (database === null) {
    process.stdout.write(
      json ? '{"videosTotal":0}\n' : `There is no archive yet. "reelhold start" makes one.\n`,
    );
    return exitCodes.done;
  }
  const queries = createQueries(database, clock.nowMs);
  const summary = queries.summary();
  if (json) process.stdout.write(`${JSON.stringify({ ...summary, version: programVersion }, null, 2)}\n`);
  else process.stdout.write(statusInWords(config, queries, summary));
  return summary.videosTotal === 0 || summary.verdict === 'safe' ? exitCodes.done : exitCodes.notAllProven;
}

const verdictWords: Readonly<Record<Verdict, string>> = {
  safe: 'Safe',
  'on-its-way': 'On its way',
  'needs-you': 'Needs you',
  'dont-know': "Don't know",
};

function statusInWords(config: Config, queries: Queries, summary: Summary): string {
  const lines = [`${summary.videosTotal === 0 ? 'No videos yet' : verdictWords[summary.verdict]}.`];
  if (summary.videosTotal > 0) {
    lines.push(
      `${counted(summary.videosTotal, 'video', 'videos')} (${counted(summary.versionsTotal, 'version', 'versions')}), ` +
        `${summary.videosSafe} safe, ${summary.videosAtRisk} without a copy that was read back.`,
    );
    if (summary.reasons.includes('too-few-places'))
      lines.push('They are on this machine only: if it breaks, they are gone.');
  }
  const inbox = queries.condition('inbox:inbox');
  const looked = inbox?.lastLookedAtMs;
  lines.push(
    `Inbox ${config.inbox.dir}: ${counted(summary.inboxWaiting, 'file waits', 'files wait')}` +
      `${looked === null || looked === undefined ? '' : `, last looked through ${timeInWords(looked, config.timeZone)}`}.`,
  );
  for (const arrival of queries.arrivals(5).items) {
    lines.push(
      `  ${displayName(arrival.path)} (${sizeInWords(arrival.sizeBytes)}): ${arrival.reason ?? arrival.state}`,
    );
  }
  if (summary.freeBytes !== null) lines.push(`Free in the vault: ${sizeInWords(summary.freeBytes)}.`);
  return `${lines.join('\n')}\n`;
}
