import { and, eq, max, sql } from 'drizzle-orm';
import type {
  EditFacts,
  JournalRecord,
  LinkFacts,
  MergeFacts,
  PartFacts,
  SettingFacts,
  VersionFacts,
} from '#core/journal-record.ts';
import { freeFolder, libraryFolder } from '#core/library-path.ts';
import { nameKeyOf } from '#core/name-key.ts';
import { foldName, titleOf } from '#core/safe-name.ts';
import type { Drizzle } from './database.ts';
import { applyKit } from './kit-row.ts';
import { resolveVideo } from './library-videos.ts';
import { applyCiphers, applyEvent, applyLocation, applyTombstone } from './projector-places.ts';
import { createProjectorStatements } from './projector-statements.ts';
import { links, parts, settings, versions, videos } from './schema/journal-tables.ts';

/**
 * Applies one record; they come in the order in which they hold. A record may come twice in a row, and changes
 * nothing the second time. No record is ever refused: what it names may stand in a segment that is damaged, or
 * come from an installation that did not know.
 */
export function createProjector(db: Drizzle): (record: JournalRecord) => void {
  const statements = createProjectorStatements(db);
  const isTaken = (folderKey: string) => statements.videoByFolder.get({ folderKey }) !== undefined;

  const putVideo = (id: string, title: string, folder: string, seq: number, project?: string) => {
    const values = { id, title, seq, projectKey: project === undefined ? null : foldName(project) };
    const { changes } = statements.putVideo.run({ ...values, folder, folderKey: foldName(folder) });
    if (changes > 0 || statements.videoById.get({ id }) !== undefined) return;
    const free = freeFolder(folder, isTaken);
    statements.putVideo.run({ ...values, folder: free, folderKey: foldName(free) });
  };

  /** Gives the video that holds what is said of this one: itself, or the one it was merged into. */
  const touchVideo = (id: string, name: string, seq: number, atMs: number): string => {
    const known = statements.videoById.get({ id });
    if (known !== undefined) {
      const holder = known.mergedInto === null ? id : resolveVideo(db, id);
      statements.touchVideo.run({ id: holder, seq });
      return holder;
    }
    const day = new Date(atMs).toISOString().slice(0, 10);
    putVideo(id, titleOf(name), libraryFolder(titleOf(name), day, isTaken), seq);
    return id;
  };

  const putVersion = (record: VersionFacts, seq: number, atMs: number) => {
    const videoId = touchVideo(record.video, record.name, seq, atMs);
    const number = videoId === record.video ? record.number : highestNumber(db, videoId) + 1;
    const values = versionValues(record, atMs);
    statements.raise.run({ digest: record.digest });
    if (statements.putVersion.run({ ...values, videoId, number, seq }).changes > 0) return;
    statements.renameVersion.run(values);
  };

  const putPart = (record: PartFacts, seq: number, atMs: number) => {
    const videoId = touchVideo(record.video, record.name, seq, atMs);
    statements.raise.run({ digest: record.digest });
    db.insert(parts)
      .values(partValues(record, videoId, seq, atMs))
      .onConflictDoNothing()
      .run();
  };

  const editVideo = ({ video, title, folder }: EditFacts, seq: number) => {
    const id = resolveVideo(db, video);
    const current = db.select().from(videos).where(eq(videos.id, id)).get();
    if (current === undefined) return;
    const isOthers = (key: string) => key !== current.folderKey && isTaken(key);
    const next = folder === undefined ? current.folder : freeFolder(folder, isOthers);
    db.update(videos)
      .set({ title: title ?? current.title, folder: next, folderKey: foldName(next) })
      .where(eq(videos.id, id))
      .run();
    statements.touchVideo.run({ id, seq });
  };

  return (record) => {
    const { seq } = record;
    const atMs = readTime(record.at) ?? 0;
    switch (record.kind) {
      case 'video':
        putVideo(record.video, record.title, record.folder, seq, record.project);
        return;
      case 'version':
        putVersion(record, seq, atMs);
        return;
      case 'part':
        putPart(record, seq, atMs);
        return;
      case 'edit':
        editVideo(record, seq);
        return;
      case 'merge':
        mergeVideos(db, record, seq);
        return;
      case 'link':
        applyLink(db, record, seq);
        return;
      case 'setting':
        applySetting(db, record);
        return;
      case 'trash':
        db.update(videos)
          .set({ trashedAtMs: record.trashed ? atMs : null, changedSeq: seq, libraryStale: true })
          .where(eq(videos.id, resolveVideo(db, record.video)))
          .run();
        return;
      case 'event':
        applyEvent(db, record, atMs);
        return;
      case 'location':
        applyLocation(db, record);
        return;
      case 'tombstone':
        applyTombstone(db, record, seq, atMs);
        return;
      case 'cipher':
        applyCiphers(db, record);
        return;
      case 'kit':
        applyKit(db, record);
    }
  };
}

/** Wall time is for people only, and may be anything; null where it cannot be read. */
function readTime(text: string): number | null {
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}

function versionValues(record: VersionFacts, atMs: number) {
  return {
    id: record.version,
    digest: record.digest,
    ext: record.ext,
    sizeBytes: record.sizeBytes,
    name: record.name,
    nameBase64: record.nameBase64 ?? null,
    nameKey: nameKeyOf(record.name),
    role: record.role,
    how: record.how,
    damaged: record.damaged ?? null,
    modifiedAtMs: record.modifiedAt === undefined ? null : readTime(record.modifiedAt),
    takenAtMs: atMs,
  };
}

function partValues(record: PartFacts, videoId: string, seq: number, atMs: number) {
  return {
    id: record.part,
    videoId,
    kind: record.partKind,
    digest: record.digest,
    ext: record.ext,
    sizeBytes: record.sizeBytes,
    name: record.name,
    nameBase64: record.nameBase64 ?? null,
    path: record.path ?? null,
    damaged: record.damaged ?? null,
    takenAtMs: atMs,
    seq,
  };
}

function highestNumber(db: Drizzle, video: string): number {
  const row = db
    .select({ number: max(versions.number) })
    .from(versions)
    .where(eq(versions.videoId, video))
    .get();
  return row?.number ?? 0;
}

/** What the one video has becomes the other's, behind what that has already. */
function mergeVideos(db: Drizzle, record: MergeFacts, seq: number): void {
  const from = resolveVideo(db, record.from);
  const into = resolveVideo(db, record.into);
  const known = db.select().from(videos).where(sql`${videos.id} IN (${from}, ${into})`).all();
  if (known.length < 2) return;
  const moved = { videoId: into };
  db.update(versions)
    .set({ ...moved, number: sql`${versions.number} + ${highestNumber(db, into)}` })
    .where(eq(versions.videoId, from))
    .run();
  db.update(parts)
    .set({ ...moved, seq })
    .where(eq(parts.videoId, from))
    .run();
  const changed = { changedSeq: seq, libraryStale: true };
  db.update(videos)
    .set({ ...changed, mergedInto: into })
    .where(eq(videos.id, from))
    .run();
  db.update(videos).set(changed).where(eq(videos.id, into)).run();
}

function applyLink(db: Drizzle, { version, platform, post, linked }: LinkFacts, seq: number): void {
  if (linked) {
    db.insert(links).values({ versionId: version, platform, post, seq }).onConflictDoNothing().run();
    return;
  }
  const isIt = and(eq(links.versionId, version), eq(links.platform, platform), eq(links.post, post));
  db.delete(links).where(isIt).run();
}

function applySetting(db: Drizzle, { name, value }: SettingFacts): void {
  if (value === null) db.delete(settings).where(eq(settings.name, name)).run();
  else
    db.insert(settings)
      .values({ name, value })
      .onConflictDoUpdate({ target: settings.name, set: { value } })
      .run();
}
