import { type SQL, sql } from 'drizzle-orm';
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
import { type AssetRole, roleOfPart, roleOfVersion } from '#core/asset-role.ts';
import type { ArchiveFacts } from '#core/overview.ts';
import { type Policies, policyOf } from '#core/policy.ts';
import { isClockBehind, judgingMs, latestBelievedMs, type ProofDates } from '#core/proof-dates.ts';
import { isExportedPart, isExportedVersion } from './data-exports.ts';
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
 * Judges every video, its parts with it, by judging each distinct situation once: files whose copies stand at the
 * same places, in the same states, with proofs of the same day, share a verdict if they have the same role.
 */
export function judgeArchive(
  db: Drizzle,
  rules: Rules,
  nowMs: number,
  dates: ProofDates,
): ArchiveFacts & { readonly versionsTotal: number } {
  const situations = db.all<{ situation: string | null; videos: number; versions: number }>(sql`
    SELECT situation, count(*) AS videos, sum(n) AS versions FROM (
      SELECT video_id, group_concat(DISTINCT situation) AS situation, sum(is_version) AS n FROM (
        SELECT f.video_id, f.is_version, ${situationOf(sql`f.role`, sql`f.digest`)} AS situation
        FROM (SELECT video_id, digest, iif(${isExportedVersion('versions')}, 'export', role) AS role, 1 AS is_version
              FROM versions
              UNION ALL SELECT video_id, digest, ${roleOfPartRow}, 0 FROM parts) f
        JOIN videos ON videos.id = f.video_id AND videos.trashed_at_ms IS NULL
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

/** Tells what a part is from what a version is. */
const partPrefix = 'part ';

/** What a file is, as text: a version's role, or a part's kind. */
export const roleOfPartRow: SQL = sql`${partPrefix} || iif(${isExportedPart('parts')}, 'export', parts.kind)`;

/** The situation of one file, as text: what it is, and its copies. */
export function situationOf(role: SQL, digest: SQL): SQL {
  return sql`${role} || '#' || coalesce((SELECT group_concat(
    c.location || '|' || c.state || '|' || coalesce(c.proven_at_ms / 86400000, ''), ';')
    FROM copies c WHERE c.digest = ${digest}), '')`;
}

/** What a file is to the policy, and where it stands. */
export interface FileSituation {
  readonly role: AssetRole;
  readonly copies: readonly CopyFacts[];
}

/** Each file's situation becomes its role and its list of copies, proofs dated to the start of their day. */
export function parseSituation(text: string): FileSituation[] {
  return text.split(',').map((file) => {
    const [name = '', copies = ''] = file.split('#');
    const role = name.startsWith(partPrefix)
      ? roleOfPart(name.slice(partPrefix.length))
      : roleOfVersion(name);
    return { role, copies: copies.split(';').flatMap(parseCopy) };
  });
}

function parseCopy(text: string): CopyFacts[] {
  const [location, state, provenDay] = text.split('|');
  if (location === undefined || location === '' || state === undefined) return [];
  const provenAtMs = provenDay === undefined || provenDay === '' ? null : Number(provenDay) * dayMs;
  return [{ location, state: state as CopyState, provenAtMs }];
}
