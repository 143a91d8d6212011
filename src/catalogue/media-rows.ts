import { and, eq, isNotNull, isNull, or } from 'drizzle-orm';
import { isVideoName } from '#core/candidates.ts';
import { isDigest } from '#core/digest.ts';
import type { MediaRows } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { media } from './schema/finding-tables.ts';
import { parts, versions } from './schema/journal-tables.ts';

export function createMediaRows(db: Drizzle): MediaRows {
  const put = (values: typeof media.$inferInsert) => {
    db.insert(media).values(values).onConflictDoUpdate({ target: media.digest, set: values }).run();
  };
  return {
    setFacts: (digest, facts, hasPoster) => put({ digest, ...facts, hasPoster, problem: null }),
    unprobed() {
      const isUnprobed = or(isNull(media.digest), eq(media.problem, 'no-tool'));
      const found = [versions, parts].flatMap((table) =>
        db
          .select({ digest: table.digest, name: table.name })
          .from(table)
          .leftJoin(media, eq(media.digest, table.digest))
          .where(isUnprobed)
          .all()
          .filter(({ name }) => table === versions || isVideoName(name)),
      );
      return [...new Set(found.map(({ digest }) => digest))].filter((digest) => isDigest(digest));
    },
    setStreams(digest, key) {
      db.update(media)
        .set({ streams: key ?? '' })
        .where(eq(media.digest, digest))
        .run();
    },
    unhashed: (limit) =>
      db
        .select({ digest: versions.digest, sizeBytes: versions.sizeBytes })
        .from(media)
        .innerJoin(versions, eq(versions.digest, media.digest))
        .where(and(isNull(media.streams), isNull(media.problem), isNotNull(media.videoCodec)))
        .limit(limit)
        .all()
        .flatMap(({ digest, sizeBytes }) => (isDigest(digest) ? [{ digest, sizeBytes }] : [])),
    couldOpen: (digest) =>
      db
        .select({ digest: media.digest })
        .from(media)
        .where(and(eq(media.digest, digest), isNull(media.problem)))
        .get() !== undefined,
    setProblem: (digest, problem) => put({ digest, problem }),
  };
}
