import type { CipherEntry, CipherLedger } from '#core/ports/cipher-ledger.ts';

/** A ledger in memory that keeps every obligation of the port but durability, for tests and trials. */
export function createMemoryCipherLedger(): CipherLedger {
  const byPath = new Map<string, CipherEntry>();
  const byCipherPath = new Map<string, CipherEntry>();
  return {
    find: async (path) => byPath.get(path) ?? null,
    findByCipherPath: async (cipherPath) => byCipherPath.get(cipherPath) ?? null,
    async record(entries) {
      for (const entry of entries) {
        byPath.set(entry.path, entry);
        byCipherPath.set(entry.cipherPath, entry);
      }
    },
  };
}
