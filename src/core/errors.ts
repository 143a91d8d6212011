/** What went wrong, as far as anybody can act on it. Adapters translate foreign errors into these, once. */
export type FailureKind =
  | 'missing'
  | 'corrupt'
  | 'changed'
  | 'unreachable'
  | 'denied'
  | 'full'
  | 'too-large'
  | 'read-only'
  | 'busy'
  | 'unsupported'
  | 'aborted'
  | 'io';

const retryableKinds: ReadonlySet<FailureKind> = new Set([
  'changed',
  'unreachable',
  'full',
  'busy',
  'io',
  'read-only',
  'denied',
]);

export interface FailureFacts {
  readonly kind: FailureKind;
  /** What was being done, verb first: `copy into the vault`. */
  readonly operation: string;
  /** What it was done to, fit to be shown. */
  readonly object: string;
  /** Whose fault it is: the side that was read, or the side that was written. */
  readonly side?: 'source' | 'vault';
  /** What the owner can do about it, as a sentence. */
  readonly hint?: string;
  /** When it is worth trying again, ms of the wall clock, where the other side said so. */
  readonly retryAtMs?: number;
}

/** A failed effect on the world outside; its message says the operation, the object and the reason. */
export class ReelholdError extends Error {
  override readonly name = 'ReelholdError';
  readonly kind: FailureKind;
  readonly operation: string;
  readonly object: string;
  /** What went wrong, without what was done to what. */
  readonly detail: string;
  readonly side: 'source' | 'vault' | undefined;
  readonly hint: string | undefined;
  readonly retryAtMs: number | undefined;

  constructor(facts: FailureFacts, detail: string, options?: ErrorOptions) {
    super(`${facts.operation} ${facts.object}: ${detail}`, options);
    this.kind = facts.kind;
    this.operation = facts.operation;
    this.object = facts.object;
    this.detail = detail;
    this.side = facts.side;
    this.hint = facts.hint;
    this.retryAtMs = facts.retryAtMs;
  }

  get retryable(): boolean {
    return retryableKinds.has(this.kind);
  }
}

export function isReelholdError(error: unknown, kind?: FailureKind): error is ReelholdError {
  return error instanceof ReelholdError && (kind === undefined || error.kind === kind);
}

/** The words of any thrown value, for logs and rows. */
export function describeError(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return String(error);
  } catch {
    return 'an error without words'; // an object that is no text, as JSON may have one
  }
}

const kindOfCode: Readonly<Record<string, readonly [FailureKind, string]>> = {
  ENOENT: ['missing', 'it is not there'],
  ENOTDIR: ['missing', 'it is not there'],
  EACCES: ['denied', 'permission denied'],
  EPERM: ['denied', 'permission denied'],
  EROFS: ['read-only', 'the file system is read-only'],
  ENOSPC: ['full', 'no space left on the disk'],
  EDQUOT: ['full', 'the quota is used up'],
  EFBIG: ['too-large', 'the file system holds no file as large as that'],
  EIO: ['io', 'the disk reports an error'],
  ENOTCONN: ['unreachable', 'the drive is not connected'],
  ENODEV: ['unreachable', 'the drive is not connected'],
  ENOMEDIUM: ['unreachable', 'the drive is not connected'],
  ESHUTDOWN: ['unreachable', 'the drive is not connected'],
  ESTALE: ['unreachable', 'the share went away'],
  EHOSTDOWN: ['unreachable', 'the server does not answer'],
  ETIMEDOUT: ['unreachable', 'no answer in time'],
  EBUSY: ['busy', 'another program is using it'],
  ETXTBSY: ['busy', 'another program is using it'],
  ELOOP: ['denied', 'it is a link, and links are not followed'],
  ENXIO: ['denied', 'it is not a regular file'],
  EEXIST: ['unsupported', 'something else stands in its place'],
  EXDEV: ['unsupported', 'it is on another file system'],
  ENOTSUP: ['unsupported', 'the file system cannot do this'],
  EOPNOTSUPP: ['unsupported', 'the file system cannot do this'],
  EINVAL: ['unsupported', 'the file system cannot do this'],
  EMFILE: ['busy', 'too many files are open'],
  ENFILE: ['busy', 'too many files are open'],
};

/** What SQLite says of the disk below it and of its file; by the name before what it was doing (`_WRITE`, …). */
const kindOfCatalogueCode: Readonly<Record<string, readonly [FailureKind, string]>> = {
  SQLITE_FULL: ['full', 'no space left on the disk'],
  SQLITE_READONLY: ['read-only', 'it can only be read'],
  SQLITE_PERM: ['denied', 'permission denied'],
  SQLITE_CANTOPEN: ['denied', 'it cannot be opened'],
  SQLITE_IOERR: ['io', 'the disk reports an error'],
  SQLITE_CORRUPT: ['corrupt', 'it is damaged'],
  SQLITE_NOTADB: ['corrupt', 'it is damaged: it is not a database'],
  SQLITE_BUSY: ['busy', 'another program is using it'],
  SQLITE_LOCKED: ['busy', 'another program is using it'],
  SQLITE_PROTOCOL: ['busy', 'another program is using it'],
};

function kindOf(code: string): readonly [FailureKind, string] | undefined {
  if (Object.hasOwn(kindOfCode, code)) return kindOfCode[code];
  const name = /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? '';
  return Object.hasOwn(kindOfCatalogueCode, name) ? kindOfCatalogueCode[name] : undefined;
}

const cannotFlushCodes = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR']);

/** Whether a file system has no way to flush a directory (CIFS, some FUSE): nothing more can be done there. */
export function cannotFlush(error: unknown): boolean {
  return cannotFlushCodes.has(codeOf(error) ?? '');
}

/** Reads the system's error code off a thrown value; undefined where it has none. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether it speaks of the world outside (a disk, a file), and not of a mistake in what was asked of it. */
export function isOutsideError(error: unknown): boolean {
  return kindOf(codeOf(error) ?? '') !== undefined;
}

/** Translates a system's or SQLite's error into the closed set; what is a `ReelholdError` already passes unchanged. */
export function translateError(error: unknown, facts: Omit<FailureFacts, 'kind'>): ReelholdError {
  if (error instanceof ReelholdError) return error;
  const code = codeOf(error);
  const [kind, words] = kindOf(code ?? '') ?? ['io', describeError(error)];
  return new ReelholdError({ ...facts, kind }, code === undefined ? words : `${words} (${code})`, {
    cause: error,
  });
}
