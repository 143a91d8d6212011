import { sql } from 'drizzle-orm';
import type { Place } from '#core/assess.ts';
import { assetRoles } from '#core/asset-role.ts';
import type { Drizzle } from './database.ts';
import { heldFiles } from './place-rows.ts';

/** What of the files that belong to a place is there. */
export interface PlaceCounts {
  /** How many files belong there. */
  readonly wanted: number;
  /** Of these, how many were read back within the place's promise. */
  readonly proven: number;
  /** Of these, how many read back wrong, or are gone. */
  readonly bad: number;
  readonly provenBytes: number;
  readonly lastProvenAtMs: number | null;
}

export const noCopies: PlaceCounts = {
  ...{ wanted: 0, proven: 0, bad: 0 },
  ...{ provenBytes: 0, lastProvenAtMs: null },
};

/** Counts the copies at every place; one pass over the archive for each. */
export function countCopies(
  db: Drizzle,
  places: readonly Place[],
  nowMs: number,
): ReadonlyMap<string, PlaceCounts> {
  return new Map(places.map((place) => [place.location, countAt(db, place, nowMs)]));
}

function countAt(db: Drizzle, place: Place, nowMs: number): PlaceCounts {
  const sinceMs = nowMs - place.promiseMs;
  const isProven = sql`c.state = 'present' AND c.proven_at_ms >= ${sinceMs}`;
  return db.get<PlaceCounts>(sql`
    SELECT count(*) AS wanted,
      count(*) FILTER (WHERE ${isProven}) AS proven,
      count(*) FILTER (WHERE c.state IN ('corrupt', 'missing')) AS bad,
      coalesce(sum(h.size_bytes) FILTER (WHERE ${isProven}), 0) AS provenBytes,
      max(c.proven_at_ms) AS lastProvenAtMs
    FROM (SELECT digest, max(size_bytes) AS size_bytes FROM (${heldFiles})
          WHERE NOT trashed AND role IN (SELECT value FROM json_each(${JSON.stringify(place.roles ?? assetRoles)}))
          GROUP BY digest) h
    LEFT JOIN copies c ON c.digest = h.digest AND c.location = ${place.location}`);
}
