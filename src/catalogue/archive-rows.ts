import { and, asc, desc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { union } from 'drizzle-orm/sqlite-core';
import { type BlobRef, type Digest, parseDigest } from '#core/digest.ts';
import type { EventFacts, JournalRecord, PartFacts, VersionFacts } from '#core/journal-record.ts';
import { nameKeyOf } from '#core/plan-intake.ts';
import type { ArchiveRows, CopyRow } from '#core/ports/catalogue.ts';
import { foldName } from '#core/safe-name.ts';
import type { Drizzle } from './database.ts';
import { readLibraryVideos } from './library-videos.ts';
import { copies, meta, parts, segments, versions, videos } from './schema.ts';

/** The projection of the journal: what its records say, as rows. */
export function createArchiveRows(db: Drizzle): ArchiveRows {
  const statements = prepareStatements(db);
  const apply = createProjector(db, statements);
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
    videoOfName: (nameKey) => statements.videoByName.get({ nameKey })?.video ?? null,
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

type Statements = ReturnType<typeof prepareStatements>;

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
      .where(and(eq(versions.nameKey, p('nameKey')), isNull(videos.trashedAtMs)))
      .orderBy(desc(versions.seq))
      .limit(1)
      .prepare(),
    videoByFolder: db
      .select({ id: videos.id })
      .from(videos)
      .where(eq(videos.folderKey, p('folderKey')))
      .prepare(),
    putVideo: db
      .insert(videos)
      .values({
        id: p('id'),
        title: p('title'),
        folder: p('folder'),
        folderKey: p('folderKey'),
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
        name: p('name'),
        nameBase64: p('nameBase64'),
        nameKey: p('nameKey'),
        role: p('role'),
        modifiedAtMs: p('modifiedAtMs'),
        takenAtMs: p('takenAtMs'),
        seq: p('seq'),
      })
      .onConflictDoNothing()
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

/** Applies one record. Every record may come twice, and changes nothing the second time. */
function createProjector(db: Drizzle, statements: Statements): (record: JournalRecord) => void {
  return (record) => {
    const atMs = Date.parse(record.at);
    switch (record.kind) {
      case 'video':
        statements.putVideo.run({
          id: record.video,
          title: record.title,
          folder: record.folder,
          folderKey: foldName(record.folder),
          seq: record.seq,
        });
        return;
      case 'version':
        statements.putVersion.run(versionValues(record, record.seq, atMs));
        statements.touchVideo.run({ id: record.video, seq: record.seq });
        return;
      case 'part':
        db.insert(parts).values(partValues(record, record.seq)).onConflictDoNothing().run();
        statements.touchVideo.run({ id: record.video, seq: record.seq });
        return;
      case 'trash':
        db.update(videos)
          .set({ trashedAtMs: record.trashed ? atMs : null, changedSeq: record.seq, libraryStale: true })
          .where(eq(videos.id, record.video))
          .run();
        return;
      case 'event':
        applyEvent(db, record, atMs);
    }
  };
}

function versionValues(record: VersionFacts, seq: number, atMs: number) {
  return {
    id: record.version,
    videoId: record.video,
    number: record.number,
    digest: record.digest,
    ext: record.ext,
    sizeBytes: record.sizeBytes,
    name: record.name,
    nameBase64: record.nameBase64 ?? null,
    nameKey: nameKeyOf(record.name),
    role: record.role,
    modifiedAtMs: record.modifiedAt === undefined ? null : Date.parse(record.modifiedAt),
    takenAtMs: atMs,
    seq,
  };
}

function partValues(record: PartFacts, seq: number) {
  return {
    id: record.part,
    videoId: record.video,
    kind: record.partKind,
    digest: record.digest,
    ext: record.ext,
    sizeBytes: record.sizeBytes,
    name: record.name,
    seq,
  };
}

/** A successful check renews a proof, dated as it was; whether the copy is still there, a listing says. */
function applyEvent(db: Drizzle, record: EventFacts, atMs: number): void {
  if (record.event !== 'fixity check' || record.outcome !== 'success') return;
  for (const digest of record.digests) {
    db.insert(copies)
      .values({ digest, location: record.location, state: 'unknown', provenAtMs: atMs })
      .onConflictDoUpdate({
        target: [copies.digest, copies.location],
        set: { provenAtMs: sql`max(coalesce(${copies.provenAtMs}, 0), ${atMs})` },
      })
      .run();
  }
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
