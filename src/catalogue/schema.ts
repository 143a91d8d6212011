import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Facts of this installation: archive id, writer, largest sequence seen. */
export const meta = sqliteTable('meta', {
  key: text().primaryKey(),
  value: text().notNull(),
});

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
    /** What it became; of an import also the part. */
    versionId: text(),
  },
  (table) => [
    uniqueIndex('sightings_path').on(table.inbox, table.path),
    index('sightings_state').on(table.state, table.changedAtMs),
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
