import { eq, sql } from 'drizzle-orm';
import type { Assessment, CopyState } from '#core/assess.ts';
import type { AssetRole } from '#core/asset-role.ts';
import type { Digest } from '#core/digest.ts';
import { judgingMs } from '#core/proof-dates.ts';
import type { CatalogueDatabase } from './database.ts';
import { judgeFile, readProofDates } from './judge-archive.ts';
import { createConditionReader } from './note-rows.ts';
import { heldFiles } from './place-rows.ts';
import { copies } from './schema/finding-tables.ts';
import { guarded } from './sqlite-errors.ts';

/** Questions about bytes that stand outside of the archive. */
export interface HeldQueries {
  /** The sizes of all files that are held: bytes of another size are not. */
  sizes(): ReadonlySet<number>;
  /** The policy's verdicts on these bytes, one for each role that they have; none where they are not held. */
  assessments(digest: Digest): readonly Assessment[];
}

/** The questions, over a connection that need not write; each is answered by what is known at that moment. */
export function createHeldQueries(database: CatalogueDatabase, nowMs: () => number): HeldQueries {
  return guarded(createRawQueries(database, nowMs), 'read', database);
}

function createRawQueries({ db }: CatalogueDatabase, nowMs: () => number): HeldQueries {
  const condition = createConditionReader(db);
  return {
    sizes: () =>
      new Set(
        db
          .all<{ size: number }>(sql`SELECT DISTINCT size_bytes AS size FROM (${heldFiles})`)
          .map(({ size }) => size),
      ),
    assessments(digest) {
      const roles = db.all<{ role: AssetRole }>(
        sql`SELECT DISTINCT role FROM (${heldFiles}) WHERE digest = ${digest}`,
      );
      if (roles.length === 0) return [];
      const found = db
        .select()
        .from(copies)
        .where(eq(copies.digest, digest))
        .all()
        .map((copy) => ({ ...copy, state: copy.state as CopyState }));
      const rules = { places: [], policies: {}, ...condition('places') };
      const atMs = judgingMs(readProofDates(db, nowMs()), nowMs());
      return roles.map(({ role }) => judgeFile(found, role, rules, atMs));
    },
  };
}
