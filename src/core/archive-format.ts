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

export function formatMark(mark: ArchiveMark | LocationMark): string {
  return `${JSON.stringify(mark, null, 2)}\n`;
}

/**
 * Null where the text is no such mark.
 *
 * @internal
 */
export function parseArchiveMark(text: string): ArchiveMark | null {
  const value = parseObject(text);
  if (value === null || !Number.isInteger(value.format) || typeof value.archive !== 'string') return null;
  return { format: Number(value.format), archive: value.archive, createdAt: String(value.createdAt ?? '') };
}

/**
 * Null where the text is no such mark.
 *
 * @internal
 */
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

function isRole(value: unknown): value is LocationMark['role'] {
  return value === 'vault' || value === 'drive' || value === 'remote';
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** What a vault's folder turns out to be, before anything is written to it. */
export type VaultFinding =
  | { readonly kind: 'ours'; readonly mark: ArchiveMark; readonly location: LocationMark | null }
  | { readonly kind: 'new' }
  | { readonly kind: 'refused'; readonly reason: VaultRefusal };

export type VaultRefusal =
  | 'not-connected'
  | 'another-archive'
  | 'newer-format'
  | 'unreadable-mark'
  | 'not-empty';

export interface VaultFacts {
  /** The archive this installation has held before; null for a new one. */
  readonly knownArchive: string | null;
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
  const mark = parseArchiveMark(facts.archiveMark);
  if (mark === null) return { kind: 'refused', reason: 'unreadable-mark' };
  if (mark.format > formatVersion) return { kind: 'refused', reason: 'newer-format' };
  if (facts.knownArchive !== null && facts.knownArchive !== mark.archive) {
    return { kind: 'refused', reason: 'another-archive' };
  }
  return {
    kind: 'ours',
    mark,
    location: facts.locationMark === null ? null : parseLocationMark(facts.locationMark),
  };
}
