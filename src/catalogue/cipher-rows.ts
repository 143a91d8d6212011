import { and, eq, sql } from 'drizzle-orm';
import type { Digest } from '#core/digest.ts';
import type { CipherEntry, CipherRows } from '#core/ports/cipher-ledger.ts';
import type { PlaceHashes } from '#core/ports/location.ts';
import type { Drizzle } from './database.ts';
import { ciphers } from './schema/journal-tables.ts';

export function createCipherRows(db: Drizzle): CipherRows {
  // Asked of each file of a list.
  const findBy = (column: typeof ciphers.path | typeof ciphers.cipherPath) =>
    db
      .select()
      .from(ciphers)
      .where(and(eq(ciphers.location, sql.placeholder('location')), eq(column, sql.placeholder('value'))))
      .prepare();
  const [byPath, byCipherPath] = [findBy(ciphers.path), findBy(ciphers.cipherPath)];
  const entryOrNull = (row: typeof ciphers.$inferSelect | undefined) =>
    row === undefined ? null : toEntry(row);

  return {
    find: (location, path) => entryOrNull(byPath.get({ location, value: path })),
    findByCipherPath: (location, cipherPath) =>
      entryOrNull(byCipherPath.get({ location, value: cipherPath })),
    put(location, entries) {
      for (const entry of entries) putCipher(db, location, entry);
    },
  };
}

/** Of a path the last entry holds. */
export function putCipher(db: Drizzle, location: string, entry: CipherEntry): void {
  const { path, cipherPath, cipherSizeBytes, cipherDigest } = entry;
  const set = { cipherPath, cipherSizeBytes, cipherDigest, cipherHashes: JSON.stringify(entry.cipherHashes) };
  db.insert(ciphers)
    .values({ location, path, ...set })
    .onConflictDoUpdate({ target: [ciphers.location, ciphers.path], set })
    .run();
}

function toEntry(row: typeof ciphers.$inferSelect): CipherEntry {
  const { path, cipherPath, cipherSizeBytes } = row;
  return {
    ...{ path, cipherPath, cipherSizeBytes },
    cipherDigest: row.cipherDigest as Digest,
    cipherHashes: JSON.parse(row.cipherHashes) as PlaceHashes,
  };
}
