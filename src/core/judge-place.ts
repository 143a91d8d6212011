import type { LocationMark } from '#core/archive-format.ts';
import { type FailureKind, ReelholdError } from '#core/errors.ts';
import { type FoundMarks, judgeMarks } from '#core/place-marks.ts';
import type { AwayReason, PlaceIdentity } from '#core/ports/location.ts';

/** What of a drive's file system tells it from another one's; noted when the drive is prepared. */
export interface DriveTraits {
  /** Whether the folder itself is where a file system is mounted. */
  readonly isMountPoint: boolean;
  /** Whether it is on another file system than the system, the settings and the vault. */
  readonly isApart: boolean;
  /** The file system's own id, by the way in which it was learned (`uuid`, `fsid`): only like is compared with like. */
  readonly ids: Readonly<Record<string, string>>;
}

/** What an adapter finds where a place should be. */
export interface PlaceFacts {
  readonly identity: PlaceIdentity;
  /** As noted when it was prepared; null where nothing was. */
  readonly known: DriveTraits | null;
  /** What looking at it came to; null where it could be looked at. */
  readonly failure: FailureKind | null;
  /** Whether the disk below the mount is gone from the system. */
  readonly isDiskGone: boolean;
  /** Whether the file system has given up. */
  readonly isShutDown: boolean;
  readonly isReadOnly: boolean;
  /** Null where it could not be looked at. */
  readonly traits: DriveTraits | null;
  readonly marks: FoundMarks;
}

export type PlaceJudgement =
  | { readonly kind: 'present'; readonly mark: LocationMark }
  | {
      readonly kind: 'away';
      readonly reason: AwayReason;
      /** The mark that stands there, where it is one of this archive. */
      readonly mark?: LocationMark;
    };

/**
 * Decides whether what is found is the place that is meant. Which it is comes before how it is: a drive of somebody
 * else's that can only be read is somebody else's.
 */
export function judgePlace(facts: PlaceFacts): PlaceJudgement {
  const unusable = whyUnusable(facts);
  if (unusable !== null) return away(unusable);
  const finding = judgeMarks(facts.marks, facts.identity);
  if (finding.kind === 'other' && finding.reason === 'not-prepared' && isBareMountPoint(facts)) {
    return away('empty-mount-point');
  }
  const isMarked = finding.kind === 'meant' || finding.reason === 'another-writer';
  if (isMarked && isOtherFileSystem(facts)) return away('clone');
  if (finding.kind === 'other') return { ...finding, kind: 'away' };
  return facts.isReadOnly ? away('read-only') : { kind: 'present', mark: finding.mark };
}

function away(reason: AwayReason): PlaceJudgement {
  return { kind: 'away', reason };
}

function whyUnusable({ failure, isDiskGone, isShutDown }: PlaceFacts): AwayReason | null {
  if (isDiskGone) return 'not-connected';
  if (isShutDown) return 'failing';
  if (failure === null) return null;
  if (failure === 'missing' || failure === 'unreachable') return 'not-connected';
  return failure === 'denied' ? 'denied' : 'failing';
}

function isBareMountPoint({ known, traits }: PlaceFacts): boolean {
  if (known === null || traits === null) return false;
  return (known.isMountPoint && !traits.isMountPoint) || (known.isApart && !traits.isApart);
}

/** Claimed only where both ids were learned in the same way; a copy made bit by bit has the same, and is not known. */
function isOtherFileSystem({ known, traits }: PlaceFacts): boolean {
  if (known === null || traits === null) return false;
  return Object.entries(known.ids).some(([way, id]) => (traits.ids[way] ?? id) !== id);
}

/** Whether copies may be read from what is found: it is the place that is meant, though nothing may be written. */
export function isReadable(judgement: PlaceJudgement): boolean {
  return judgement.kind === 'present' || judgement.reason === 'read-only';
}

/** What only the marks themselves decide: whose the place is, not how it is. */
const reasonsOfMarks: ReadonlySet<AwayReason> = new Set([
  'not-prepared',
  'another-writer',
  'another-archive',
  'another-place',
  'unreadable-mark',
]);

/** Whether the disk is fit to be prepared; whether its marks allow it is `mayPrepare`'s to say. */
export function isFitToPrepare(judgement: PlaceJudgement): boolean {
  return judgement.kind === 'present' || reasonsOfMarks.has(judgement.reason);
}

const kindOfReason: Readonly<Partial<Record<AwayReason, FailureKind>>> = {
  'read-only': 'read-only',
  denied: 'denied',
  failing: 'io',
  'newer-format': 'unsupported',
};

/** The failure of an effect on a place that cannot be used. */
export function awayError(reason: AwayReason, operation: string, object: string): ReelholdError {
  const kind = kindOfReason[reason] ?? 'unreachable';
  return new ReelholdError({ kind, operation, object }, `the place cannot be used (${reason})`);
}
