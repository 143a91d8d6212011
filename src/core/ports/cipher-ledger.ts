import type { Digest } from '#core/digest.ts';
import type { PlaceHashes } from './location.ts';

/** What stands at an encrypted place for one file of the layout. */
export interface CipherEntry {
  /** Of the file, below the archive's root. */
  readonly path: string;
  /** Of the encrypted file, below the place's root. */
  readonly cipherPath: string;
  readonly cipherSizeBytes: number;
  /** SHA-256 of the encrypted bytes. */
  readonly cipherDigest: Digest;
  /** What else is known of the encrypted bytes, such as the hash that the provider reports. */
  readonly cipherHashes: PlaceHashes;
}

/**
 * What was encrypted for one place. Encrypting the same file twice gives other bytes, so that only this tells later
 * whether those that stand there are those that were made.
 *
 * Obligations: what `record` was given is durable when it returns, and is found from then on; of several entries of a
 * path the last holds.
 */
export interface CipherLedger {
  find(path: string): Promise<CipherEntry | null>;
  /** Which file an encrypted one is; null where that is not known. */
  findByCipherPath(cipherPath: string): Promise<CipherEntry | null>;
  record(entries: readonly CipherEntry[]): Promise<void>;
}

/** The same of every place, as the catalogue has it. */
export interface CipherRows {
  find(location: string, path: string): CipherEntry | null;
  findByCipherPath(location: string, cipherPath: string): CipherEntry | null;
  put(location: string, entries: readonly CipherEntry[]): void;
}
