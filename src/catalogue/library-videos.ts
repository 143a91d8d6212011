import { asc, eq, inArray, sql } from 'drizzle-orm';
import { parseDigest } from '#core/digest.ts';
import type { PartKind, Role } from '#core/journal-record.ts';
import type { StaleVideo } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { parts, versions, videos } from './schema/journal-tables.ts';

/** Videos with all their files, as the readable tree shows them; those of unknown ids are left out. */
export function readLibraryVideos(db: Drizzle, ids: readonly string[]): StaleVideo[] {
  const wanted = [...ids];
  const videoRows = db.select().from(videos).where(inArray(videos.id, wanted)).all();
  const versionRows = groupByVideo(
    db.select().from(versions).where(inArray(versions.videoId, wanted)).orderBy(asc(versions.number)).all(),
  );
  const partRows = groupByVideo(
    db
      .select()
      .from(parts)
      .where(inArray(parts.videoId, wanted))
      .orderBy(asc(parts.seq), sql`${parts}.rowid`)
      .all(),
  );
  return videoRows.map((video) => ({
    id: video.id,
    title: video.title,
    folder: video.folder,
    trashed: video.trashedAtMs !== null,
    versions: (versionRows.get(video.id) ?? []).map((row) => ({
      digest: parseDigest(row.digest),
      ext: row.ext,
      number: row.number,
      role: row.role as Role,
    })),
    parts: (partRows.get(video.id) ?? []).map((row) => ({
      digest: parseDigest(row.digest),
      ext: row.ext,
      part: row.id,
      kind: row.kind as PartKind,
      name: row.name,
      path: row.path,
    })),
  }));
}

function groupByVideo<Row extends { readonly videoId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, (row) => row.videoId);
}

/** The video that a video has become, where it was merged into another; itself otherwise. */
export function resolveVideo(db: Drizzle, id: string): string {
  const seen = new Set<string>();
  for (let current = id; ; ) {
    const row = db.select({ into: videos.mergedInto }).from(videos).where(eq(videos.id, current)).get();
    seen.add(current);
    if (row === undefined || row.into === null || seen.has(row.into)) return current;
    current = row.into;
  }
}
