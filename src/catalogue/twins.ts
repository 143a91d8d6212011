import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { Drizzle } from './database.ts';
import { media } from './schema/finding-tables.ts';
import { versions, videos } from './schema/journal-tables.ts';

/** A version of some video. */
export interface Twin {
  readonly version: string;
  readonly number: number;
  readonly video: string;
  readonly title: string;
}

/** Gives, for what the streams of a version come to, all versions of which that is so. */
export function readTwins(db: Drizzle, streams: readonly string[]): (streams: string) => readonly Twin[] {
  const asked = [...new Set(streams)].filter((key) => key !== '');
  const rows = db
    .select({
      ...{ version: versions.id, number: versions.number, video: videos.id, title: videos.title },
      streams: media.streams,
    })
    .from(media)
    .innerJoin(versions, eq(versions.digest, media.digest))
    .innerJoin(videos, eq(videos.id, versions.videoId))
    .where(and(inArray(media.streams, asked), isNull(videos.trashedAtMs)))
    .orderBy(asc(videos.title), asc(versions.number))
    .all();
  return (key) => rows.filter((row) => row.streams === key);
}
