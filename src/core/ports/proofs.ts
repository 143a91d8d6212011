import type { Digest } from '#core/digest.ts';
import type { CopyToProve } from '#core/plan-proof.ts';

/** What the catalogue knows of reading copies back. Times in ms of the wall clock. */
export interface ProofRows {
  /**
   * Copies of a location that are present, the longest unread first: those never read, then those whose proof
   * is dated after `believedMs`, then the oldest.
   */
  longestUnread(location: string, believedMs: number, limit: number): readonly CopyToProve[];
  /**
   * Copies of a location that should be there, and are known not to be, or not to be good, or of which nobody knows:
   * those that were last looked at before `beforeMs` (a look that is dated after `believedMs` does not count), those
   * first of which that is longest ago.
   */
  notThere(
    location: string,
    looked: { readonly beforeMs: number; readonly believedMs: number },
    limit: number,
  ): readonly CopyToProve[];
  /** How many copies of a location are known to be damaged, gone or not to be read. */
  bad(location: string): { readonly files: number; readonly bytes: number };
  /** How many copies stand in a location that are known to be damaged or not to be read. */
  damaged(location: string): number;
  /** Copies of a location that are not as they should be, those first that were looked at longest ago. */
  troubled(location: string, limit: number): readonly TroubledCopy[];
  /** How many bytes stand in a location, as far as they are present. */
  heldBytes(location: string): number;
  /** How many of them were last read back between these times, both included. */
  bytesProvenBetween(location: string, fromMs: number, toMs: number): number;
}

export interface TroubledCopy {
  readonly digest: Digest;
  /** What reading it once more costs. */
  readonly sizeBytes: number;
}
