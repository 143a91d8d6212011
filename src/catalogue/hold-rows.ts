import { and, asc, eq } from 'drizzle-orm';
import { parseDigest } from '#core/digest.ts';
import { decodeName, encodeName } from '#core/file-name.ts';
import type { Hold, HoldRows } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { holds } from './schema.ts';

export function createHoldRows(db: Drizzle): HoldRows {
  return {
    add({ video, path, heldPath, ...hold }) {
      db.insert(holds)
        .values({
          ...hold,
          videoId: video,
          path: Buffer.from(encodeName(path)),
          heldPath: Buffer.from(encodeName(heldPath)),
        })
        .run();
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
    remove(id) {
      db.delete(holds).where(eq(holds.id, id)).run();
    },
  };
}

function toHold({ videoId, ...row }: typeof holds.$inferSelect): Hold {
  return {
    ...row,
    video: videoId,
    digest: parseDigest(row.digest),
    path: decodeName(row.path),
    heldPath: decodeName(row.heldPath),
  };
}
