import type { CipherLedger } from '#core/ports/cipher-ledger.ts';

/** What was encrypted for a place, for whoever only reads there, by its password alone. */
export function createUnknownCiphers(): CipherLedger {
  return {
    find: async () => null,
    findByCipherPath: async () => null,
    async record() {
      throw new TypeError('who only reads encrypts nothing');
    },
  };
}
