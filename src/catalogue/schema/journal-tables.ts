import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/**
 * Journal segments, kept as they were written, so that a restored older disk or a damaged file gets them back.
 */
export const segments = sqliteTable(
  'segments',
  {
    name: text().primaryKey(),
    appliedAtMs: integer().notNull(),
    /** Whether the other tables hold what its records say. */
    isApplied: integer({ mode: 'boolean' }).notNull().default(true),
    /** Whether its content has the hash that its name says. */
    isWhole: integer({ mode: 'boolean' }).notNull().default(true),
    /** The segment's bytes, deflated (RFC 1951); null for one that an older version applied. */
    content: blob({ mode: 'buffer' }),
    /** Its index file's bytes, deflated; null where that was gone. */
    index: blob({ mode: 'buffer' }),
  },
  (table) => [index('segments_open').on(table.name).where(sql`NOT is_applied`)],
);

export const videos = sqliteTable(
  'videos',
  {
    id: text().primaryKey(),
    title: text().notNull(),
    folder: text().notNull(),
    /** The folder as a case-insensitive file system sees it. */
    folderKey: text().notNull(),
    trashedAtMs: integer(),
    /** The video whose versions its own have become. */
    mergedInto: text(),
    /** The inbox's folder that it came in as a project, as `foldName` has it. */
    projectKey: text(),
    /** Sequence of the record that last changed it: the order of "latest". */
    changedSeq: integer().notNull(),
    /** The readable tree does not show it as it is now. */
    libraryStale: integer({ mode: 'boolean' }).notNull().default(true),
  },
  (table) => [
    uniqueIndex('videos_folder').on(table.folderKey),
    index('videos_latest').on(table.changedSeq),
    index('videos_project').on(table.projectKey).where(sql`project_key IS NOT NULL`),
    index('videos_library').on(table.id).where(sql`library_stale`),
  ],
);

export const versions = sqliteTable(
  'versions',
  {
    id: text().primaryKey(),
    videoId: text()
      .notNull()
      .references(() => videos.id),
    number: integer().notNull(),
    digest: text().notNull(),
    ext: text().notNull(),
    sizeBytes: integer().notNull(),
    name: text().notNull(),
    nameBase64: text(),
    /** Under which a later file of the same name finds this video; null for names that say nothing. */
    nameKey: text(),
    role: text().notNull(),
    /** 'found' where nobody knows its own name. */
    how: text().notNull().default('taken'),
    /** What was wrong with its bytes before they reached us. */
    damaged: text(),
    modifiedAtMs: integer(),
    takenAtMs: integer().notNull(),
    seq: integer().notNull(),
    /** How often the same bytes came again. */
    seenAgain: integer().notNull().default(0),
  },
  (table) => [
    uniqueIndex('versions_digest').on(table.digest),
    index('versions_video').on(table.videoId, table.number),
    index('versions_name').on(table.nameKey),
  ],
);

export const parts = sqliteTable(
  'parts',
  {
    id: text().primaryKey(),
    videoId: text()
      .notNull()
      .references(() => videos.id),
    kind: text().notNull(),
    digest: text().notNull(),
    ext: text().notNull(),
    sizeBytes: integer().notNull(),
    name: text().notNull(),
    nameBase64: text(),
    /** The folders it came in below its project's; null for what came beside its video. */
    path: text(),
    damaged: text(),
    takenAtMs: integer().notNull().default(0),
    seq: integer().notNull(),
  },
  (table) => [index('parts_video').on(table.videoId), index('parts_digest').on(table.digest)],
);

/** Which version a post shows. */
export const links = sqliteTable(
  'links',
  {
    platform: text().notNull(),
    post: text().notNull(),
    versionId: text().notNull(),
    seq: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.platform, table.post, table.versionId] }),
    index('links_version').on(table.versionId),
  ],
);

/** What the owner set. */
export const settings = sqliteTable('settings', {
  name: text().primaryKey(),
  value: text().notNull(),
});

/** Places that hold copies, other than the vault. */
export const locations = sqliteTable('locations', {
  id: text().primaryKey(),
  name: text().notNull(),
  /** 'drive' or 'remote'. */
  kind: text().notNull(),
  medium: text().notNull(),
  awayFromHome: integer({ mode: 'boolean' }).notNull(),
  path: text().notNull(),
  encrypted: integer({ mode: 'boolean' }).notNull(),
  promiseDays: integer().notNull(),
  everyDays: integer(),
  /** JSON: the roles that are brought there. */
  roles: text().notNull(),
  setName: text(),
  schedule: text(),
  bandwidth: text(),
  paused: integer({ mode: 'boolean' }).notNull(),
  removed: integer({ mode: 'boolean' }).notNull(),
  generation: integer().notNull(),
});

/** What stands at an encrypted place for a file of the layout: encrypting it again would give other bytes. */
export const ciphers = sqliteTable(
  'ciphers',
  {
    location: text().notNull(),
    path: text().notNull(),
    cipherPath: text().notNull(),
    cipherSizeBytes: integer().notNull(),
    cipherDigest: text().notNull(),
    /** JSON, by the type of hash. */
    cipherHashes: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.location, table.path] }),
    index('ciphers_path').on(table.location, table.cipherPath),
  ],
);

/** Of a tombstone whose video's records are lost: under which name its bytes stand is seen where they are listed. */
export const unknownSize = -1;

/** What the owner had deleted everywhere; its copies have rows until they are gone. */
export const tombstones = sqliteTable('tombstones', {
  digest: text().primaryKey(),
  videoId: text().notNull(),
  ext: text().notNull(),
  sizeBytes: integer().notNull(),
  atMs: integer().notNull(),
});
