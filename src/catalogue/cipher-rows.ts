import { and, eq } from 'drizzle-orm';
import type { Digest } from '#core/digest.ts';
import type { CipherEntry, CipherLedger } from '#core/ports/cipher-ledger.ts';
import type { PlaceHashes } from '#core/ports/location.ts';
import type { CatalogueDatabase } from './database.ts';
import { ciphers } from './schema.ts';
import { guarding } from './sqlite-errors.ts';

/** What was encrypted for one place, in the catalogue; durable when `record` returns. */
export function createCipherRows(database: CatalogueDatabase, location: string): CipherLedger {
  const { db, sqlite } = database;
  const findBy = (column: typeof ciphers.path | typeof ciphers.cipherPath, value: string) =>
    guarding('read', database, () => {
      const row = db
        .select()
        .from(ciphers)
        .where(and(eq(ciphers.location, location), eq(column, value)))
        .get();
      return row === undefined ? null : toEntry(row);
    });

  const write = (entry: CipherEntry) => {
    const { path, cipherPath, cipherSizeBytes, cipherDigest } = entry;
    const set = {
      cipherPath,
      cipherSizeBytes,
      cipherDigest,
      cipherHashes: JSON.stringify(entry.cipherHashes),
    };
    db.insert(ciphers)
      .values({ location, path, ...set })
      .onConflictDoUpdate({ target: [ciphers.location, ciphers.path], set })
      .run();
  };

  return {
    find: async (path) => findBy(ciphers.path, path),
    findByCipherPath: async (cipherPath) => findBy(ciphers.cipherPath, cipherPath),
    async record(entries) {
      if (entries.length === 0) return;
      const writeAll = () => entries.forEach(write);
      guarding('write to', database, () => sqlite.transaction(writeAll).immediate());
    },
  };
}

function toEntry({
  path,
  cipherPath,
  cipherSizeBytes,
  cipherDigest,
  cipherHashes,
}: typeof ciphers.$inferSelect): CipherEntry {
  return {
    ...{ path, cipherPath, cipherSizeBytes },
    cipherDigest: cipherDigest as Digest,
    cipherHashes: JSON.parse(cipherHashes) as PlaceHashes,
  };
}
