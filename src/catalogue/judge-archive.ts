import { sql } from 'drizzle-orm';
import {
  type Assessment,
  assess,
  type CopyFacts,
  type CopyState,
  dayMs,
  type Place,
  placesFor,
  type Reason,
  type Verdict,
  worstVerdict,
} from '#core/assess.ts';
import { type AssetRole, roleOfVersion } from '#core/asset-role.ts';
import type { ArchiveFacts } from '#core/overview.ts';
import { type Policies, policyOf } from '#core/policy.ts';
import { isClockBehind, judgingMs, latestBelievedMs, type ProofDates } from '#core/proof-dates.ts';
import type { Drizzle } from './database.ts';

/** The worst verdict of several, with all the reasons for it. */
export function worstOf(assessments: readonly Pick<Assessment, 'verdict' | 'reasons'>[]): {
  verdict: Verdict;
  reasons: readonly Reason[];
} {
  const verdict = worstVerdict(assessments.map((assessment) => assessment.verdict));
  const worst = assessments.filter((assessment) => assessment.verdict === verdict);
  return { verdict, reasons: [...new Set(worst.flatMap(({ reasons }) => reasons))] };
}

/** What verdicts go by. */
export interface Rules {
  readonly places: readonly Place[];
  readonly policies: Policies;
}

/** The verdict on one file of a video, by the policy and the places of its role. */
export function judgeFile(
  copies: readonly CopyFacts[],
  role: AssetRole,
  { places, policies }: Rules,
  nowMs: number,
): Assessment {
  return assess(copies, placesFor(places, role), policyOf(policies, role), nowMs);
}

/**
 * Judges every video by judging each distinct situation once: versions whose copies stand at the same places,
 * in the same states, with proofs of the same day, share a verdict if they have the same role.
 */
export function judgeArchive(
  db: Drizzle,
  rules: Rules,
  nowMs: number,
  dates: ProofDates,
): ArchiveFacts & { readonly versionsTotal: number } {
  const situations = db.all<{ situation: string | null; videos: number; versions: number }>(sql`
    SELECT situation, count(*) AS videos, sum(n) AS versions FROM (
      SELECT video_id, group_concat(DISTINCT situation) AS situation, count(*) AS n FROM (
        SELECT v.id, v.video_id, v.role || '#' || coalesce(group_concat(
                 c.location || '|' || c.state || '|' || coalesce(c.proven_at_ms / 86400000, ''), ';'), '') AS situation
        FROM versions v JOIN videos ON videos.id = v.video_id AND videos.trashed_at_ms IS NULL
        LEFT JOIN copies c ON c.digest = v.digest
        GROUP BY v.id
      ) GROUP BY video_id
    ) GROUP BY situation`);
  const totals = {
    ...{ videosTotal: 0, videosSafe: 0, videosAtRisk: 0 },
    ...{ videosDamaged: 0, videosUnreadable: 0, versionsTotal: 0 },
  };
  const judged: Pick<Assessment, 'verdict' | 'reasons'>[] = [];
  for (const row of situations) {
    const situation = parseSituation(row.situation ?? '');
    const assessments = situation.map(({ role, copies }) =>
      judgeFile(copies, role, rules, judgingMs(dates, nowMs)),
    );
    const worst = worstOf(assessments);
    judged.push(worst);
    totals.videosTotal += row.videos;
    totals.versionsTotal += row.versions;
    if (worst.verdict === 'safe') totals.videosSafe += row.videos;
    if (assessments.some((assessment) => assessment.proven === 0)) totals.videosAtRisk += row.videos;
    if (isDamaged(assessments)) totals.videosDamaged += row.videos;
    if (situation.some(({ copies }) => copies.some(({ state }) => state === 'unreachable')))
      totals.videosUnreadable += row.videos;
  }
  const lastProvenAtMs = dates.latestBelievedMs;
  return { ...worstOf(judged), ...totals, isClockBehind: isClockBehind(dates), lastProvenAtMs };
}

/** Reads when all copies were last read back; two passes over an index. */
export function readProofDates(db: Drizzle, nowMs: number): ProofDates {
  const believedMs = latestBelievedMs(nowMs);
  return db.get<ProofDates>(sql`SELECT
    count(proven_at_ms) AS proofs,
    count(*) FILTER (WHERE proven_at_ms > ${believedMs}) AS ahead,
    max(proven_at_ms) AS latestMs,
    max(proven_at_ms) FILTER (WHERE proven_at_ms <= ${believedMs}) AS latestBelievedMs
    FROM copies`);
}

function isDamaged(assessments: readonly Assessment[]): boolean {
  return assessments.some(
    ({ verdict, reasons }) =>
      verdict === 'needs-you' && (reasons.includes('damaged') || reasons.includes('no-copy')),
  );
}

/** Each version's situation becomes its role and its list of copies, proofs dated to the start of their day. */
function parseSituation(text: string): { readonly role: AssetRole; readonly copies: CopyFacts[] }[] {
  return text.split(',').map((version) => {
    const [role = '', copies = ''] = version.split('#');
    return { role: roleOfVersion(role), copies: copies.split(';').flatMap(parseCopy) };
  });
}

function parseCopy(text: string): CopyFacts[] {
  const [location, state, provenDay] = text.split('|');
  if (location === undefined || location === '' || state === undefined) return [];
  const provenAtMs = provenDay === undefined || provenDay === '' ? null : Number(provenDay) * dayMs;
  return [{ location, state: state as CopyState, provenAtMs }];
}
