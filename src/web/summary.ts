import type { Queries } from '#catalogue/queries.ts';
import type { Verdict } from '#core/assess.ts';
import { en } from '#views/locales/en.ts';
import { readOverview } from '#web/page-facts.ts';

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

/** How things stand, flat, for dashboards and scripts: sizes in bytes, times in ISO 8601. */
export function readSummary(queries: Queries, inboxAddress: string, version: string) {
  const facts = readOverview(queries);
  const { inboxWaiting, freeBytes } = queries.summary();
  return {
    verdict: verdictName(facts.level),
    verdictText: en.headline(facts, inboxAddress),
    videosTotal: facts.videosTotal,
    videosSafe: facts.videosSafe,
    videosAtRisk: facts.videosAtRisk,
    videosDamaged: facts.videosDamaged,
    inboxWaiting,
    freeBytes,
    lastLookedAt: isoTime(queries.condition('inbox:inbox')?.lastLookedAtMs ?? null),
    lastReadBackAt: isoTime(facts.lastProvenAtMs),
    version,
  };
}

/** ISO 8601 in UTC; null stays null. */
export function isoTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
