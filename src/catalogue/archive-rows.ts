import { and, asc, desc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { union } from 'drizzle-orm/sqlite-core';
import { type BlobRef, type Digest, parseDigest } from '#core/digest.ts';
import type { ArchiveRows, CopyRow } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { readLibraryVideos } from './library-videos.ts';
import { createProjector } from './projector.ts';
import { copies, meta, parts, segments, versions, videos } from './schema.ts';

/** The projection of the journal: what its records say, as rows. */
export function createArchiveRows(db: Drizzle): ArchiveRows {
  const statements = prepareStatements(db);
  const apply = createProjector(db);
  return {
    apply(segment, records) {
      if (statements.segment.get({ name: segment }) !== undefined) return;
      for (const record of records) if (record.kind !== 'unknown') apply(record);
      const last = records.reduce((most, record) => Math.max(most, record.seq), readLastSeq(db));
      statements.putMeta.run({ key: 'lastSeq', value: String(last) });
      statements.putSegment.run({ name: segment, atMs: Date.now() });
    },
    isApplied: (segment) => statements.segment.get({ name: segment }) !== undefined,
    lastSeq: () => readLastSeq(db),
    isHeld: (digest) => statements.versionByDigest.get({ digest }) !== undefined,
    heldVersion(digest) {
      const row = statements.versionByDigest.get({ digest });
      if (row === undefined) return null;
      return {
        video: row.video,
        version: row.version,
        trashed: row.trashedAtMs !== null,
        takenAtMs: row.takenAtMs,
      };
    },
    videoOfName: (nameKey, broughtBack) =>
      statements.videoByName.get({ nameKey, broughtBack: JSON.stringify(broughtBack) })?.video ?? null,
    isFolderTaken: (folderKey) => statements.videoByFolder.get({ folderKey }) !== undefined,
    video: (id) => readLibraryVideos(db, [id])[0] ?? null,
    versionById(id) {
      const row = db.select().from(versions).where(eq(versions.id, id)).get();
      return row === undefined
        ? null
        : { video: row.videoId, digest: parseDigest(row.digest), name: row.name };
    },
    countSeenAgain(id) {
      db.update(versions)
        .set({ seenAgain: sql`${versions.seenAgain} + 1` })
        .where(eq(versions.id, id))
        .run();
    },
    setCopy: (copy) => {
      statements.putCopy.run({ ...copy });
    },
    copy(digest, location) {
      const row = db
        .select()
        .from(copies)
        .where(and(eq(copies.digest, digest), eq(copies.location, location)))
        .get();
      return row === undefined ? null : ({ ...row, digest } as CopyRow);
    },
    unprovenCopies(location, beforeMs, limit) {
      const rows = db
        .select({ digest: copies.digest })
        .from(copies)
        .where(
          and(
            eq(copies.location, location),
            eq(copies.state, 'present'),
            or(isNull(copies.provenAtMs), lt(copies.provenAtMs, beforeMs)),
          ),
        )
        .orderBy(asc(copies.provenAtMs))
        .limit(limit)
        .all();
      return rows.flatMap((row) => readBlobRef(db, parseDigest(row.digest)) ?? []);
    },
    blobRef: (digest) => readBlobRef(db, digest),
    allDigests() {
      const rows = union(
        db.select({ digest: versions.digest }).from(versions),
        db.select({ digest: parts.digest }).from(parts),
      );
      return rows.all().map((row) => parseDigest(row.digest));
    },
  };
}

function prepareStatements(db: Drizzle) {
  const p = sql.placeholder;
  return {
    segment: db
      .select()
      .from(segments)
      .where(eq(segments.name, p('name')))
      .prepare(),
    putSegment: db
      .insert(segments)
      .values({ name: p('name'), appliedAtMs: p('atMs') })
      .prepare(),
    putMeta: db
      .insert(meta)
      .values({ key: p('key'), value: p('value') })
      .onConflictDoUpdate({ target: meta.key, set: { value: sql`excluded.value` } })
      .prepare(),
    versionByDigest: db
      .select({
        video: versions.videoId,
        version: versions.id,
        takenAtMs: versions.takenAtMs,
        trashedAtMs: videos.trashedAtMs,
      })
      .from(versions)
      .innerJoin(videos, eq(videos.id, versions.videoId))
      .where(eq(versions.digest, p('digest')))
      .prepare(),
    videoByName: db
      .select({ video: versions.videoId })
      .from(versions)
      .innerJoin(videos, eq(videos.id, versions.videoId))
      .where(
        and(
          eq(versions.nameKey, p('nameKey')),
          or(
            isNull(videos.trashedAtMs),
            sql`${videos.id} IN (SELECT value FROM json_each(${p('broughtBack')}))`,
          ),
        ),
      )
      .orderBy(desc(versions.seq))
      .limit(1)
      .prepare(),
    videoByFolder: db
      .select({ id: videos.id })
      .from(videos)
      .where(eq(videos.folderKey, p('folderKey')))
      .prepare(),
    putCopy: db
      .insert(copies)
      .values({
        digest: p('digest'),
        location: p('location'),
        state: p('state'),
        listedAtMs: p('listedAtMs'),
        provenAtMs: p('provenAtMs'),
      })
      .onConflictDoUpdate({
        target: [copies.digest, copies.location],
        set: {
          state: sql`excluded.state`,
          listedAtMs: sql`excluded.listed_at_ms`,
          provenAtMs: sql`excluded.proven_at_ms`,
        },
      })
      .prepare(),
  };
}

function readLastSeq(db: Drizzle): number {
  return Number(db.select().from(meta).where(eq(meta.key, 'lastSeq')).get()?.value ?? 0);
}

function readBlobRef(db: Drizzle, digest: Digest): BlobRef | null {
  const row =
    db.select({ ext: versions.ext }).from(versions).where(eq(versions.digest, digest)).get() ??
    db.select({ ext: parts.ext }).from(parts).where(eq(parts.digest, digest)).get();
  return row === undefined ? null : { digest, ext: row.ext };
}
