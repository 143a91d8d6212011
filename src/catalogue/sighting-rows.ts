import { and, eq, gt, gte, isNotNull, isNull, like, lt, ne, notInArray, notLike, or, sql } from 'drizzle-orm';
import type { Damage } from '#core/damage.ts';
import { parseDigest } from '#core/digest.ts';
import { decodeName, encodeName } from '#core/file-name.ts';
import type { Sighting, SightingRows, SightingState, TakenSighting } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { parts, versions } from './schema/journal-tables.ts';
import { sightings } from './schema/work-tables.ts';

export function createSightingRows(db: Drizzle): SightingRows {
  const statements = prepareStatements(db);
  return {
    see(seen, nowMs) {
      return toSighting(
        statements.see.get({
          inbox: seen.inbox,
          path: toBytes(seen.path),
          sizeBytes: seen.sizeBytes,
          fingerprint: seen.fingerprint,
          state: seen.state,
          reason: seen.reason,
          versionId: seen.versionId ?? null,
          nowMs,
        }),
      );
    },
    find(inbox, path) {
      const row = statements.find.get({ inbox, path: toBytes(path) });
      return row === undefined ? null : toSighting(row);
    },
    isAnyOpenBelow(inbox, folder) {
      return statements.open.get({ inbox, ...below(folder) }) !== undefined;
    },
    takenBelow: (inbox, folder, sinceMs) =>
      statements.taken.all({ inbox, ...below(folder), sinceMs }).map(toTaken),
    noteJoined({ id, versionId }) {
      db.update(sightings)
        .set({ versionId: null })
        .where(and(eq(sightings.id, id), eq(sightings.versionId, versionId), isTaken))
        .run();
    },
    list: (inbox) => db.select().from(sightings).where(eq(sightings.inbox, inbox)).all().map(toSighting),
    update(id, change, nowMs) {
      db.update(sightings)
        .set({ ...change, bytesDone: 0, changedAtMs: nowMs })
        .where(eq(sightings.id, id))
        .run();
    },
    setProgress(id, bytesDone) {
      db.update(sightings).set({ bytesDone }).where(eq(sightings.id, id)).run();
    },
    forget(id) {
      statements.forget.run({ id });
    },
    renameInbox(from, to) {
      db.run(sql`UPDATE OR REPLACE sightings SET inbox = ${to} WHERE inbox = ${from}`);
    },
    forgetOpen(besides) {
      db.delete(sightings)
        .where(
          and(
            ne(sightings.state, 'taken'),
            like(sightings.inbox, '/%'),
            notInArray(sightings.inbox, [...besides]),
          ),
        )
        .run();
    },
  };
}

/** A literal, as only that finds the index of these rows. */
const isTaken = sql`${sightings.state} = 'taken'`;

/** These run for each file of an inbox, more than once. */
function prepareStatements(db: Drizzle) {
  const p = sql.placeholder;
  const values = {
    inbox: p('inbox'),
    path: p('path'),
    sizeBytes: p('sizeBytes'),
    fingerprint: p('fingerprint'),
    state: p('state'),
    reason: p('reason'),
    bytesDone: 0,
    changedAtMs: p('nowMs'),
    versionId: p('versionId'),
  };
  const { inbox: _inbox, path: _path, ...changed } = values;
  const isBelow = [
    eq(sightings.inbox, p('inbox')),
    gte(sightings.path, p('from')),
    lt(sightings.path, p('to')),
  ];
  return {
    see: db
      .insert(sightings)
      .values({ ...values, firstSeenAtMs: p('nowMs') })
      .onConflictDoUpdate({ target: [sightings.inbox, sightings.path], set: excluded(Object.keys(changed)) })
      .returning()
      .prepare(),
    find: db
      .select()
      .from(sightings)
      .where(and(eq(sightings.inbox, p('inbox')), eq(sightings.path, p('path'))))
      .prepare(),
    open: db
      .select({ id: sightings.id })
      .from(sightings)
      .where(
        and(
          ...isBelow,
          sql`${sightings.state} <> 'taken'`,
          gt(sightings.sizeBytes, 0),
          or(isNull(sightings.reason), notLike(sightings.reason, 'list-waits-for-%')),
        ),
      )
      .limit(1)
      .prepare(),
    taken: db
      .select({
        id: sightings.id,
        path: sightings.path,
        changedAtMs: sightings.changedAtMs,
        versionId: sql<string>`${sightings.versionId}`,
        digest: sql<string>`coalesce(${versions.digest}, ${parts.digest})`,
        sizeBytes: sql<number>`coalesce(${versions.sizeBytes}, ${parts.sizeBytes})`,
        video: sql<string>`coalesce(${versions.videoId}, ${parts.videoId})`,
        damaged: sql<Damage | null>`coalesce(${versions.damaged}, ${parts.damaged})`,
      })
      .from(sightings)
      .leftJoin(versions, eq(versions.id, sightings.versionId))
      .leftJoin(parts, eq(parts.id, sightings.versionId))
      .where(
        and(
          ...isBelow,
          isTaken,
          isNotNull(sightings.versionId),
          gte(sightings.changedAtMs, p('sinceMs')),
          // What was erased is no more.
          or(isNotNull(versions.id), isNotNull(parts.id)),
        ),
      )
      .prepare(),
    forget: db
      .delete(sightings)
      .where(eq(sightings.id, p('id')))
      .prepare(),
  };
}

/** Sets the columns to what the insert would have written. */
function excluded(columns: readonly string[]) {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(columns.map((name) => [name, sql.raw(`excluded.${snake(name)}`)]));
}

/** '0' is the byte after '/'. */
function below(folder: string) {
  return { from: toBytes(`${folder}/`), to: toBytes(`${folder}0`) };
}

function toBytes(path: string): Buffer {
  return Buffer.from(encodeName(path));
}

function toSighting(row: typeof sightings.$inferSelect): Sighting {
  return {
    id: row.id,
    inbox: row.inbox,
    path: decodeName(row.path),
    sizeBytes: row.sizeBytes,
    fingerprint: row.fingerprint,
    state: row.state as SightingState,
    reason: row.reason,
    changedAtMs: row.changedAtMs,
    versionId: row.versionId,
  };
}

type TakenRow = Omit<TakenSighting, 'path' | 'digest'> & { readonly path: Buffer; readonly digest: string };

function toTaken({ path, digest, ...row }: TakenRow): TakenSighting {
  return { ...row, path: decodeName(path), digest: parseDigest(digest) };
}
