import { formatVersion, type LocationMark, parseArchiveMark, parseLocationMark } from '#core/archive-format.ts';
import { type FailureKind, ReelholdError } from '#core/errors.ts';
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
  /** The texts of the marks; null where there is none. */
  readonly archiveMark: string | null;
  readonly locationMark: string | null;
}

export type PlaceJudgement =
  | { readonly kind: 'present'; readonly mark: LocationMark }
  | { readonly kind: 'away'; readonly reason: AwayReason };

/**
 * Decides whether what is found is the place that is meant. Which it is comes before how it is: a drive of somebody
 * else's that can only be read is somebody else's.
 */
export function judgePlace(facts: PlaceFacts): PlaceJudgement {
  const mark = facts.locationMark === null ? null : parseLocationMark(facts.locationMark);
  const reason = whyUnusable(facts) ?? whyUnmarked(facts, mark) ?? whyNotMeant(facts, mark);
  if (reason !== null) return away(reason);
  if (facts.isReadOnly) return away('read-only');
  return mark === null ? away('unreadable-mark') : { kind: 'present', mark };
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

/** The archive's mark is written last: without it a place is none, whatever else stands there. */
function whyUnmarked(facts: PlaceFacts, mark: LocationMark | null): AwayReason | null {
  if (facts.archiveMark === null) return isBareMountPoint(facts) ? 'empty-mount-point' : 'not-prepared';
  const archive = parseArchiveMark(facts.archiveMark);
  if (archive === null) return 'unreadable-mark';
  if (archive.format > formatVersion) return 'newer-format';
  if (archive.archive !== facts.identity.archive) return 'another-archive';
  return mark === null ? 'unreadable-mark' : null;
}

function isBareMountPoint({ known, traits }: PlaceFacts): boolean {
  if (known === null || traits === null) return false;
  return (known.isMountPoint && !traits.isMountPoint) || (known.isApart && !traits.isApart);
}

function whyNotMeant({ identity, known, traits }: PlaceFacts, mark: LocationMark | null): AwayReason | null {
  if (mark === null) return 'unreadable-mark';
  if (mark.location !== identity.location) return 'another-place';
  if (known !== null && traits !== null && isOtherFileSystem(known, traits)) return 'clone';
  const isOurs = mark.writer === identity.writer && mark.generation === identity.generation;
  return isOurs ? null : 'another-writer';
}

/** Claimed only where both ids were learned in the same way; a copy made bit by bit has the same, and is not known. */
function isOtherFileSystem(known: DriveTraits, now: DriveTraits): boolean {
  return Object.entries(known.ids).some(([way, id]) => now.ids[way] !== undefined && now.ids[way] !== id);
}

const readableReasons: ReadonlySet<AwayReason> = new Set(['read-only', 'another-writer', 'failing']);

/** Whether copies may be read from what is found: it is the place that is meant, though nothing may be written. */
export function isReadable(judgement: PlaceJudgement): boolean {
  return judgement.kind === 'present' || readableReasons.has(judgement.reason);
}

/** Whether marks may be written there: nothing is, or the place itself, which another installation may have written. */
export function mayPrepare(judgement: PlaceJudgement): boolean {
  return (
    judgement.kind === 'present' || judgement.reason === 'not-prepared' || judgement.reason === 'another-writer'
  );
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
