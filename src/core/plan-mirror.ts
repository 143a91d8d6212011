import type { CopyState } from '#core/assess.ts';
import { type AssetRole, assetRoles } from '#core/asset-role.ts';
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

export interface MirrorPlan<T> {
  /** What is brought now, in this order. */
  readonly batch: readonly T[];
  /** Bytes of what is passed over, as there is no room for it. */
  readonly noRoomForBytes: number;
}

const batchCopies = 200;
const batchBytes = 4 * 1024 ** 3;
/** Room that is left at a place, so that marks and segments still fit. */
const reserveBytes = 64 * 1024 ** 2;

/**
 * What to bring to a place next: finals before drafts, those before raw footage, what is in the trash last; of these
 * the newest first. As much as is recorded together, and as there is room for; what is too large is passed over and
 * said, so that smaller files behind it still come.
 */
export function planMirror<T extends LackingCopy>(
  lacking: readonly T[],
  freeBytes: number | null,
): MirrorPlan<T> {
  let roomBytes = freeBytes === null ? Number.POSITIVE_INFINITY : Math.max(0, freeBytes - reserveBytes);
  let bytes = 0;
  let noRoomForBytes = 0;
  const batch: T[] = [];
  for (const copy of lacking.toSorted(compareForMirror)) {
    // What stands there already takes no room.
    const needsBytes = copy.state === 'corrupt' || copy.state === 'present' ? 0 : copy.sizeBytes;
    if (needsBytes > roomBytes) {
      noRoomForBytes += copy.sizeBytes;
      continue;
    }
    if (batch.length >= batchCopies || (batch.length > 0 && bytes + copy.sizeBytes > batchBytes)) continue;
    batch.push(copy);
    bytes += copy.sizeBytes;
    roomBytes -= needsBytes;
  }
  return { batch, noRoomForBytes };
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

/** What filling a place will take; said before it begins. */
export interface Preflight {
  readonly files: number;
  readonly bytes: number;
  /** How many bytes there is no room for; 0 where all fits, or nobody knows. */
  readonly missingBytes: number;
}

export function judgePreflight(
  lacking: { readonly files: number; readonly bytes: number },
  freeBytes: number | null,
): Preflight {
  const roomBytes = freeBytes === null ? Number.POSITIVE_INFINITY : Math.max(0, freeBytes - reserveBytes);
  return { ...lacking, missingBytes: Math.max(0, lacking.bytes - roomBytes) };
}
