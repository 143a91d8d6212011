import type { AssetRole } from '#core/asset-role.ts';
import type { BlobRef, Digest } from '#core/digest.ts';
import type { RecentChanges } from '#core/mass-change.ts';
import type { PlaceLoad } from '#core/place-forecast.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { ErasableVideo } from '#core/plan-erase.ts';
import type { LackingCopy } from '#core/plan-mirror.ts';
import type { SoleCopies } from '#core/plan-removal.ts';
import type { PlaceHashes } from '#core/ports/location.ts';

/** What one place's list says of a blob. */
export interface ListedCopy {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly hashes: PlaceHashes;
}

/** A file of the archive with what is known of it. */
export interface HeldFile extends BlobRef {
  readonly sizeBytes: number;
}

/** What is known of places and of the copies there. Times in ms of the wall clock. */
export interface PlaceRows {
  /** Places that were not removed, by their names. */
  list(): readonly PlaceSettings[];
  /** A place, also one that was removed; null where nobody knows it. */
  find(location: string): PlaceSettings | null;
  /**
   * What belongs to a place and is not known to stand there good, of what the vault holds and has proven; in the
   * order in which it is to be brought.
   */
  lacking(
    location: string,
    roles: readonly AssetRole[],
    vault: string,
    limit: number,
  ): readonly LackingCopy[];
  countLacking(
    location: string,
    roles: readonly AssetRole[],
    vault: string,
  ): { readonly files: number; readonly bytes: number };
  /** What belongs to a place and is not known to stand there good, whether or not the vault has proven it yet. */
  loads(location: string, roles: readonly AssetRole[]): readonly PlaceLoad[];
  /** Whether there are copies of which only the journal is known, so that the place has to be listed first. */
  hasUnknown(location: string): boolean;
  /**
   * Notes what a list shows, as of `atMs`: what was missing or unknown is present again. Gives the copies that are
   * not as they were: another size than the blob's, or other hashes than before.
   */
  markListed(location: string, listed: readonly ListedCopy[], atMs: number): readonly Digest[];
  /** Copies that should be there, and were not in the list of `atMs`. */
  unlisted(location: string, atMs: number): readonly Digest[];
  setHashes(location: string, digest: Digest, hashes: PlaceHashes): void;
  /** Where good bytes may be found, the last proven first; without the place given. */
  goodCopies(digest: Digest, except: string): readonly { readonly location: string }[];
  /** Of how many videos a place may have what is good nowhere else. */
  soleCopies(location: string, vault: string): SoleCopies;
  file(digest: Digest): HeldFile | null;
  /** Some videos whose copies are present at a place, at random. */
  sample(location: string, count: number): readonly HeldFile[];
  /** What is to be erased at a place, as far as it is known under which name it stands there. */
  erasable(location: string): readonly HeldFile[];
  /** Notes that blobs which the owner had erased still stand at a place. */
  markErasable(location: string, files: readonly HeldFile[], atMs: number): void;
  isErased(digest: Digest): boolean;
  /** A video as whoever deletes it needs it; null where there is none. */
  erasableVideo(video: string): ErasableVideo | null;
  /** What came in since then, ms of the wall clock. */
  changesSince(sinceMs: number): RecentChanges;
  /** Blobs that the owner had deleted, with the places where they still are. */
  pendingErasures(): readonly {
    readonly video: string;
    readonly digest: Digest;
    readonly location: string;
  }[];
}
