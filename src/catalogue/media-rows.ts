import { eq, isNull, or } from 'drizzle-orm';
import { isDigest } from '#core/digest.ts';
import type { MediaRows } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { media, versions } from './schema.ts';

export function createMediaRows(db: Drizzle): MediaRows {
  const put = (values: typeof media.$inferInsert) => {
    db.insert(media).values(values).onConflictDoUpdate({ target: media.digest, set: values }).run();
  };
  return {
    setFacts: (digest, facts, hasPoster) => put({ digest, ...facts, hasPoster, problem: null }),
    unprobed: () =>
      db
        .select({ digest: versions.digest })
        .from(versions)
        .leftJoin(media, eq(media.digest, versions.digest))
        .where(or(isNull(media.digest), eq(media.problem, 'no-tool')))
        .all()
        .flatMap(({ digest }) => (isDigest(digest) ? [digest] : [])),
    problem: (digest) =>
      db.select({ problem: media.problem }).from(media).where(eq(media.digest, digest)).get()?.problem ??
      null,
    setProblem: (digest, problem) => put({ digest, problem }),
  };
}
