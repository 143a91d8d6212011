import { and, eq, inArray, notExists, sql } from 'drizzle-orm';
import { encodeName } from '#core/file-name.ts';
import type { ImportRows } from '#core/ports/imports.ts';
import type { CatalogueDatabase, Drizzle } from './database.ts';
import type { HeldFile } from './import-plan.ts';
import { copies, sightings, versions } from './schema.ts';
import { createSightingRows } from './sighting-rows.ts';

/** Imports have sightings of their own: no inbox is called so, as inboxes are called by their folders. */
const inbox = ':import';

export function createImportRows(db: Drizzle): ImportRows {
  const rows = createSightingRows(db);
  const find = prepareFind(db);
  return {
    isTaken: (path, fingerprint) =>
      find.get({ path: Buffer.from(encodeName(path)), fingerprint }) !== undefined,
    noteTaken(file, version, nowMs) {
      const { id } = rows.see({ inbox, ...file, state: 'taken', reason: null }, nowMs);
      rows.update(id, { state: 'taken', reason: null, versionId: version }, nowMs);
    },
  };
}

/** Runs for each file of an archive. */
function prepareFind(db: Drizzle) {
  const troubled = db
    .select({ digest: copies.digest })
    .from(copies)
    .where(and(eq(copies.digest, versions.digest), inArray(copies.state, ['corrupt', 'missing'])));
  return db
    .select({ id: sightings.id })
    .from(sightings)
    .innerJoin(versions, eq(versions.id, sightings.versionId))
    .where(
      and(
        eq(sightings.inbox, inbox),
        eq(sightings.path, sql.placeholder('path')),
        eq(sightings.fingerprint, sql.placeholder('fingerprint')),
        notExists(troubled),
      ),
    )
    .prepare();
}

/** Every file that the archive holds, as far as its bytes are concerned. */
export function heldFiles({ sqlite }: Pick<CatalogueDatabase, 'sqlite'>): Iterable<HeldFile> {
  const held = sqlite.prepare<[], HeldFile>(
    'SELECT digest, ext, size_bytes AS sizeBytes FROM versions UNION SELECT digest, ext, size_bytes FROM parts',
  );
  return held.iterate();
}
