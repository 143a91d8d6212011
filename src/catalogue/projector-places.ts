import { and, eq, inArray, sql } from 'drizzle-orm';
import type { CipherFacts, EventFacts, LocationFacts, TombstoneFacts } from '#core/place-records.ts';
import { putCipher } from './cipher-rows.ts';
import type { Drizzle } from './database.ts';
import { resolveVideo } from './library-videos.ts';
import { copies } from './schema/finding-tables.ts';
import {
  links,
  locations,
  parts,
  tombstones,
  unknownSize,
  versions,
  videos,
} from './schema/journal-tables.ts';

/**
 * The last record of a place holds, but for its generation, which never falls: who took it over may not have known yet
 * what the one before had written.
 */
export function applyLocation(db: Drizzle, facts: LocationFacts): void {
  const { location: id, placeKind, set, roles, kind: _, ...rest } = facts;
  const values = { ...rest, kind: placeKind, setName: set, roles: JSON.stringify(roles) };
  db.insert(locations)
    .values({ id, ...pick(values) })
    .onConflictDoUpdate({
      target: locations.id,
      set: { ...pick(values), generation: sql`max(${locations.generation}, ${values.generation})` },
    })
    .run();
}

/** A record may have more keys than this version knows: a table has columns for those it knows. */
function pick(values: Omit<typeof locations.$inferInsert, 'id'>): Omit<typeof locations.$inferInsert, 'id'> {
  return {
    name: values.name,
    kind: values.kind,
    medium: values.medium,
    awayFromHome: values.awayFromHome,
    path: values.path,
    encrypted: values.encrypted,
    promiseDays: values.promiseDays,
    everyDays: values.everyDays,
    roles: values.roles,
    setName: values.setName,
    schedule: values.schedule,
    bandwidth: values.bandwidth,
    paused: values.paused,
    removed: values.removed,
    generation: values.generation,
  };
}

/**
 * The video has no files any more. What others have too stays held for them; the rest is remembered until it is gone
 * everywhere, so that no place brings it back.
 */
export function applyTombstone(
  db: Drizzle,
  { video, digests }: TombstoneFacts,
  seq: number,
  atMs: number,
): void {
  const id = resolveVideo(db, video);
  const gone = [...digests];
  const known = [
    ...db.select().from(versions).where(inArray(versions.digest, gone)).all(),
    ...db.select().from(parts).where(inArray(parts.digest, gone)).all(),
  ];
  const ofVideo = db.select({ id: versions.id }).from(versions).where(eq(versions.videoId, id));
  db.delete(links).where(inArray(links.versionId, ofVideo)).run();
  db.delete(versions).where(eq(versions.videoId, id)).run();
  db.delete(parts).where(eq(parts.videoId, id)).run();
  db.update(videos)
    .set({ trashedAtMs: atMs, changedSeq: seq, libraryStale: true })
    .where(eq(videos.id, id))
    .run();
  for (const digest of gone) {
    if (isStillNamed(db, digest)) continue;
    const { ext, sizeBytes } = known.find((row) => row.digest === digest) ?? unseen;
    db.insert(tombstones).values({ digest, videoId: id, ext, sizeBytes, atMs }).onConflictDoNothing().run();
  }
}

/** The records of these bytes are lost, and the owner's word holds all the same. */
const unseen = { ext: '', sizeBytes: unknownSize };

function isStillNamed(db: Drizzle, digest: string): boolean {
  const row = db.get<{ n: number }>(sql`SELECT
    (SELECT count(*) FROM versions WHERE digest = ${digest}) +
    (SELECT count(*) FROM parts WHERE digest = ${digest}) AS n`);
  return row.n > 0;
}

/**
 * The last event says when a copy was proven: a clock that was wrong then does not outlast the next check. Whether
 * it is there a listing says, but bytes that were read and found bad stay so until they are mended.
 */
export function applyEvent(
  db: Drizzle,
  { event, outcome, location, digests }: EventFacts,
  atMs: number,
): void {
  if (event === 'deletion' && outcome === 'success') {
    const isIt = and(eq(copies.location, location), inArray(copies.digest, [...digests]));
    db.delete(copies).where(isIt).run();
    return;
  }
  const isCheck = event === 'fixity check';
  const isBrought = (event === 'recovery' || event === 'replication') && outcome === 'success';
  if (!isCheck && !isBrought) return;
  const isBad = isCheck && outcome === 'failure';
  const provenAtMs = isCheck && !isBad ? atMs : null;
  const state = isBad
    ? sql`iif(${copies.state} = 'missing', 'missing', 'corrupt')`
    : sql`iif(${copies.state} = 'corrupt', 'unknown', ${copies.state})`;
  for (const digest of digests) {
    db.insert(copies)
      .values({ digest, location, state: isBad ? 'corrupt' : 'unknown', provenAtMs })
      .onConflictDoUpdate({ target: [copies.digest, copies.location], set: { provenAtMs, state } })
      .run();
  }
}

/** Of a file the last record holds, as it is what was brought last. */
export function applyCiphers(db: Drizzle, { location, files }: CipherFacts): void {
  for (const file of files) putCipher(db, location, file);
}
