import type { CopyState } from '#core/assess.ts';
import { type AssetRole, assetRoles } from '#core/asset-role.ts';
import { cipherSize } from '#core/cipher-size.ts';
import { type BlobRef, blobPath } from '#core/digest.ts';
import type { PlaceFile } from '#core/ports/location.ts';

/** A file that a place should hold, and does not, as far as is known. */
export interface LackingCopy extends BlobRef {
  readonly sizeBytes: number;
  readonly role: AssetRole;
  readonly trashed: boolean;
  /** When it came in; ms of the wall clock. */
  readonly takenAtMs: number;
  /** What is known of the place's copy; null where there never was one. */
  readonly state: CopyState | null;
}

/** What bounds a batch. Sizes in bytes; null where nothing does. */
export interface MirrorBounds {
  readonly freeBytes: number | null;
  /** The size of the largest file that the place can hold. */
  readonly largestFileBytes: number | null;
  /** Room on this machine for what is encrypted before it is brought. */
  readonly spoolBytes: number | null;
  /** As much as is begun at once. */
  readonly batchBytes: number;
}

export interface MirrorPlan<T> {
  /** What is brought now, in this order. */
  readonly batch: readonly T[];
  /** What is passed over, as there is no room for it there. */
  readonly noRoom: readonly T[];
  /** What is passed over, as the place can hold no file as large as that. */
  readonly tooLarge: readonly T[];
  /** What is passed over, as there is no room here to encrypt it. */
  readonly noSpool: readonly T[];
}

const batchCopies = 200;
const largestBatchBytes = 4 * 1024 ** 3;
const smallestBatchBytes = 64 * 1024 ** 2;
const unknownSpeedBatchBytes = 256 * 1024 ** 2;
const shortBatchSeconds = 10 * 60;
/** Room that is left at a place, so that marks and segments still fit. */
const reserveBytes = 64 * 1024 ** 2;

/** What may be filled of a place that has so much free; without end where nobody knows. */
export function roomOf(freeBytes: number | null): number {
  return freeBytes === null ? Number.POSITIVE_INFINITY : Math.max(0, freeBytes - reserveBytes);
}

/**
 * How much to begin at once: what has begun goes to its end, so that at a place with hours it is no more than ten
 * minutes' work, as far as its speed (bytes a second) is known.
 */
export function batchBytesFor(schedule: string | null, bytesPerSecond: number | null): number {
  if (schedule === null) return largestBatchBytes;
  if (bytesPerSecond === null) return unknownSpeedBatchBytes;
  return Math.min(largestBatchBytes, Math.max(smallestBatchBytes, bytesPerSecond * shortBatchSeconds));
}

/**
 * What to bring to a place next: finals before drafts, those before raw footage, what is in the trash last; of these
 * the newest first. As much as is recorded together, and as there is room for; what is too large is passed over and
 * said, so that smaller files behind it still come.
 */
export function planMirror<T extends LackingCopy>(
  lacking: readonly T[],
  { freeBytes, largestFileBytes, spoolBytes, batchBytes }: MirrorBounds,
): MirrorPlan<T> {
  const spoolRoomBytes = spoolBytes ?? Number.POSITIVE_INFINITY;
  // A batch that is small enough is encrypted as a whole before any of it leaves.
  const mostBytes = Math.min(batchBytes, spoolRoomBytes);
  let roomBytes = roomOf(freeBytes);
  let bytes = 0;
  const plan = { batch: [] as T[], noRoom: [] as T[], tooLarge: [] as T[], noSpool: [] as T[] };
  for (const copy of lacking.toSorted(compareForMirror)) {
    // What stands there already takes no room; only what is good as far as is known is not encrypted again.
    const isThere = copy.state === 'present';
    const needsBytes = isThere || copy.state === 'corrupt' ? 0 : copy.sizeBytes;
    const ownBytes = spoolBytes === null ? copy.sizeBytes : cipherSize(copy.sizeBytes);
    if (copy.sizeBytes > (largestFileBytes ?? Number.POSITIVE_INFINITY)) plan.tooLarge.push(copy);
    else if (needsBytes > roomBytes) plan.noRoom.push(copy);
    else if (!isThere && ownBytes > spoolRoomBytes) plan.noSpool.push(copy);
    else if (plan.batch.length === 0 || (plan.batch.length < batchCopies && bytes + ownBytes <= mostBytes)) {
      plan.batch.push(copy);
      bytes += ownBytes;
      roomBytes -= needsBytes;
    }
  }
  return plan;
}

function compareForMirror(a: LackingCopy, b: LackingCopy): number {
  return (
    Number(a.trashed) - Number(b.trashed) ||
    assetRoles.indexOf(a.role) - assetRoles.indexOf(b.role) ||
    b.takenAtMs - a.takenAtMs ||
    (a.digest < b.digest ? -1 : 1)
  );
}

/** A blob as a file of the layout. */
export function placeFileOf(copy: BlobRef & { readonly sizeBytes: number }): PlaceFile {
  return { path: blobPath(copy), sizeBytes: copy.sizeBytes, digest: copy.digest };
}
