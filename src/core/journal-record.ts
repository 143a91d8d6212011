import type { Damage } from '#core/damage.ts';
import { type Digest, isDigest } from '#core/digest.ts';
import type { CipherFacts, EventFacts, LocationFacts, TombstoneFacts } from '#core/place-records.ts';
import type { KitFacts } from '#core/recovery-kit.ts';
import { largestSeq } from '#core/segment-name.ts';

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
  /** The folder of an inbox that it came in as a project or a card: what comes there later is of it too. */
  readonly project?: string;
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
  /** What was wrong with it before it reached us; absent where nothing is known to be. */
  readonly damaged?: Damage;
}

export const partKinds = ['raw', 'project', 'sound', 'subtitle', 'sidecar', 'still', 'other'] as const;
export type PartKind = (typeof partKinds)[number];

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
  /** Of a project or a card: the folders it came in below that folder, `/` between them; '' for none. */
  readonly path?: string;
  /** As of a version. */
  readonly damaged?: Damage;
}

/** What the owner changed about a video; what is left out stays as it is. */
export interface EditFacts {
  readonly kind: 'edit';
  readonly video: string;
  readonly title?: string;
  /** Moves with the title: its folder of the readable tree. */
  readonly folder?: string;
}

/** Two videos are one work: the versions and parts of `from` follow those of `into`, in their order. */
export interface MergeFacts {
  readonly kind: 'merge';
  readonly from: string;
  readonly into: string;
}

/** Which version a post shows. */
export interface LinkFacts {
  readonly kind: 'link';
  readonly version: string;
  /** `tiktok`, … in lower case. */
  readonly platform: string;
  /** The platform's own id of the post. */
  readonly post: string;
  /** False where the link was taken back. */
  readonly linked: boolean;
}

/** Something the owner set; the last one of a name holds. */
export interface SettingFacts {
  readonly kind: 'setting';
  readonly name: string;
  /** Null goes back to the default. */
  readonly value: string | null;
}

export interface TrashFacts {
  readonly kind: 'trash';
  readonly video: string;
  /** False where the video was brought back. */
  readonly trashed: boolean;
}

export type RecordFacts =
  | VideoFacts
  | VersionFacts
  | PartFacts
  | EditFacts
  | MergeFacts
  | LinkFacts
  | SettingFacts
  | TrashFacts
  | EventFacts
  | LocationFacts
  | TombstoneFacts
  | CipherFacts
  | KitFacts;
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

/** What a field has to be. What becomes part of a path is looked at closely: a journal may come from elsewhere. */
const checks = {
  text: (value: unknown) => typeof value === 'string',
  count: (value: unknown) => Number.isSafeInteger(value),
  boolean: (value: unknown) => typeof value === 'boolean',
  digest: (value: unknown) => typeof value === 'string' && isDigest(value),
  texts: (value: unknown) => Array.isArray(value) && value.every((item) => checks.text(item)),
  digests: (value: unknown) => Array.isArray(value) && value.every((item) => checks.digest(item)),
  ext: (value: unknown) => typeof value === 'string' && /^[a-z0-9]{0,10}$/.test(value),
  folder: (value: unknown) => typeof value === 'string' && isFolderBelow(value),
  partKind: (value: unknown) => partKinds.some((kind) => kind === value),
  id: (value: unknown) => typeof value === 'string' && /^[0-9A-Za-z._-]{1,64}$/.test(value),
  optionalPath: (value: unknown) => value === undefined || value === '' || checks.folder(value),
  optionalText: (value: unknown) => value === undefined || checks.text(value),
  optionalFolder: (value: unknown) => value === undefined || checks.folder(value),
  countOrNull: (value: unknown) => value === null || checks.count(value),
  placeKind: (value: unknown) => value === 'drive' || value === 'remote',
  medium: (value: unknown) => value === 'nas' || value === 'drive' || value === 'cloud',
  textOrNull: (value: unknown) => value === null || checks.text(value),
  hashes: (value: unknown) => isObject(value) && Object.values(value).every((hash) => checks.text(hash)),
  hex: (value: unknown) => typeof value === 'string' && /^(?:[0-9a-f]{2})+$/.test(value),
  ciphers: (value: unknown) => isListOf(value, cipherShape),
  kitPlaces: (value: unknown) => isListOf(value, kitPlaceShape),
  saltedHash: (value: unknown) => isObject(value) && fits(value, { salt: 'hex', hash: 'hex' }),
};

type Shape = Readonly<Record<string, keyof typeof checks>>;

const shapes: Readonly<Record<RecordFacts['kind'], Shape>> = {
  video: { video: 'text', title: 'text', folder: 'folder', project: 'optionalText' },
  version: {
    version: 'text',
    video: 'text',
    number: 'count',
    digest: 'digest',
    sizeBytes: 'count',
    ext: 'ext',
    name: 'text',
    role: 'text',
    how: 'text',
    damaged: 'optionalText',
  },
  part: {
    part: 'id',
    video: 'text',
    partKind: 'partKind',
    digest: 'digest',
    sizeBytes: 'count',
    ext: 'ext',
    name: 'text',
    path: 'optionalPath',
    damaged: 'optionalText',
  },
  edit: { video: 'text', title: 'optionalText', folder: 'optionalFolder' },
  merge: { from: 'text', into: 'text' },
  link: { version: 'text', platform: 'text', post: 'text', linked: 'boolean' },
  setting: { name: 'text', value: 'textOrNull' },
  trash: { video: 'text', trashed: 'boolean' },
  event: { event: 'text', location: 'text', outcome: 'text', digests: 'digests' },
  location: {
    location: 'text',
    name: 'text',
    placeKind: 'placeKind',
    medium: 'medium',
    awayFromHome: 'boolean',
    path: 'text',
    encrypted: 'boolean',
    promiseDays: 'count',
    everyDays: 'countOrNull',
    roles: 'texts',
    set: 'textOrNull',
    schedule: 'textOrNull',
    bandwidth: 'textOrNull',
    paused: 'boolean',
    removed: 'boolean',
    generation: 'count',
  },
  tombstone: { video: 'text', digests: 'digests' },
  cipher: { location: 'text', files: 'ciphers' },
  kit: {
    version: 'count',
    places: 'kitPlaces',
    phrase: 'saltedHash',
    confirmedAt: 'textOrNull',
    keptAt: 'textOrNull',
  },
};

/** Reads one line of a segment; null where the line is no record at all (torn, or not of a journal). */
export function parseRecord(line: string): JournalRecord | UnknownRecord | null {
  const value = parseObject(line);
  if (value === null || !hasStamp(value) || typeof value.kind !== 'string') return null;
  if (isKnownKind(value.kind) && fits(value, shapes[value.kind])) return value as unknown as JournalRecord;
  return { kind: 'unknown', seq: value.seq, writer: value.writer, at: value.at, line };
}

function isKnownKind(kind: string): kind is RecordFacts['kind'] {
  return Object.hasOwn(shapes, kind);
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function hasStamp(value: Record<string, unknown>): value is Record<string, unknown> & Stamp {
  return isSeq(value.seq) && typeof value.writer === 'string' && typeof value.at === 'string';
}

function isSeq(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= largestSeq;
}

const cipherShape = {
  path: 'folder',
  cipherPath: 'folder',
  cipherSizeBytes: 'count',
  cipherDigest: 'digest',
  cipherHashes: 'hashes',
} as const;

const kitPlaceShape = {
  location: 'text',
  name: 'text',
  placeKind: 'placeKind',
  path: 'text',
  encrypted: 'boolean',
} as const;

function isListOf(value: unknown, shape: Shape): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && fits(item, shape));
}

function fits(value: Record<string, unknown>, shape: Shape): boolean {
  return Object.entries(shape).every(([key, type]) => checks[type](value[key]));
}

/** Whether a path stays below the folder it is put into, and on one line of an index. */
function isFolderBelow(path: string): boolean {
  return !/\p{Cc}/u.test(path) && path.split('/').every((part) => !['', '.', '..'].includes(part));
}

/** The order in which records hold: by sequence, then by writer; wall time has no say. */
export function compareRecords(
  a: { seq: number; writer: string },
  b: { seq: number; writer: string },
): number {
  return a.seq - b.seq || (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : 0);
}
