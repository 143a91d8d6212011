import { checksum } from './checksum.ts';

/** The format of an archive on disk (docs/format.md); raised when an older Reelhold could not read a newer one. */
export const formatVersion = 1;

/** `archive.json`: which archive this is, and how it is written. */
export interface ArchiveMark {
  readonly format: number;
  readonly archive: string;
  readonly createdAt: string;
}

/** `location.json`: which copy of the archive this place is. */
export interface LocationMark {
  readonly location: string;
  readonly role: 'vault' | 'drive' | 'remote';
  /** Raised when another installation takes the place over. */
  readonly generation: number;
  /** The writer that last wrote here. */
  readonly writer: string;
}

/** With a checksum of all the rest, so that a mark that was damaged is not taken for another one. */
export function formatMark(mark: ArchiveMark | LocationMark): string {
  return `${JSON.stringify({ ...mark, check: checksum(JSON.stringify(mark)) }, null, 2)}\n`;
}

/** Null where the text is no such mark, or not as it was written. */
export function parseArchiveMark(text: string): ArchiveMark | null {
  const value = parseObject(text);
  if (value === null || !Number.isInteger(value.format) || typeof value.archive !== 'string') return null;
  return { format: Number(value.format), archive: value.archive, createdAt: String(value.createdAt ?? '') };
}

/** Null where the text is no such mark, or not as it was written. */
export function parseLocationMark(text: string): LocationMark | null {
  const value = parseObject(text);
  if (value === null || typeof value.location !== 'string' || !isRole(value.role)) return null;
  return {
    location: value.location,
    role: value.role,
    generation: Number(value.generation ?? 1),
    writer: String(value.writer ?? ''),
  };
}

/** What the marks of a place say; null for one that is not there, or is not as it was written. */
export function readMarks(texts: { readonly archive: string | null; readonly location: string | null }): {
  readonly archive: ArchiveMark | null;
  readonly location: LocationMark | null;
} {
  return {
    archive: texts.archive === null ? null : parseArchiveMark(texts.archive),
    location: texts.location === null ? null : parseLocationMark(texts.location),
  };
}

function isRole(value: unknown): value is LocationMark['role'] {
  return value === 'vault' || value === 'drive' || value === 'remote';
}

/** A mark without a checksum was made by hand, or by the first Reelhold. */
function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { check, ...rest } = value as Record<string, unknown>;
    return check === undefined || check === checksum(JSON.stringify(rest)) ? rest : null;
  } catch {
    return null;
  }
}

/** What a vault's folder turns out to be, before anything is written to it. */
export type VaultFinding =
  | {
      readonly kind: 'ours';
      readonly mark: ArchiveMark;
      /** Null for a new one. */
      readonly location: LocationMark | null;
      /** The marks that were damaged, and are known from elsewhere. */
      readonly mended: readonly MarkName[];
    }
  | { readonly kind: 'new' }
  | { readonly kind: 'refused'; readonly reason: VaultRefusal };

export type MarkName = 'archive.json' | 'location.json';

export type VaultRefusal =
  | 'not-connected'
  | 'another-archive'
  | 'newer-format'
  | 'unreadable-mark'
  | 'not-empty';

export interface VaultFacts {
  /** The archive this installation has held before; null for a new one. */
  readonly knownArchive: string | null;
  /** Which place it stood in; null where that was never noted. */
  readonly knownLocation: string | null;
  /** Its name in the journal. */
  readonly writer: string;
  readonly archiveMark: string | null;
  readonly locationMark: string | null;
  /** Whether the folder holds anything besides. */
  readonly isEmpty: boolean;
}

/**
 * Decides what stands in the vault's folder. An empty folder is a new archive only for an installation that
 * never had one: otherwise the disk is not connected, and writing there would start a second archive.
 */
export function judgeVault(facts: VaultFacts): VaultFinding {
  if (facts.archiveMark === null) {
    if (facts.knownArchive !== null) return { kind: 'refused', reason: 'not-connected' };
    return facts.isEmpty ? { kind: 'new' } : { kind: 'refused', reason: 'not-empty' };
  }
  const place = facts.locationMark === null ? null : parseLocationMark(facts.locationMark);
  const read = parseArchiveMark(facts.archiveMark);
  const mark = read ?? markAgain(facts, facts.archiveMark, place);
  if (mark === null) return { kind: 'refused', reason: 'unreadable-mark' };
  if (mark.format > formatVersion) return { kind: 'refused', reason: 'newer-format' };
  if (facts.knownArchive !== null && facts.knownArchive !== mark.archive) {
    return { kind: 'refused', reason: 'another-archive' };
  }
  const location = place ?? placeAgain(facts);
  const mended: MarkName[] = [];
  if (read === null) mended.push('archive.json');
  if (place === null && location !== null) mended.push('location.json');
  return { kind: 'ours', mark, location, mended };
}

/** The archive's mark, where it is damaged and the place beside it is the vault that we last wrote to. */
function markAgain(
  { knownArchive, writer }: VaultFacts,
  damaged: string,
  place: LocationMark | null,
): ArchiveMark | null {
  if (knownArchive === null || place?.role !== 'vault' || place.writer !== writer) return null;
  const [createdAt = ''] = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/.exec(damaged) ?? [];
  return { format: formatVersion, archive: knownArchive, createdAt };
}

/** The mark of the place, where it is damaged or gone and the archive that stands there is the one we know. */
function placeAgain({ knownArchive, knownLocation, writer }: VaultFacts): LocationMark | null {
  if (knownArchive === null || knownLocation === null) return null;
  return { location: knownLocation, role: 'vault', generation: 1, writer };
}
