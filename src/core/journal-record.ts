import { type Digest, isDigest } from '#core/digest.ts';

/**
 * The records of the journal (docs/format.md, "Journal"). Each is one line of JSON. What Reelhold does not
 * know is kept as it is: a later version may have written it.
 */
interface Stamp {
  /** Lamport sequence: larger than every sequence its writer had seen. Orders records, with `writer`. */
  readonly seq: number;
  readonly writer: string;
  /** Wall time, ISO 8601 in UTC; for people only, as a Pi may have no clock. */
  readonly at: string;
}

export interface VideoFacts {
  readonly kind: 'video';
  readonly video: string;
  readonly title: string;
  /** Folder of the readable tree, `YYYY/YYYY-MM-DD Title`; safe on every common file system. */
  readonly folder: string;
}

export type Role = 'master' | 'published' | 'draft';

export interface VersionFacts {
  readonly kind: 'version';
  readonly version: string;
  readonly video: string;
  /** 1 for the first version of a video, then one more each time. */
  readonly number: number;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly ext: string;
  /** The file's name as it came in; bytes that are not UTF-8 shown as U+FFFD. */
  readonly name: string;
  /** The name's bytes in base64, only where they are not UTF-8. */
  readonly nameBase64?: string;
  readonly role: Role;
  /** The file's own modification time, ISO 8601 in UTC; absent where it is not believable. */
  readonly modifiedAt?: string;
  /** `found` for a blob that stood in the store without a record and was adopted. */
  readonly how: 'taken' | 'found';
}

export type PartKind = 'raw' | 'project' | 'sound' | 'subtitle' | 'sidecar' | 'still' | 'other';

export interface PartFacts {
  readonly kind: 'part';
  readonly part: string;
  readonly video: string;
  readonly partKind: PartKind;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly ext: string;
  readonly name: string;
  readonly nameBase64?: string;
}

export interface TrashFacts {
  readonly kind: 'trash';
  readonly video: string;
  /** False where the video was brought back. */
  readonly trashed: boolean;
}

/** What happened to copies, in PREMIS event words (PREMIS 3 preservation event types). */
export interface EventFacts {
  readonly kind: 'event';
  readonly event: 'fixity check' | 'replication' | 'deletion' | 'quarantine' | 'recovery';
  readonly location: string;
  readonly outcome: 'success' | 'failure';
  readonly digests: readonly Digest[];
}

export type RecordFacts = VideoFacts | VersionFacts | PartFacts | TrashFacts | EventFacts;
export type JournalRecord = RecordFacts & Stamp;

export interface UnknownRecord extends Stamp {
  readonly kind: 'unknown';
  /** The line as it stands. */
  readonly line: string;
}

/** One record as one line, without the line break. */
export function formatRecord(record: JournalRecord): string {
  const { seq, writer, at, kind, ...facts } = record;
  return JSON.stringify({ seq, writer, at, kind, ...facts });
}

type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'digest' | 'digests'>>;

const shapes: Readonly<Record<RecordFacts['kind'], Shape>> = {
  video: { video: 'string', title: 'string', folder: 'string' },
  version: {
    version: 'string',
    video: 'string',
    number: 'number',
    digest: 'digest',
    sizeBytes: 'number',
    ext: 'string',
    name: 'string',
    role: 'string',
    how: 'string',
  },
  part: {
    part: 'string',
    video: 'string',
    partKind: 'string',
    digest: 'digest',
    sizeBytes: 'number',
    ext: 'string',
    name: 'string',
  },
  trash: { video: 'string', trashed: 'boolean' },
  event: { event: 'string', location: 'string', outcome: 'string', digests: 'digests' },
};

/** Reads one line of a segment; null where the line is no record at all (torn, or not of a journal). */
export function parseRecord(line: string): JournalRecord | UnknownRecord | null {
  const value = parseObject(line);
  if (value === null || !hasStamp(value) || typeof value.kind !== 'string') return null;
  const shape = shapes[value.kind as RecordFacts['kind']];
  if (shape === undefined || !fits(value, shape)) {
    return { kind: 'unknown', seq: value.seq, writer: value.writer, at: value.at, line };
  }
  return value as unknown as JournalRecord;
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function hasStamp(value: Record<string, unknown>): value is Record<string, unknown> & Stamp {
  return Number.isSafeInteger(value.seq) && typeof value.writer === 'string' && typeof value.at === 'string';
}

function fits(value: Record<string, unknown>, shape: Shape): boolean {
  return Object.entries(shape).every(([key, type]) => fitsType(value[key], type));
}

function fitsType(value: unknown, type: Shape[string]): boolean {
  if (type === 'digest') return typeof value === 'string' && isDigest(value);
  if (type === 'digests')
    return Array.isArray(value) && value.every((item) => typeof item === 'string' && isDigest(item));
  return typeof value === type;
}

/**
 * The order in which records hold: by sequence, then by writer; wall time has no say.
 *
 * @internal
 */
export function compareRecords(
  a: { seq: number; writer: string },
  b: { seq: number; writer: string },
): number {
  return a.seq - b.seq || (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : 0);
}
