import type { Digest } from '#core/digest.ts';
import type { CipherEntry } from '#core/ports/cipher-ledger.ts';

// What the journal says of places and of the copies there (docs/format.md, "Journal").

/** What happened to copies, in PREMIS event words (PREMIS 3 preservation event types). */
export interface EventFacts {
  readonly kind: 'event';
  readonly event: 'fixity check' | 'replication' | 'deletion' | 'quarantine' | 'recovery';
  readonly location: string;
  readonly outcome: 'success' | 'failure';
  readonly digests: readonly Digest[];
}

/** A place that holds copies, other than the vault; the last record of an id holds. No secret is ever in it. */
export interface LocationFacts {
  readonly kind: 'location';
  readonly location: string;
  readonly name: string;
  readonly placeKind: 'drive' | 'remote';
  readonly medium: 'nas' | 'drive' | 'cloud';
  readonly awayFromHome: boolean;
  /** A drive's folder, or a remote's name and path in Reelhold's own configuration of rclone. */
  readonly path: string;
  readonly encrypted: boolean;
  /** How long a proof holds there, in days. */
  readonly promiseDays: number;
  /** How often a drive is plugged in, in days; null for a place that is always expected. */
  readonly everyDays: number | null;
  /** What is brought there: `final`, `published`, `draft`, `raw`, `other`. */
  readonly roles: readonly string[];
  /** Drives that take turns have one name for their set; null for one that stands for itself. */
  readonly set: string | null;
  /** The hours of the day, by the clock on the wall, in which work is done there: `22:00-07:00`; null for any hour. */
  readonly schedule: string | null;
  /** How fast it may be written to by the time of day, as rclone's timetable (`08:00,512k 23:00,off`); null for no limit. */
  readonly bandwidth: string | null;
  readonly paused: boolean;
  readonly removed: boolean;
  /** Grows when another installation takes the place over. */
  readonly generation: number;
}

/** The owner had a video deleted everywhere: what has these digests, and no other video, is to be held no more. */
export interface TombstoneFacts {
  readonly kind: 'tombstone';
  readonly video: string;
  readonly digests: readonly Digest[];
}

/**
 * What was encrypted for an encrypted place, noted before it leaves: encrypting the same file again gives other bytes,
 * so that nothing else tells later whether what stands there is what was made. Of a path the last holds.
 */
export interface CipherFacts {
  readonly kind: 'cipher';
  readonly location: string;
  /** Blobs alone: what was noted of the journal's own files would be one more of them, and so on. */
  readonly files: readonly CipherEntry[];
}
