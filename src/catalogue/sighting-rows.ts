import { and, eq } from 'drizzle-orm';
import { decodeName, encodeName } from '#core/file-name.ts';
import type { Sighting, SightingRows, SightingState } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { sightings } from './schema.ts';

export function createSightingRows(db: Drizzle): SightingRows {
  const where = (inbox: string, path: string) =>
    and(eq(sightings.inbox, inbox), eq(sightings.path, toBytes(path)));
  return {
    see(seen, nowMs) {
      const values = {
        inbox: seen.inbox,
        path: toBytes(seen.path),
        sizeBytes: seen.sizeBytes,
        fingerprint: seen.fingerprint,
        state: seen.state,
        reason: seen.reason,
        bytesDone: 0,
        changedAtMs: nowMs,
        versionId: null,
      };
      const row = db
        .insert(sightings)
        .values({ ...values, firstSeenAtMs: nowMs })
        .onConflictDoUpdate({ target: [sightings.inbox, sightings.path], set: values })
        .returning()
        .get();
      return toSighting(row);
    },
    find(inbox, path) {
      const row = db.select().from(sightings).where(where(inbox, path)).get();
      return row === undefined ? null : toSighting(row);
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
      db.delete(sightings).where(eq(sightings.id, id)).run();
    },
  };
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
  };
}
