import { sql } from 'drizzle-orm';
import { isAskedFor } from '#core/plan-restore.ts';
import type { CatalogueDatabase } from './database.ts';

/** A video as whoever looks for its id needs it. */
export interface ListedVideo {
  readonly id: string;
  readonly title: string;
  /** Its folder in the readable tree, which begins with its year and day. */
  readonly folder: string;
  readonly versions: number;
  readonly trashed: boolean;
}

/** Videos with all of these words in title or day, those in the trash too; in the order of their days. */
export function listVideos({ db }: CatalogueDatabase, words: string): readonly ListedVideo[] {
  const rows = db.all<Omit<ListedVideo, 'trashed'> & { readonly trashed: number }>(sql`
    SELECT id, title, folder, trashed_at_ms IS NOT NULL AS trashed,
      (SELECT count(*) FROM versions WHERE video_id = videos.id) AS versions
    FROM videos
    WHERE EXISTS (SELECT 1 FROM versions WHERE video_id = videos.id)
      OR EXISTS (SELECT 1 FROM parts WHERE video_id = videos.id)
    ORDER BY folder, id`);
  return rows.filter((row) => isAskedFor(words, row)).map((row) => ({ ...row, trashed: row.trashed !== 0 }));
}
