import {
  formatVersion,
  type LocationMark,
  parseArchiveMark,
  parseLocationMark,
} from '#core/archive-format.ts';
import type { AwayReason, PlaceIdentity } from '#core/ports/location.ts';

/** The texts of a place's marks as they stand there; null where there is none. */
export interface FoundMarks {
  readonly archive: string | null;
  readonly location: string | null;
}

export type MarksFinding =
  | { readonly kind: 'meant'; readonly mark: LocationMark }
  | {
      readonly kind: 'other';
      readonly reason: AwayReason;
      /** Where it is one of this archive. */
      readonly mark?: LocationMark;
    };

/**
 * Whether the marks are those of the place that is meant. A vault is nobody's place to write to, and where `mayBeVault`
 * one to read from, as somebody may have copied it. Where only one of the two stands, preparing it was cut off:
 * it counts as not prepared, as nothing but a whole pair is ever written to.
 */
export function judgeMarks(found: FoundMarks, identity: PlaceIdentity, mayBeVault = false): MarksFinding {
  const other = (reason: AwayReason, mark?: LocationMark): MarksFinding => ({
    ...{ kind: 'other', reason },
    ...(mark === undefined ? {} : { mark }),
  });
  if (found.archive === null || found.location === null) return other('not-prepared');
  const archive = parseArchiveMark(found.archive);
  if (archive === null) return other('unreadable-mark');
  if (archive.format > formatVersion) return other('newer-format');
  if (archive.archive !== identity.archive) return other('another-archive');
  const mark = parseLocationMark(found.location);
  if (mark === null) return other('unreadable-mark');
  const isForeign = mark.role === 'vault' && !mayBeVault;
  if (isForeign || mark.location !== identity.location) return other('another-place', mark);
  const isOurs = mark.writer === identity.writer && mark.generation === identity.generation;
  return isOurs ? { kind: 'meant', mark } : other('another-writer', mark);
}

/** Whether a place may be prepared with these marks: nothing of anybody else's stands there. */
export function mayPrepare(found: FoundMarks, identity: PlaceIdentity): boolean {
  const archive = found.archive === null ? null : parseArchiveMark(found.archive);
  const location = found.location === null ? null : parseLocationMark(found.location);
  const isFree = (text: string | null, isOurs: boolean) => text === null || isOurs;
  return (
    isFree(found.archive, archive?.archive === identity.archive) &&
    isFree(found.location, location?.location === identity.location && location.writer === identity.writer)
  );
}
