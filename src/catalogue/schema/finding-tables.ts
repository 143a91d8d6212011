import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const copies = sqliteTable(
  'copies',
  {
    digest: text().notNull(),
    location: text().notNull(),
    state: text().notNull(),
    listedAtMs: integer(),
    provenAtMs: integer(),
    /** What the place itself says of the bytes (JSON, by the type of hash), to notice that they changed; a later list compares. */
    hashes: text(),
  },
  (table) => [
    primaryKey({ columns: [table.digest, table.location] }),
    index('copies_proof').on(table.location, table.provenAtMs),
  ],
);

/** What ffprobe said of a blob, once. */
export const media = sqliteTable(
  'media',
  {
    digest: text().primaryKey(),
    container: text(),
    durationMs: integer(),
    width: integer(),
    height: integer(),
    rotationDegrees: integer(),
    videoCodec: text(),
    audioCodec: text(),
    frameRate: integer(),
    recordedAtMs: integer(),
    cameraMake: text(),
    cameraModel: text(),
    hasPoster: integer({ mode: 'boolean' }).notNull().default(false),
    /** Why there are no facts, where there are none. */
    problem: text(),
    /** The same for files with the same picture and sound; '' where that cannot be told, null where nobody looked. */
    streams: text(),
  },
  (table) => [index('media_streams').on(table.streams)],
);

/** What a sidecar says of its video (XMP, a saver's `.info.json`), read once; found out again from its bytes. */
export const sidecarFacts = sqliteTable('sidecar_facts', {
  digest: text().primaryKey(),
  /** JSON of `SidecarFacts`; null where it says nothing that can be read. */
  json: text(),
});
