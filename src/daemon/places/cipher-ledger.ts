import { parseBlobPath } from '#core/digest.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { CipherEntry, CipherLedger } from '#core/ports/cipher-ledger.ts';
import type { Ledger } from '#daemon/ledger.ts';

/**
 * What was encrypted for one place: of blobs in the journal, so that it outlives the catalogue, a whole group as one
 * record. Of the journal's own files only the catalogue knows: a segment about the last segment would never be the last.
 * They are small, and read back where nothing is known of them.
 */
export function createCipherLedger(
  { catalogue, ledger }: { readonly catalogue: Pick<Catalogue, 'ciphers'>; readonly ledger: Ledger },
  location: string,
): CipherLedger {
  const { ciphers } = catalogue;
  const isBlob = ({ path }: CipherEntry) => parseBlobPath(path) !== null;
  return {
    find: async (path) => ciphers.find(location, path),
    findByCipherPath: async (cipherPath) => ciphers.findByCipherPath(location, cipherPath),
    async record(entries) {
      if (entries.length === 0) return;
      const files = entries.filter(isBlob);
      await ledger.commit(() => ({
        drafts: files.length === 0 ? [] : [{ facts: { kind: 'cipher', location, files }, index: [] }],
        also: () =>
          ciphers.put(
            location,
            entries.filter((entry) => !isBlob(entry)),
          ),
      }));
    },
  };
}
