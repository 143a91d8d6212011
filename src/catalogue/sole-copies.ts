import { sql } from 'drizzle-orm';
import type { SoleCopies } from '#core/plan-removal.ts';
import type { Drizzle } from './database.ts';

/**
 * Counts the videos, also those in the trash, of which something is nowhere else as far as is known. A copy here counts
 * until it was found bad or gone; one elsewhere only where it was read back, and its place was not removed.
 */
export function countSoleCopies(db: Drizzle, location: string, vault: string): SoleCopies {
  const goodElsewhere = sql`
    SELECT 1 FROM copies o WHERE o.digest = c.digest AND o.location <> ${location}
      AND o.state = 'present' AND o.proven_at_ms IS NOT NULL`;
  const stillPlaces = sql`SELECT id FROM locations WHERE NOT removed`;
  const isOnlyGood = sql`NOT EXISTS (${goodElsewhere} AND (o.location = ${vault} OR o.location IN (${stillPlaces})))`;
  const isOnlyOutside = sql`NOT EXISTS (${goodElsewhere} AND o.location <> ${vault} AND o.location IN (${stillPlaces}))`;
  return db.get<SoleCopies>(sql`
    SELECT count(DISTINCT video_id) FILTER (WHERE ${isOnlyGood}) AS onlyGood,
      count(DISTINCT video_id) FILTER (WHERE ${isOnlyOutside}) AS onlyOutside
    FROM (SELECT video_id, digest FROM versions UNION SELECT video_id, digest FROM parts) h
    JOIN copies c ON c.digest = h.digest AND c.location = ${location}
      AND c.state NOT IN ('missing', 'corrupt')`);
}
