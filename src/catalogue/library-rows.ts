import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { parseDigest } from '#core/digest.ts';
import type { KnownEntry, LibraryRows } from '#core/ports/catalogue.ts';
import type { EntryState, LibraryLink } from '#core/ports/library.ts';
import type { Drizzle } from './database.ts';
import { readLibraryVideos } from './library-videos.ts';
import { parts, versions, videos } from './schema/journal-tables.ts';
import { libraryEntries } from './schema/work-tables.ts';

export function createLibraryRows(db: Drizzle): LibraryRows {
  const statements = prepareStatements(db);
  return {
    stale(limit, afterId = '') {
      const rows = db
        .select({ id: videos.id })
        .from(videos)
        .where(and(eq(videos.libraryStale, true), gt(videos.id, afterId)))
        .orderBy(asc(videos.id))
        .limit(limit)
        .all();
      return readLibraryVideos(
        db,
        rows.map((row) => row.id),
      ).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
    markFresh(video) {
      statements.markFresh.run({ video });
    },
    markAllStale() {
      db.update(videos).set({ libraryStale: true }).run();
    },
    outdate(digest) {
      const owners = [
        ...db.select({ id: versions.videoId }).from(versions).where(eq(versions.digest, digest)).all(),
        ...db.select({ id: parts.videoId }).from(parts).where(eq(parts.digest, digest)).all(),
      ].map((row) => row.id);
      db.update(libraryEntries).set({ state: 'outdated' }).where(eq(libraryEntries.digest, digest)).run();
      db.update(videos).set({ libraryStale: true }).where(inArray(videos.id, owners)).run();
    },
    entriesOf: (video) => statements.entriesOf.all({ video }).map(toEntry),
    entries(afterPath, limit) {
      const rows = db
        .select()
        .from(libraryEntries)
        .where(gt(libraryEntries.path, afterPath))
        .orderBy(asc(libraryEntries.path))
        .limit(limit)
        .all();
      return rows.map(toEntry);
    },
    entryAt(path) {
      const row = db.select().from(libraryEntries).where(eq(libraryEntries.path, path)).get();
      return row === undefined ? null : toEntry(row);
    },
    entriesShowing: (digest) =>
      db.select().from(libraryEntries).where(eq(libraryEntries.digest, digest)).all().map(toEntry),
    put(video, entry) {
      statements.put.run({ ...entry, video });
    },
    setState(path, state) {
      db.update(libraryEntries).set({ state }).where(eq(libraryEntries.path, path)).run();
    },
    countStates() {
      const count = (state: EntryState) =>
        db
          .select({ n: sql<number>`count(*)` })
          .from(libraryEntries)
          .where(eq(libraryEntries.state, state))
          .get()?.n ?? 0;
      return { written: count('written'), gone: count('gone') };
    },
    dropGone() {
      db.delete(libraryEntries).where(eq(libraryEntries.state, 'gone')).run();
    },
    drop(path) {
      db.delete(libraryEntries).where(eq(libraryEntries.path, path)).run();
    },
  };
}

/** These run for each video that is shown. */
function prepareStatements(db: Drizzle) {
  const p = sql.placeholder;
  return {
    entriesOf: db
      .select()
      .from(libraryEntries)
      .where(eq(libraryEntries.videoId, p('video')))
      .prepare(),
    markFresh: db
      .update(videos)
      .set({ libraryStale: false })
      .where(eq(videos.id, p('video')))
      .prepare(),
    put: db
      .insert(libraryEntries)
      .values({
        path: p('path'),
        videoId: p('video'),
        digest: p('digest'),
        ext: p('ext'),
        link: p('link'),
        fingerprint: p('fingerprint'),
        state: 'untouched',
      })
      .onConflictDoUpdate({
        target: libraryEntries.path,
        set: {
          videoId: sql`excluded.video_id`,
          digest: sql`excluded.digest`,
          ext: sql`excluded.ext`,
          link: sql`excluded.link`,
          fingerprint: sql`excluded.fingerprint`,
          state: sql`excluded.state`,
        },
      })
      .prepare(),
  };
}

function toEntry(row: typeof libraryEntries.$inferSelect): KnownEntry {
  return {
    path: row.path,
    digest: parseDigest(row.digest),
    ext: row.ext,
    link: row.link as LibraryLink,
    fingerprint: row.fingerprint,
    state: row.state as EntryState,
  };
}
