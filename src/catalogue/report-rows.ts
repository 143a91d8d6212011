import { sql } from 'drizzle-orm';
import type { CopyState } from '#core/assess.ts';
import type { ReportFile } from '#core/report.ts';
import type { Drizzle } from './database.ts';

interface Row {
  readonly video: string;
  readonly title: string;
  readonly number: number;
  readonly name: string;
  readonly digest: string;
  readonly size_bytes: number;
  readonly taken_at_ms: number;
  readonly location: string | null;
  readonly state: CopyState | null;
  readonly proven_at_ms: number | null;
}

/** Every version that is held, the oldest first, with each of its copies. */
export function readReport(db: Drizzle): readonly ReportFile[] {
  const files = new Map<string, ReportFile & { copies: ReportFile['copies'][number][] }>();
  const rows = db.all<Row>(sql`
    SELECT v.video_id AS video, videos.title, v.number, v.name, v.digest, v.size_bytes, v.taken_at_ms,
      c.location, c.state, c.proven_at_ms
    FROM versions v JOIN videos ON videos.id = v.video_id AND videos.trashed_at_ms IS NULL
    LEFT JOIN copies c ON c.digest = v.digest
    ORDER BY v.taken_at_ms, v.digest, c.location`);
  for (const { location, state, ...row } of rows) {
    const file = files.get(row.digest) ?? {
      ...{ video: row.video, title: row.title, number: row.number, name: row.name, digest: row.digest },
      ...{ sizeBytes: row.size_bytes, takenAtMs: row.taken_at_ms, copies: [] },
    };
    files.set(row.digest, file);
    if (location !== null && state !== null) {
      file.copies.push({ location, state, provenAtMs: row.proven_at_ms });
    }
  }
  return [...files.values()];
}
