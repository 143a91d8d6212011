import { and, asc, eq, sql } from 'drizzle-orm';
import type { CopyState } from '#core/assess.ts';
import { type AssetRole, assetRoles, roleOfParts } from '#core/asset-role.ts';
import { type Digest, parseDigest } from '#core/digest.ts';
import type { RecentChanges } from '#core/mass-change.ts';
import type { PlaceLoad } from '#core/place-forecast.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { LackingCopy } from '#core/plan-mirror.ts';
import type { HeldFile, ListedCopy, PlaceRows } from '#core/ports/places.ts';
import { exportedDigests, isExportedPart, isExportedVersion } from './data-exports.ts';
import type { Drizzle } from './database.ts';
import { lazily } from './lazily.ts';
import { resolveVideo } from './library-videos.ts';
import { copies } from './schema/finding-tables.ts';
import { locations, tombstones, unknownSize, videos } from './schema/journal-tables.ts';
import { countSoleCopies } from './sole-copies.ts';

const roleOfPartKind = sql.raw(
  `CASE p.kind ${Object.entries(roleOfParts)
    .map(([kind, role]) => `WHEN '${kind}' THEN '${role}'`)
    .join(' ')} ELSE 'other' END`,
);

/** Every file of a video, with the role that decides where it goes; the same bytes may come more than once. */
export const heldFiles = sql`
  SELECT v.digest, v.ext, v.size_bytes, v.taken_at_ms, videos.trashed_at_ms IS NOT NULL AS trashed,
    CASE WHEN ${isExportedVersion('v')} THEN 'export' WHEN v.role = 'published' THEN 'published' WHEN v.role = 'draft' THEN 'draft' ELSE 'final' END AS role
  FROM versions v JOIN videos ON videos.id = v.video_id
  UNION ALL
  SELECT p.digest, p.ext, p.size_bytes, 0, videos.trashed_at_ms IS NOT NULL,
    CASE WHEN ${isExportedPart('p')} THEN 'export' ELSE ${roleOfPartKind} END
  FROM parts p JOIN videos ON videos.id = p.video_id`;

const roleRank = sql.raw(
  `CASE role ${assetRoles.map((role, rank) => `WHEN '${role}' THEN ${rank}`).join(' ')} END`,
);

/** Of a place's copy `c`, or none. */
const isLacking = sql.raw(
  `(c.state IS NULL OR c.state = 'missing' OR (c.state = 'present' AND c.proven_at_ms IS NULL))`,
);

/**
 * Whether a file `h` goes to a place of these roles. Where data exports do not go, bytes do not go either that are one
 * under any of their names.
 */
const goesThere = (roles: readonly AssetRole[]) => {
  const isOfRole = sql`h.role IN (SELECT value FROM json_each(${JSON.stringify(roles)}))`;
  return roles.includes('export') ? isOfRole : sql`(${isOfRole} AND h.digest NOT IN (${exportedDigests}))`;
};

interface LackingRow {
  readonly digest: string;
  readonly ext: string;
  readonly size_bytes: number;
  readonly role: AssetRole;
  readonly trashed: number;
  readonly taken_at_ms: number;
  readonly state: CopyState | null;
}

export function createPlaceRows(db: Drizzle): PlaceRows {
  /** Of bytes that several files have, the role that goes first. */
  const lackingOf = (location: string, roles: readonly AssetRole[], vault: string) => sql`
    SELECT h.digest, h.ext, h.size_bytes, h.role, min(h.trashed) AS trashed, max(h.taken_at_ms) AS taken_at_ms,
      min(${roleRank}) AS rank, c.state
    FROM (${heldFiles}) h
    JOIN copies v ON v.digest = h.digest AND v.location = ${vault}
      AND v.state = 'present' AND v.proven_at_ms IS NOT NULL
    LEFT JOIN copies c ON c.digest = h.digest AND c.location = ${location}
    WHERE ${goesThere(roles)} AND ${isLacking}
    GROUP BY h.digest`;

  const file = (digest: Digest): HeldFile | null => {
    const row = db.get<Pick<LackingRow, 'ext' | 'size_bytes'> | undefined>(sql`
      SELECT ext, size_bytes FROM (${heldFiles}) WHERE digest = ${digest} LIMIT 1`);
    return row === undefined ? null : { digest, ext: row.ext, sizeBytes: row.size_bytes };
  };

  /**
   * What is known of these files and their copies at a place; nothing of what is not held. Both tables are asked one by
   * one: over their union SQLite would read all of it for each list.
   */
  const knownOf = (location: string, listed: readonly ListedCopy[]) => {
    const rows = db.all<{ digest: string; size_bytes: number | null; hashes: string | null }>(sql`
      SELECT l.value AS digest, c.hashes,
        coalesce(
          (SELECT size_bytes FROM versions WHERE digest = l.value),
          (SELECT size_bytes FROM parts WHERE digest = l.value LIMIT 1)
        ) AS size_bytes
      FROM json_each(${digestsOf(listed)}) l
      LEFT JOIN copies c ON c.digest = l.value AND c.location = ${location}`);
    const held = rows.filter(({ size_bytes }) => size_bytes !== null);
    return new Map(held.map((row) => [parseDigest(row.digest), row]));
  };

  return {
    list: createPlaceReader(db),
    find(location) {
      const row = db.select().from(locations).where(eq(locations.id, location)).get();
      return row === undefined ? null : toSettings(row);
    },
    lacking: (location, roles, vault, limit) =>
      db
        .all<LackingRow>(sql`
          SELECT * FROM (${lackingOf(location, roles, vault)})
          ORDER BY trashed, rank, taken_at_ms DESC, digest LIMIT ${limit}`)
        .map(toLacking),
    countLacking: (location, roles, vault) =>
      db.get<{ files: number; bytes: number }>(sql`
        SELECT count(*) AS files, coalesce(sum(size_bytes), 0) AS bytes
        FROM (${lackingOf(location, roles, vault)})`),
    loads: (location, roles) => readLoads(db, location, roles),
    hasUnknown: (location) =>
      db
        .select()
        .from(copies)
        .where(and(eq(copies.location, location), eq(copies.state, 'unknown')))
        .limit(1)
        .get() !== undefined,
    markListed(location, listed, atMs) {
      const known = knownOf(location, listed);
      const held = listed.filter(({ digest }) => known.has(digest));
      db.run(sql`
        INSERT INTO copies (digest, location, state, listed_at_ms)
        SELECT value, ${location}, 'present', ${atMs} FROM json_each(${digestsOf(held)}) WHERE true
        ON CONFLICT DO UPDATE SET listed_at_ms = excluded.listed_at_ms,
          proven_at_ms = CASE state WHEN 'missing' THEN NULL ELSE proven_at_ms END,
          state = CASE WHEN state IN ('missing', 'unknown') THEN 'present' ELSE state END`);
      return held
        .filter(({ digest, sizeBytes, hashes }) => {
          const one = known.get(digest);
          return one?.size_bytes !== sizeBytes || !isSameHashes(one.hashes, hashes);
        })
        .map(({ digest }) => digest);
    },
    unlisted: (location, atMs) =>
      db
        .all<{ digest: string }>(sql`
          SELECT digest FROM copies WHERE location = ${location} AND state IN ('present', 'unknown', 'unreachable')
            AND listed_at_ms IS NOT ${atMs}`)
        .map(({ digest }) => parseDigest(digest)),
    setHashes(location, digest, hashes) {
      db.update(copies)
        .set({ hashes: JSON.stringify(hashes) })
        .where(and(eq(copies.digest, digest), eq(copies.location, location)))
        .run();
    },
    goodCopies: (digest, except) =>
      db.all<{ location: string }>(sql`
        SELECT location FROM copies WHERE digest = ${digest} AND location <> ${except} AND state = 'present'
        ORDER BY proven_at_ms DESC NULLS LAST`),
    soleCopies: (location, vault) => countSoleCopies(db, location, vault),
    file,
    sample: (location, count) =>
      db
        .all<LackingRow>(sql`
          SELECT DISTINCT h.digest, h.ext, h.size_bytes FROM (${heldFiles}) h
          JOIN copies c ON c.digest = h.digest AND c.location = ${location} AND c.state = 'present'
          WHERE h.role IN ('final', 'published', 'draft') AND NOT h.trashed
          ORDER BY random() LIMIT ${count}`)
        .map(toHeld),
    erasable: (location) =>
      db
        .all<LackingRow>(sql`
          SELECT t.digest, t.ext, t.size_bytes FROM tombstones t
          JOIN copies c ON c.digest = t.digest AND c.location = ${location}
          WHERE t.size_bytes <> ${unknownSize}`)
        .map(toHeld),
    markErasable(location, files, atMs) {
      for (const { digest, ext, sizeBytes } of files) {
        const isUnknown = and(eq(tombstones.digest, digest), eq(tombstones.sizeBytes, unknownSize));
        db.update(tombstones).set({ ext, sizeBytes }).where(isUnknown).run();
        const seen = { state: 'present', listedAtMs: atMs } as const;
        db.insert(copies)
          .values({ digest, location, provenAtMs: null, ...seen })
          .onConflictDoUpdate({ target: [copies.digest, copies.location], set: seen })
          .run();
      }
    },
    erasableVideo(video) {
      const id = resolveVideo(db, video);
      const row = db.select().from(videos).where(eq(videos.id, id)).get();
      if (row === undefined) return null;
      const digests = db.all<{ digest: string }>(sql`
        SELECT digest FROM versions WHERE video_id = ${id} UNION SELECT digest FROM parts WHERE video_id = ${id}`);
      return {
        ...{ id, title: row.title, trashed: row.trashedAtMs !== null, trashedAtMs: row.trashedAtMs },
        digests: digests.map(({ digest }) => parseDigest(digest)),
      };
    },
    changesSince: (sinceMs) =>
      db.get<RecentChanges>(sql`SELECT
        (SELECT count(*) FROM videos WHERE trashed_at_ms IS NULL) AS videos,
        (SELECT count(DISTINCT video_id) FROM versions WHERE taken_at_ms >= ${sinceMs} AND number > 1) AS changed,
        (SELECT count(*) FROM versions v JOIN media m ON m.digest = v.digest WHERE v.taken_at_ms >= ${sinceMs}) AS probed,
        (SELECT count(*) FROM versions v JOIN media m ON m.digest = v.digest
          WHERE v.taken_at_ms >= ${sinceMs} AND m.problem = 'unreadable') AS unreadable`),
    isErased: (digest) =>
      db.select().from(tombstones).where(eq(tombstones.digest, digest)).get() !== undefined,
    pendingErasures: () =>
      db
        .all<{ video: string; digest: string; location: string }>(sql`
          SELECT t.video_id AS video, t.digest, c.location FROM tombstones t
          JOIN copies c ON c.digest = t.digest ORDER BY t.at_ms, t.digest`)
        .map((row) => ({ ...row, digest: parseDigest(row.digest) })),
  };
}

/** What a place lacks, in the order in which it is brought. */
export function readLoads(db: Drizzle, location: string, roles: readonly AssetRole[]): readonly PlaceLoad[] {
  return db
    .all<PlaceLoad & { readonly trashed: number | boolean }>(sql`
      SELECT role, trashed, count(*) AS files, sum(size_bytes) AS bytes, max(size_bytes) AS largestBytes
      FROM (SELECT h.digest, h.role, h.size_bytes, min(h.trashed) AS trashed, min(${roleRank}) AS rank
        FROM (${heldFiles}) h
        LEFT JOIN copies c ON c.digest = h.digest AND c.location = ${location}
        WHERE ${goesThere(roles)} AND ${isLacking}
        GROUP BY h.digest)
      GROUP BY trashed, rank ORDER BY trashed, rank`)
    .map((load) => ({ ...load, trashed: Boolean(load.trashed) }));
}

/** Gives the places that were not removed, by their names. */
export function createPlaceReader(db: Drizzle): () => readonly PlaceSettings[] {
  const isThere = eq(locations.removed, false);
  const select = lazily(() =>
    db.select().from(locations).where(isThere).orderBy(asc(locations.name)).prepare(),
  );
  return () => select().all().map(toSettings);
}

function toSettings(row: typeof locations.$inferSelect): PlaceSettings {
  const { id: location, kind, setName, roles, ...rest } = row;
  return {
    ...rest,
    location,
    placeKind: kind as PlaceSettings['placeKind'],
    medium: row.medium as PlaceSettings['medium'],
    set: setName,
    roles: JSON.parse(roles) as string[],
  };
}

function toLacking(row: LackingRow): LackingCopy {
  return {
    ...toHeld(row),
    role: row.role,
    trashed: row.trashed !== 0,
    takenAtMs: row.taken_at_ms,
    state: row.state,
  };
}

function toHeld(row: Pick<LackingRow, 'digest' | 'ext' | 'size_bytes'>): HeldFile {
  return { digest: parseDigest(row.digest), ext: row.ext, sizeBytes: row.size_bytes };
}

function digestsOf(copies: readonly ListedCopy[]): string {
  return JSON.stringify(copies.map(({ digest }) => digest));
}

/** A hash of a type that was not known before says nothing. */
function isSameHashes(known: string | null, listed: Readonly<Record<string, string>>): boolean {
  if (known === null) return true;
  const before = JSON.parse(known) as Record<string, string>;
  return Object.entries(listed).every(([type, hash]) => before[type] === undefined || before[type] === hash);
}
