import { sql } from 'drizzle-orm';
import { parseDigest } from '#core/digest.ts';
import type { CopyToProve } from '#core/plan-proof.ts';
import type { ProofRows } from '#core/ports/proofs.ts';
import type { Drizzle } from './database.ts';

interface FoundCopy {
  readonly digest: string;
  readonly ext: string;
  readonly size_bytes: number;
  readonly proven_at_ms: number | null;
}

/** What is known of a copy's blob; a version's index is asked first, parts have none. */
const blobOf = (column: 'ext' | 'size_bytes') => {
  const from = (table: 'versions' | 'parts') =>
    sql.raw(`(SELECT ${column} FROM ${table} WHERE digest = c.digest LIMIT 1)`);
  return sql`coalesce(${from('versions')}, ${from('parts')})`;
};
const sizeOf = blobOf('size_bytes');
const isBad = sql`state IN ('corrupt', 'missing', 'unreachable')`;

export function createProofRows(db: Drizzle): ProofRows {
  const find = (
    location: string,
    condition: ReturnType<typeof sql>,
    order: ReturnType<typeof sql>,
    limit: number,
  ) =>
    db
      .all<FoundCopy>(sql`
        SELECT digest, ${blobOf('ext')} AS ext, ${sizeOf} AS size_bytes, proven_at_ms
        FROM copies c
        WHERE location = ${location} AND ${condition} AND ${sizeOf} IS NOT NULL
        ORDER BY ${order} LIMIT ${limit}`)
      .map(toCopy);

  /** The index on location and proof gives each of these in order, without looking at the others. */
  const present = (location: string, condition: ReturnType<typeof sql>, limit: number) =>
    find(location, sql`state = 'present' AND ${condition}`, sql`proven_at_ms`, limit);

  const sum = (location: string, condition: ReturnType<typeof sql>): number =>
    db.get<{ bytes: number }>(sql`
      SELECT coalesce(sum(${sizeOf}), 0) AS bytes FROM copies c
      WHERE location = ${location} AND state = 'present' AND ${condition}`).bytes;

  return {
    longestUnread(location, believedMs, limit) {
      const found: CopyToProve[] = [];
      for (const condition of [
        sql`proven_at_ms IS NULL`,
        sql`proven_at_ms > ${believedMs}`,
        sql`proven_at_ms <= ${believedMs}`,
      ]) {
        if (found.length < limit) found.push(...present(location, condition, limit - found.length));
      }
      return found;
    },
    notThere: (location, { beforeMs, believedMs }, limit) =>
      find(
        location,
        sql`state <> 'present' AND (listed_at_ms IS NULL OR listed_at_ms < ${beforeMs} OR listed_at_ms > ${believedMs})`,
        sql`listed_at_ms, digest`,
        limit,
      ),
    bad: (location) =>
      db.get<{ files: number; bytes: number }>(sql`
        SELECT count(*) AS files, coalesce(sum(size_bytes), 0) AS bytes FROM (
          SELECT ${sizeOf} AS size_bytes FROM copies c WHERE location = ${location} AND ${isBad})
        WHERE size_bytes IS NOT NULL`),
    damaged: (location) =>
      db.get<{ files: number }>(sql`
        SELECT count(*) AS files FROM copies c
        WHERE location = ${location} AND state IN ('corrupt', 'unreachable') AND ${sizeOf} IS NOT NULL`)
        .files,
    troubled: (location, limit) =>
      db
        .all<Pick<FoundCopy, 'digest' | 'size_bytes'>>(sql`
          SELECT digest, iif(state = 'missing', 0, ${sizeOf}) AS size_bytes FROM copies c
          WHERE location = ${location} AND ${isBad} AND ${sizeOf} IS NOT NULL
          ORDER BY listed_at_ms, digest LIMIT ${limit}`)
        .map(({ digest, size_bytes }) => ({ digest: parseDigest(digest), sizeBytes: size_bytes })),
    heldBytes: (location) => sum(location, sql`true`),
    bytesProvenBetween: (location, fromMs, toMs) =>
      sum(location, sql`proven_at_ms BETWEEN ${fromMs} AND ${toMs}`),
  };
}

function toCopy(row: FoundCopy): CopyToProve {
  return {
    digest: parseDigest(row.digest),
    ext: row.ext,
    sizeBytes: row.size_bytes,
    provenAtMs: row.proven_at_ms,
  };
}
