import { and, asc, eq, sql } from 'drizzle-orm';
import { parseDigest } from '#core/digest.ts';
import { decodeName, encodeName } from '#core/file-name.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { Hold, HoldRows } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { holds } from './schema/work-tables.ts';

export function createHoldRows(db: Drizzle): HoldRows {
  const add = prepareAdd(db);
  return {
    add({ path, heldPath, belongs, ...hold }) {
      add.run({
        ...hold,
        belongs: belongs == null ? null : JSON.stringify(belongs),
        path: Buffer.from(encodeName(path)),
        heldPath: Buffer.from(encodeName(heldPath)),
      });
    },
    list: (inbox) =>
      db.select().from(holds).where(eq(holds.inbox, inbox)).orderBy(asc(holds.heldAtMs)).all().map(toHold),
    find(inbox, heldPath) {
      const row = db
        .select()
        .from(holds)
        .where(and(eq(holds.inbox, inbox), eq(holds.heldPath, Buffer.from(encodeName(heldPath)))))
        .get();
      return row === undefined ? null : toHold(row);
    },
    setBelongs({ id, digest, belongs, video }) {
      db.update(holds)
        .set({ belongs: belongs == null ? null : JSON.stringify(belongs), videoId: video })
        .where(and(eq(holds.id, id), eq(holds.digest, digest)))
        .run();
    },
    remove(id) {
      db.delete(holds).where(eq(holds.id, id)).run();
    },
    renameInbox(from, to) {
      db.update(holds).set({ inbox: to }).where(eq(holds.inbox, from)).run();
    },
  };
}

/** Runs for each file that is taken. */
function prepareAdd(db: Drizzle) {
  const p = sql.placeholder;
  return db
    .insert(holds)
    .values({
      id: p('id'),
      inbox: p('inbox'),
      path: p('path'),
      heldPath: p('heldPath'),
      digest: p('digest'),
      videoId: p('video'),
      sizeBytes: p('sizeBytes'),
      fingerprint: p('fingerprint'),
      heldAtMs: p('heldAtMs'),
      belongs: p('belongs'),
    })
    .prepare();
}

function toHold({ videoId, ...row }: typeof holds.$inferSelect): Hold {
  return {
    ...row,
    video: videoId,
    digest: parseDigest(row.digest),
    path: decodeName(row.path),
    heldPath: decodeName(row.heldPath),
    belongs: row.belongs === null ? null : (JSON.parse(row.belongs) as Belongs),
  };
}
