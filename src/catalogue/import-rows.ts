import { and, eq, inArray, notExists, or, sql } from 'drizzle-orm';
import { encodeName } from '#core/file-name.ts';
import type { ImportRows } from '#core/ports/imports.ts';
import type { CatalogueDatabase, Drizzle } from './database.ts';
import type { HeldFile } from './import-plan.ts';
import { copies } from './schema/finding-tables.ts';
import { parts, versions } from './schema/journal-tables.ts';
import { sightings } from './schema/work-tables.ts';
import { createSightingRows } from './sighting-rows.ts';

/** Imports have sightings of their own: no inbox is called so, as inboxes are called by their folders. */
const inbox = ':import';

export function createImportRows(db: Drizzle): ImportRows {
  const rows = createSightingRows(db);
  const find = prepareFind(db);
  const pathOf = (path: string) => Buffer.from(encodeName(path));
  return {
    takenAtMs: (path, fingerprint) => find.asTaken.get({ path: pathOf(path), fingerprint })?.atMs ?? null,
    videoOf: (path) => find.video.get({ path: pathOf(path) })?.video ?? null,
    noteTaken(file, id, nowMs) {
      const row = rows.see({ inbox, ...file, state: 'taken', reason: null }, nowMs);
      rows.update(row.id, { state: 'taken', reason: null, versionId: id }, nowMs);
    },
  };
}

/** These run for each file of an archive. */
function prepareFind(db: Drizzle) {
  const isAt = and(eq(sightings.inbox, inbox), eq(sightings.path, sql.placeholder('path')));
  const isItself = eq(sightings.fingerprint, sql.placeholder('fingerprint'));
  const isOfIt = or(eq(copies.digest, versions.digest), eq(copies.digest, parts.digest));
  const troubled = db
    .select({ digest: copies.digest })
    .from(copies)
    .where(and(isOfIt, inArray(copies.state, ['corrupt', 'missing'])));
  const became = {
    atMs: sql<number | null>`coalesce(${versions.takenAtMs}, ${parts.takenAtMs})`,
    video: sql<string | null>`coalesce(${versions.videoId}, ${parts.videoId})`,
  };
  const all = () =>
    db
      .select(became)
      .from(sightings)
      .leftJoin(versions, eq(versions.id, sightings.versionId))
      .leftJoin(parts, eq(parts.id, sightings.versionId));
  return {
    asTaken: all()
      .where(and(isAt, isItself, notExists(troubled)))
      .prepare(),
    video: all().where(isAt).prepare(),
  };
}

/** Every file that the archive holds, as far as its bytes are concerned. */
export function heldFiles({ sqlite }: Pick<CatalogueDatabase, 'sqlite'>): Iterable<HeldFile> {
  const held = sqlite.prepare<[], HeldFile>(
    'SELECT digest, ext, size_bytes AS sizeBytes FROM versions UNION SELECT digest, ext, size_bytes FROM parts',
  );
  return held.iterate();
}
