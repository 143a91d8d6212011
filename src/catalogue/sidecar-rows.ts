import { eq, isNull, or, sql } from 'drizzle-orm';
import { isDigest } from '#core/digest.ts';
import type { SidecarRows } from '#core/ports/catalogue.ts';
import { type SidecarFacts, sidecarFormatOf } from '#core/sidecar-facts.ts';
import type { Drizzle } from './database.ts';
import { sidecarFacts } from './schema/finding-tables.ts';
import { parts, versions } from './schema/journal-tables.ts';

export function createSidecarRows(db: Drizzle): SidecarRows {
  return {
    setFacts(digest, facts) {
      const json = facts === null ? null : JSON.stringify(facts);
      db.insert(sidecarFacts)
        .values({ digest, json })
        .onConflictDoUpdate({ target: sidecarFacts.digest, set: { json } })
        .run();
    },
    facts(digest) {
      const row = db.select().from(sidecarFacts).where(eq(sidecarFacts.digest, digest)).get();
      return row?.json == null ? null : (JSON.parse(row.json) as SidecarFacts);
    },
    nameOf: (digest) =>
      db.select({ name: parts.name }).from(parts).where(eq(parts.digest, digest)).limit(1).get()?.name ??
      null,
    videosWith: (digest) =>
      db
        .selectDistinct({ video: parts.videoId })
        .from(parts)
        .where(eq(parts.digest, digest))
        .all()
        .map(({ video }) => ({
          video,
          fileNames: db
            .select({ name: versions.name })
            .from(versions)
            .where(eq(versions.videoId, video))
            .all()
            .map(({ name }) => name),
        })),
    unread: () =>
      db
        .selectDistinct({ digest: parts.digest, name: parts.name })
        .from(parts)
        .leftJoin(sidecarFacts, eq(sidecarFacts.digest, parts.digest))
        .where(sql`${or(eq(parts.ext, 'xmp'), eq(parts.ext, 'json'))} AND ${isNull(sidecarFacts.digest)}`)
        .all()
        .flatMap(({ digest, name }) => (isDigest(digest) && sidecarFormatOf(name) !== null ? [digest] : [])),
  };
}
