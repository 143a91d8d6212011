import { sql } from 'drizzle-orm';
import { type EditSuggestion, type ShotVersion, suggestEdits } from '#core/suggest-edits.ts';
import type { Drizzle } from './database.ts';

/** Videos that seem to be edits of others; the owner merges them, or does not. */
export function readEditSuggestions(db: Drizzle): readonly EditSuggestion[] {
  const rows = db.all<ShotVersion>(sql`
    SELECT v.video_id AS video, videos.title AS title, v.name AS name, m.recorded_at_ms AS recordedAtMs,
           m.camera_make AS cameraMake, m.camera_model AS cameraModel
    FROM versions v JOIN media m ON m.digest = v.digest
    JOIN videos ON videos.id = v.video_id AND videos.trashed_at_ms IS NULL
    WHERE v.name LIKE 'IMG\\_%' ESCAPE '\\' AND m.recorded_at_ms IS NOT NULL ORDER BY v.seq`);
  return suggestEdits(rows);
}
