import { sql } from 'drizzle-orm';
import type { CopyState } from '#core/assess.ts';
import type { ReportFile } from '#core/report.ts';
import type { Drizzle } from './database.ts';

interface Row {
  readonly id: string;
  readonly video: string;
  readonly title: string;
  readonly number: number | null;
  readonly name: string;
  readonly digest: string;
  readonly size_bytes: number;
  readonly taken_at_ms: number;
  readonly location: string | null;
  readonly state: CopyState | null;
  readonly proven_at_ms: number | null;
}

/**
 * Every video with all that is held of it together, the video first of which the oldest file came first; of each its
 * versions and parts as they came, a version before the parts that came with it; with all copies.
 */
export function readReport(db: Drizzle): readonly ReportFile[] {
  const files = new Map<string, ReportFile & { copies: ReportFile['copies'][number][] }>();
  const rows = db.all<Row>(sql`
    SELECT held.*, min(held.taken_at_ms) OVER (PARTITION BY held.video) AS since_ms, videos.title, c.location, c.state, c.proven_at_ms
    FROM (
      SELECT id, video_id AS video, number, name, digest, size_bytes, taken_at_ms FROM versions
      UNION ALL
      SELECT id, video_id, NULL, CASE WHEN path IS NULL THEN name ELSE path || '/' || name END,
        digest, size_bytes, taken_at_ms
      FROM parts
    ) held
    JOIN videos ON videos.id = held.video AND videos.trashed_at_ms IS NULL
    LEFT JOIN copies c ON c.digest = held.digest
    ORDER BY since_ms, held.video, held.taken_at_ms, held.number IS NULL, held.number, held.name, held.id, c.location`);
  for (const { id, location, state, ...row } of rows) {
    const file = files.get(id) ?? {
      ...{ video: row.video, title: row.title, number: row.number, name: row.name, digest: row.digest },
      ...{ sizeBytes: row.size_bytes, takenAtMs: row.taken_at_ms, copies: [] },
    };
    files.set(id, file);
    if (location !== null && state !== null) {
      file.copies.push({ location, state, provenAtMs: row.proven_at_ms });
    }
  }
  return [...files.values()];
}
