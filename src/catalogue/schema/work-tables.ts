import { sql } from 'drizzle-orm';
import { blob, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Facts of this installation: archive id, writer, largest sequence seen. */
export const meta = sqliteTable('meta', {
  key: text().primaryKey(),
  value: text().notNull(),
});

export const sightings = sqliteTable(
  'sightings',
  {
    id: integer().primaryKey(),
    inbox: text().notNull(),
    /** The path below the inbox, as bytes: it may not be UTF-8. */
    path: blob({ mode: 'buffer' }).notNull(),
    sizeBytes: integer().notNull(),
    fingerprint: text().notNull(),
    state: text().notNull(),
    /** Why it still waits, or what became of it. */
    reason: text(),
    bytesDone: integer().notNull().default(0),
    firstSeenAtMs: integer().notNull(),
    changedAtMs: integer().notNull(),
    /** What it became; of an inbox's file none where that is a project's part. */
    versionId: text(),
  },
  (table) => [
    uniqueIndex('sightings_path').on(table.inbox, table.path),
    index('sightings_state').on(table.state, table.changedAtMs),
    // Few of very many rows are of these, and a project asks for those below its folder again and again.
    index('sightings_open').on(table.inbox, table.path).where(sql`state <> 'taken'`),
    index('sightings_lone')
      .on(table.inbox, table.path)
      .where(sql`state = 'taken' AND version_id IS NOT NULL`),
  ],
);

/** Originals that wait in an inbox's hold. */
export const holds = sqliteTable('holds', {
  id: text().primaryKey(),
  inbox: text().notNull(),
  /** Where it stood in the inbox. */
  path: blob({ mode: 'buffer' }).notNull(),
  /** Where it waits, below the inbox. */
  heldPath: blob({ mode: 'buffer' }).notNull(),
  digest: text().notNull(),
  videoId: text().notNull(),
  sizeBytes: integer().notNull(),
  /** What a writer that goes on would change. */
  fingerprint: text().notNull(),
  heldAtMs: integer().notNull(),
  /** JSON of what it belongs to, where it is no video of its own: should it be written to, it is the same again. */
  belongs: text(),
});

export const operations = sqliteTable(
  'operations',
  {
    id: integer().primaryKey(),
    kind: text().notNull(),
    lane: text().notNull(),
    subject: text().notNull(),
    state: text().notNull(),
    attempt: integer().notNull().default(0),
    notBeforeMs: integer().notNull(),
    error: text(),
    /** JSON of the error, for whoever asked in another process. */
    failure: text(),
    /** Per cent, while it runs. */
    progress: integer(),
    result: text(),
    createdAtMs: integer().notNull(),
    finishedAtMs: integer(),
  },
  (table) => [
    index('operations_queue').on(table.state, table.lane, table.notBeforeMs),
    index('operations_subject').on(table.kind, table.subject, table.state),
  ],
);

export const libraryEntries = sqliteTable(
  'library_entries',
  {
    path: text().primaryKey(),
    videoId: text().notNull(),
    digest: text().notNull(),
    ext: text().notNull(),
    link: text().notNull(),
    fingerprint: text().notNull(),
    /** 'untouched', 'written' or 'gone', as last seen. */
    state: text().notNull(),
  },
  (table) => [index('library_video').on(table.videoId)],
);

/** What the daemon last found out about its surroundings, for page and command line: one JSON a name. */
export const conditions = sqliteTable('conditions', {
  name: text().primaryKey(),
  json: text().notNull(),
  atMs: integer().notNull(),
});

/** When each scheduled job last succeeded, so that one missed while asleep is caught up. */
export const jobs = sqliteTable('jobs', {
  name: text().primaryKey(),
  lastSuccessAtMs: integer().notNull(),
});
