import { and, eq, sql } from 'drizzle-orm';
import type { Drizzle } from './database.ts';
import { tombstones, versions, videos } from './schema/journal-tables.ts';

/** What the projector runs for each version, prepared once. */
export function createProjectorStatements(db: Drizzle) {
  const p = sql.placeholder;
  const naming = {
    name: p('name'),
    nameBase64: p('nameBase64'),
    nameKey: p('nameKey'),
    role: p('role'),
    how: p('how'),
    damaged: p('damaged'),
    modifiedAtMs: p('modifiedAtMs'),
  };
  return {
    videoByFolder: db
      .select({ id: videos.id })
      .from(videos)
      .where(eq(videos.folderKey, p('folderKey')))
      .prepare(),
    videoById: db
      .select({ id: videos.id, mergedInto: videos.mergedInto })
      .from(videos)
      .where(eq(videos.id, p('id')))
      .prepare(),
    putVideo: db
      .insert(videos)
      .values({
        id: p('id'),
        title: p('title'),
        folder: p('folder'),
        folderKey: p('folderKey'),
        projectKey: p('projectKey'),
        changedSeq: p('seq'),
      })
      .onConflictDoNothing()
      .prepare(),
    touchVideo: db
      .update(videos)
      .set({ changedSeq: sql`max(${videos.changedSeq}, ${p('seq')})`, libraryStale: true })
      .where(eq(videos.id, p('id')))
      .prepare(),
    putVersion: db
      .insert(versions)
      .values({
        id: p('id'),
        videoId: p('videoId'),
        number: p('number'),
        digest: p('digest'),
        ext: p('ext'),
        sizeBytes: p('sizeBytes'),
        takenAtMs: p('takenAtMs'),
        seq: p('seq'),
        ...naming,
      })
      .onConflictDoNothing()
      .prepare(),
    /** The same bytes were brought again after they had been deleted everywhere: they are held from now on. */
    raise: db
      .delete(tombstones)
      .where(eq(tombstones.digest, p('digest')))
      .prepare(),
    /** A version that comes again has been named since. */
    renameVersion: db
      .update(versions)
      .set(
        Object.fromEntries(
          Object.entries(naming).map(([column, value]) => [column, sql`${value}`]),
        ) as Record<keyof typeof naming, ReturnType<typeof sql>>,
      )
      .where(and(eq(versions.id, p('id')), eq(versions.digest, p('digest'))))
      .prepare(),
  };
}
