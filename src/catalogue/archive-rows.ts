import { and, desc, eq, getTableColumns, isNull, ne, or, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/sqlite-core';
import type { Damage } from '#core/damage.ts';
import { type Digest, parseDigest } from '#core/digest.ts';
import { readIndexedNames } from '#core/index-row.ts';
import type { ArchiveRows, CopyRow, HeldCopy } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { readKit } from './kit-row.ts';
import { readLibraryVideos, resolveVideo } from './library-videos.ts';
import { createProjection } from './projection.ts';
import { copies } from './schema/finding-tables.ts';
import { links, parts, settings, versions, videos } from './schema/journal-tables.ts';
import { createSegmentRows } from './segment-rows.ts';

/** Said of one original by what stood beside it; the same bytes may come without it. */
const ofOneOriginal: Damage = 'marked-unfinished';

const heldDigests = sql`SELECT digest FROM versions UNION SELECT digest FROM parts`;

/** The projection of the journal: what its records say, as rows. */
export function createArchiveRows(db: Drizzle): ArchiveRows {
  const statements = prepareStatements(db);
  const segments = createSegmentRows(db);
  const projection = createProjection(db, segments);
  const extOf = (digest: Digest) => statements.extByDigest.get({ digest })?.ext ?? null;
  return {
    apply: projection.apply,
    catchUp: projection.catchUp,
    startAgain: projection.startAgain,
    lastSeq: projection.lastSeq,
    keep: (segment) => segments.keep(segment, false),
    segments: segments.list,
    segment: segments.find,
    indexedNames: (digests) => readIndexedNames(segments.indexes(), digests),
    count: () => countAll(db),
    isHeld: (digest) => extOf(digest) !== null,
    heldVersion(digest) {
      const row = statements.versionByDigest.get({ digest });
      if (row === undefined) return null;
      return {
        video: row.video,
        version: row.version,
        trashed: row.trashedAtMs !== null,
        takenAtMs: row.takenAtMs,
        foundAs: row.how === 'found' ? row.name : null,
      };
    },
    extOf,
    heldPart(digest) {
      const row = statements.partByDigest.get({ digest });
      return row === undefined ? null : { video: row.video, part: row.part };
    },
    videoOfProject: (projectKey, sinceMs, broughtBack) =>
      statements.videosOfProject
        .all({ projectKey })
        .map(({ video }) => resolveVideo(db, video))
        .find((video) => isOpenProject(db, video, sinceMs, broughtBack)) ?? null,
    videoOfName: (nameKey, broughtBack) =>
      statements.videoByName.get({ nameKey, broughtBack: JSON.stringify(broughtBack) })?.video ?? null,
    isFolderTaken: (folderKey) => statements.videoByFolder.get({ folderKey }) !== undefined,
    video: (id) => readLibraryVideos(db, [resolveVideo(db, id)])[0] ?? null,
    standing: (id) => standing(db, resolveVideo(db, id)),
    hasVersion: (id) => db.select().from(versions).where(eq(versions.id, id)).get() !== undefined,
    isLinked(versionId, platform, post) {
      const isIt = and(eq(links.versionId, versionId), eq(links.platform, platform), eq(links.post, post));
      return db.select().from(links).where(isIt).get() !== undefined;
    },
    kit: () => readKit(db),
    setting: (name) => db.select().from(settings).where(eq(settings.name, name)).get()?.value ?? null,
    videoOfVersion: (id) => {
      const isIt = eq(versions.id, id);
      return db.select({ video: versions.videoId }).from(versions).where(isIt).get()?.video ?? null;
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
      const row = statements.copy.get({ digest, location });
      return row === undefined ? null : ({ ...row, digest } as CopyRow);
    },
    cameDamaged: (digest) => statements.damage.get({ digest }) !== undefined,
    copiesAt: (location) =>
      db
        .all<Omit<HeldCopy, 'digest'> & { readonly digest: string }>(sql`
          SELECT held.digest, c.state, c.proven_at_ms AS provenAtMs
          FROM (${heldDigests}) held
          LEFT JOIN copies c ON c.digest = held.digest AND c.location = ${location}`)
        .map((row) => ({ ...row, digest: parseDigest(row.digest) })),
    blobRef(digest) {
      const ext = extOf(digest);
      return ext === null ? null : { digest, ext };
    },
    allDigests: () => db.all<{ digest: string }>(heldDigests).map(({ digest }) => parseDigest(digest)),
  };
}

function standing(db: Drizzle, id: string): { readonly id: string; readonly trashed: boolean } {
  const row = db.select({ at: videos.trashedAtMs }).from(videos).where(eq(videos.id, id)).get();
  return { id, trashed: row !== undefined && row.at !== null };
}

/** What is asked of each file: made ready once, as a statement outlives its use until memory is collected. */
function prepareStatements(db: Drizzle) {
  const p = sql.placeholder;
  const { hashes: _, ...copyColumns } = getTableColumns(copies);
  return {
    copy: db
      .select(copyColumns)
      .from(copies)
      .where(and(eq(copies.digest, p('digest')), eq(copies.location, p('location'))))
      .prepare(),
    damage: unionAll(
      db
        .select({ damaged: versions.damaged })
        .from(versions)
        .where(and(eq(versions.digest, p('digest')), ne(versions.damaged, ofOneOriginal))),
      db
        .select({ damaged: parts.damaged })
        .from(parts)
        .where(and(eq(parts.digest, p('digest')), ne(parts.damaged, ofOneOriginal))),
    ).prepare(),
    extByDigest: unionAll(
      db
        .select({ ext: versions.ext })
        .from(versions)
        .where(eq(versions.digest, p('digest'))),
      db
        .select({ ext: parts.ext })
        .from(parts)
        .where(eq(parts.digest, p('digest'))),
    )
      .limit(1)
      .prepare(),
    versionByDigest: db
      .select({
        video: versions.videoId,
        version: versions.id,
        takenAtMs: versions.takenAtMs,
        how: versions.how,
        name: versions.name,
        trashedAtMs: videos.trashedAtMs,
      })
      .from(versions)
      .innerJoin(videos, eq(videos.id, versions.videoId))
      .where(eq(versions.digest, p('digest')))
      .prepare(),
    partByDigest: db
      .select({ video: parts.videoId, part: parts.id })
      .from(parts)
      .where(eq(parts.digest, p('digest')))
      .orderBy(parts.seq)
      .limit(1)
      .prepare(),
    /** A folder may have been one project after another: the latest first. */
    videosOfProject: db
      .select({ video: videos.id })
      .from(videos)
      .where(eq(videos.projectKey, p('projectKey')))
      .orderBy(desc(videos.changedSeq))
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

function countAll(db: Drizzle) {
  return db.get<{ videos: number; versions: number; parts: number }>(sql`SELECT
    (SELECT count(*) FROM (SELECT video_id FROM versions UNION SELECT video_id FROM parts)) AS videos,
    (SELECT count(*) FROM versions) AS versions,
    (SELECT count(*) FROM parts) AS parts`);
}

/** Whether what comes to a project's folder now is of this video: not in the trash, and not left since that time. */
function isOpenProject(
  db: Drizzle,
  video: string,
  sinceMs: number | null,
  broughtBack: readonly string[],
): boolean {
  const found = db.get<{ trashed: number | null; last: number | null }>(sql`SELECT
    (SELECT trashed_at_ms FROM videos WHERE id = ${video}) AS trashed,
    max((SELECT coalesce(max(taken_at_ms), 0) FROM versions WHERE video_id = ${video}),
        (SELECT coalesce(max(taken_at_ms), 0) FROM parts WHERE video_id = ${video})) AS last`);
  return (
    (found.trashed === null || broughtBack.includes(video)) &&
    (sinceMs === null || (found.last ?? 0) >= sinceMs)
  );
}
