import { and, desc, eq, isNull } from 'drizzle-orm';
import { type BlobRef, blobPath, type Digest } from '#core/digest.ts';
import type { CatalogueDatabase } from './database.ts';
import { copies, media } from './schema/finding-tables.ts';
import { versions, videos } from './schema/journal-tables.ts';
import { guarding } from './sqlite-errors.ts';

/** A version that stands at a place, with what its video is called. */
export interface StandingVersion extends BlobRef {
  readonly videoId: string;
  readonly title: string;
  /** `YYYY/YYYY-MM-DD Title` */
  readonly folder: string;
  readonly number: number;
  readonly path: string;
  readonly sizeBytes: number;
  readonly durationMs: number | null;
  readonly hasPoster: boolean;
}

/** All versions that stand at a place, of videos that are not in the trash: newest day first, each video's newest first. */
export function standingVersions(database: CatalogueDatabase, location: string): readonly StandingVersion[] {
  const rows = guarding('read', database, () =>
    database.db
      .select({
        videoId: videos.id,
        title: videos.title,
        folder: videos.folder,
        number: versions.number,
        digest: versions.digest,
        ext: versions.ext,
        sizeBytes: versions.sizeBytes,
        durationMs: media.durationMs,
        hasPoster: media.hasPoster,
      })
      .from(copies)
      .innerJoin(versions, eq(versions.digest, copies.digest))
      .innerJoin(videos, eq(videos.id, versions.videoId))
      .leftJoin(media, eq(media.digest, versions.digest))
      .where(and(eq(copies.location, location), eq(copies.state, 'present'), isNull(videos.trashedAtMs)))
      .orderBy(desc(videos.folder), videos.id, desc(versions.number))
      .all(),
  );
  return rows.map((row) => {
    const ref = { digest: row.digest as Digest, ext: row.ext };
    return { ...row, ...ref, path: blobPath(ref), hasPoster: row.hasPoster === true };
  });
}
