import type { Queries } from '#catalogue/queries.ts';
import type { Verdict } from '#core/assess.ts';
import { type Notice, noticeOf } from '#core/overview.ts';
import type { Trouble } from '#core/trouble.ts';
import { en } from '#views/locales/en.ts';
import { readInboxes, readOverview } from '#web/page-facts.ts';

const verdictNames: Readonly<Record<Verdict, string>> = {
  safe: 'safe',
  'on-its-way': 'onItsWay',
  'needs-you': 'needsYou',
  'dont-know': 'dontKnow',
};

/** The name of a verdict for programs. */
export function verdictName(verdict: Verdict): string {
  return verdictNames[verdict];
}

/** What is known without the catalogue. */
export interface Known {
  readonly inboxes: readonly [string, ...string[]];
  readonly version: string;
  readonly trouble: Trouble | null;
}

/** How things stand, flat, for dashboards and scripts: sizes in bytes, times in ISO 8601. */
export function readSummary(queries: Queries, known: Known) {
  const { inboxes, version, trouble } = known;
  const facts = readOverview(queries, inboxes, trouble);
  const { inboxWaiting, freeBytes } = queries.summary();
  const places = queries.places();
  return {
    verdict: verdictName(facts.level),
    verdictText: en.headline(facts, inboxes[0]),
    trouble: troubleInWords(facts.notices),
    videosTotal: facts.videosTotal,
    videosSafe: facts.videosSafe,
    videosAtRisk: facts.videosAtRisk,
    videosDamaged: facts.videosDamaged,
    placesTotal: places.length,
    placesAway: places.filter(({ condition }) => condition?.presence.state !== 'present').length,
    inboxWaiting,
    freeBytes,
    lastLookedAt: isoTime(lastLookedAtMs(queries, inboxes)),
    lastReadBackAt: isoTime(facts.lastProvenAtMs),
    version,
  };
}

/** When all of them had been looked through for the last time; null where one never was. */
function lastLookedAtMs(queries: Queries, inboxes: readonly string[]): number | null {
  const times = readInboxes(queries, inboxes).map(({ condition }) => condition?.lastLookedAtMs ?? null);
  return times.reduce((first, time) => (first === null || time === null ? null : Math.min(first, time)));
}

/** The same where the catalogue cannot be asked: why, and nothing else, as nothing else is known. */
export function summaryWithout(trouble: Trouble, version: string): Record<string, unknown> {
  const words = troubleInWords([noticeOf(trouble)]);
  const unknown = Object.fromEntries(counted.map((name) => [name, null]));
  return { verdict: verdictNames['needs-you'], verdictText: words, trouble: words, ...unknown, version };
}

const counted = [
  ...['videosTotal', 'videosSafe', 'videosAtRisk', 'videosDamaged'],
  ...['placesTotal', 'placesAway', 'inboxWaiting', 'freeBytes'],
  ...['lastLookedAt', 'lastReadBackAt'],
];

/** What keeps the archive from being worked on, and what to do; null where nothing does. */
function troubleInWords(notices: readonly Notice[]): string | null {
  const notice = notices.find(({ kind }) => kind === 'trouble' || kind === 'vault');
  if (notice === undefined) return null;
  const { what, next } = en.notices.words(notice, String);
  return `${what} ${next}`;
}

/** ISO 8601 in UTC; null stays null. */
export function isoTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
