import { eq, sql } from 'drizzle-orm';
import type { EventFacts, JournalRecord, PartFacts, VersionFacts } from '#core/journal-record.ts';
import { freeFolder, libraryFolder } from '#core/library-path.ts';
import { nameKeyOf } from '#core/plan-intake.ts';
import { foldName, titleOf } from '#core/safe-name.ts';
import type { Drizzle } from './database.ts';
import { copies, parts, versions, videos } from './schema.ts';

/**
 * Applies one record. Every record may come twice, and changes nothing the second time. No record is ever
 * refused: what it names may stand in a segment that is damaged, or come from an installation that did not know.
 */
export function createProjector(db: Drizzle): (record: JournalRecord) => void {
  const statements = prepareStatements(db);
  const isTaken = (folderKey: string) => statements.videoByFolder.get({ folderKey }) !== undefined;

  const putVideo = (id: string, title: string, folder: string, seq: number) => {
    const values = { id, title, seq };
    const { changes } = statements.putVideo.run({ ...values, folder, folderKey: foldName(folder) });
    if (changes > 0 || statements.videoById.get({ id }) !== undefined) return;
    const free = freeFolder(folder, isTaken);
    statements.putVideo.run({ ...values, folder: free, folderKey: foldName(free) });
  };

  const touchVideo = (id: string, name: string, seq: number, atMs: number) => {
    if (statements.touchVideo.run({ id, seq }).changes > 0) return;
    const day = new Date(atMs).toISOString().slice(0, 10);
    putVideo(id, titleOf(name), libraryFolder(titleOf(name), day, isTaken), seq);
  };

  return (record) => {
    const { seq } = record;
    const atMs = readTime(record.at) ?? 0;
    switch (record.kind) {
      case 'video':
        putVideo(record.video, record.title, record.folder, seq);
        return;
      case 'version':
        touchVideo(record.video, record.name, seq, atMs);
        statements.putVersion.run(versionValues(record, seq, atMs));
        return;
      case 'part':
        touchVideo(record.video, record.name, seq, atMs);
        db.insert(parts).values(partValues(record, seq)).onConflictDoNothing().run();
        return;
      case 'trash':
        db.update(videos)
          .set({ trashedAtMs: record.trashed ? atMs : null, changedSeq: seq, libraryStale: true })
          .where(eq(videos.id, record.video))
          .run();
        return;
      case 'event':
        applyEvent(db, record, atMs);
    }
  };
}

/** Wall time is for people only, and may be anything; null where it cannot be read. */
function readTime(text: string): number | null {
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
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
    modifiedAtMs: record.modifiedAt === undefined ? null : readTime(record.modifiedAt),
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

function prepareStatements(db: Drizzle) {
  const p = sql.placeholder;
  return {
    videoByFolder: db
      .select({ id: videos.id })
      .from(videos)
      .where(eq(videos.folderKey, p('folderKey')))
      .prepare(),
    videoById: db
      .select({ id: videos.id })
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
  };
}
