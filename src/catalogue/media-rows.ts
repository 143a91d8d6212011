import { eq } from 'drizzle-orm';
import { isDigest } from '#core/digest.ts';
import type { MediaRows } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { media } from './schema.ts';

export function createMediaRows(db: Drizzle): MediaRows {
  const put = (values: typeof media.$inferInsert) => {
    db.insert(media).values(values).onConflictDoUpdate({ target: media.digest, set: values }).run();
  };
  return {
    setFacts: (digest, facts, hasPoster) => put({ digest, ...facts, hasPoster, problem: null }),
    withoutTool: () =>
      db
        .select({ digest: media.digest })
        .from(media)
        .where(eq(media.problem, 'no-tool'))
        .all()
        .flatMap(({ digest }) => (isDigest(digest) ? [digest] : [])),
    setProblem: (digest, problem) => put({ digest, problem }),
  };
}
