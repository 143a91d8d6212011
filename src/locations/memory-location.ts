import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { formatMark } from '#core/archive-format.ts';
import { type Digest, digestOfHex, parseBlobPath } from '#core/digest.ts';
import { type FailureKind, ReelholdError, translateError } from '#core/errors.ts';
import { judgeMarks, mayPrepare } from '#core/place-marks.ts';
import type {
  AwayReason,
  Location,
  MutableName,
  OutgoingFile,
  PlaceContext,
  PlaceFile,
  PlaceFinding,
  PlaceIdentity,
  Presence,
  PutOutcome,
} from '#core/ports/location.ts';

/** A disk or a server of memory: what stands there, and what is wrong with it. */
export interface MemoryPlace {
  readonly files: Map<string, Uint8Array>;
  /** What was found wrong and replaced. */
  readonly keptAside: Uint8Array[];
  /** Why it cannot be reached; null where it can. */
  away: AwayReason | null;
  /** How many bytes fit. */
  roomBytes: number;
  isReadOnly: boolean;
  /** False for a place whose proofs have to be asked for. */
  provesAtOnce: boolean;
}

export function createMemoryPlace(): MemoryPlace {
  return {
    files: new Map(),
    keptAside: [],
    away: null,
    roomBytes: Number.POSITIVE_INFINITY,
    isReadOnly: false,
    provesAtOnce: true,
  };
}

const mutableNames: readonly string[] = [
  'location.json',
  'OPEN-ME.html',
  'README.txt',
] satisfies MutableName[];

/** A location in memory that keeps every obligation of the port, for tests and trials. */
export function createMemoryLocation(place: MemoryPlace, identity: PlaceIdentity): Location {
  const text = (path: string) => {
    const bytes = place.files.get(path);
    return bytes === undefined ? null : new TextDecoder().decode(bytes);
  };
  const foundMarks = () => ({ archive: text('archive.json'), location: text('location.json') });
  const usedBytes = () => [...place.files.values()].reduce((sum, bytes) => sum + bytes.length, 0);

  const lookNow = (): Presence => {
    const away = (reason: AwayReason): Presence => ({ kind: 'away', reason, detail: null, retryAtMs: null });
    if (place.away !== null) return away(place.away);
    const finding = judgeMarks(foundMarks(), identity);
    if (finding.kind === 'other') {
      const { reason, mark } = finding;
      return { kind: 'away', reason, detail: null, retryAtMs: null, ...(mark === undefined ? {} : { mark }) };
    }
    const isBounded = Number.isFinite(place.roomBytes);
    return {
      kind: 'present',
      mark: finding.mark,
      freeBytes: isBounded ? place.roomBytes - usedBytes() : null,
      totalBytes: isBounded ? place.roomBytes : null,
    };
  };

  const requirePresent = (operation: string, object: string, signal: AbortSignal): void => {
    if (signal.aborted) throw failure('aborted', operation, object, 'stopped');
    const presence = lookNow();
    if (presence.kind === 'away') throw failure('unreachable', operation, object, presence.reason);
  };

  const write = (path: string, bytes: Uint8Array): void => {
    if (place.isReadOnly) throw failure('read-only', 'write', path, 'it can only be read');
    const before = place.files.get(path)?.length ?? 0;
    if (usedBytes() - before + bytes.length > place.roomBytes) {
      throw failure('full', 'write', path, 'no space left');
    }
    place.files.set(path, bytes);
  };

  /** Null where the bytes at the source are not those that are meant. */
  const readSource = async ({ source, digest, path }: OutgoingFile): Promise<Uint8Array | null> => {
    const bytes = await readFile(source).catch((error: unknown) => {
      throw translateError(error, { operation: 'read', object: path, side: 'source' });
    });
    return digestOf(bytes) === digest ? bytes : null;
  };

  const putOne = async (file: OutgoingFile, { signal, onProgress }: PlaceContext): Promise<PutOutcome> => {
    requirePresent('copy', file.path, signal);
    const standing = place.files.get(file.path);
    if (standing !== undefined && standing.length !== file.sizeBytes) return { kind: 'differs' };
    if (standing !== undefined) return { kind: 'there', proof: null, hashes: {} };
    const bytes = await readSource(file);
    if (bytes === null) return { kind: 'bad-source' };
    onProgress?.(bytes.length, null);
    requirePresent('copy', file.path, signal);
    write(file.path, bytes);
    return stored(bytes);
  };

  const stored = (bytes: Uint8Array): PutOutcome => ({
    kind: 'stored',
    proof: place.provesAtOnce ? 'read-back' : null,
    hashes: { md5: createHash('md5').update(bytes).digest('hex') },
  });

  /** Whatever went wrong is said of the file; what is no failure of the world outside is thrown. */
  const orFailed = async (put: () => Promise<PutOutcome>): Promise<PutOutcome> => {
    try {
      return await put();
    } catch (error) {
      if (error instanceof ReelholdError && error.kind !== 'aborted') return { kind: 'failed', error };
      throw error;
    }
  };

  const proveOne = (file: PlaceFile, signal: AbortSignal): PlaceFinding => {
    if (signal.aborted) throw failure('aborted', 'read back', file.path, 'stopped');
    const presence = lookNow();
    if (presence.kind === 'away') {
      return { kind: 'unknown', error: failure('unreachable', 'read back', file.path, presence.reason) };
    }
    const bytes = place.files.get(file.path);
    if (bytes === undefined) return { kind: 'missing' };
    return { kind: digestOf(bytes) === file.digest ? 'good' : 'corrupt' };
  };

  return {
    kind: 'memory',
    async look() {
      return lookNow();
    },
    async prepare(marks, signal) {
      if (signal.aborted) throw failure('aborted', 'prepare', 'the place', 'stopped');
      if (place.away !== null) throw failure('unreachable', 'prepare', 'the place', place.away);
      if (!mayPrepare(foundMarks(), identity)) {
        throw failure('unsupported', 'prepare', 'the place', 'another archive stands there');
      }
      write('location.json', encode(formatMark(marks.location)));
      write('archive.json', encode(formatMark(marks.archive)));
    },
    async put(files, context) {
      const outcomes: PutOutcome[] = [];
      let doneBytes = 0;
      for (const file of files) {
        const onProgress = (bytes: number) => context.onProgress?.(doneBytes + bytes, null);
        outcomes.push(await orFailed(() => putOne(file, { ...context, onProgress })));
        doneBytes += file.sizeBytes;
      }
      return outcomes;
    },
    async *list(folder, signal) {
      requirePresent('list', folder, signal);
      for (const [path, bytes] of [...place.files]) {
        if (!path.startsWith(`${folder}/`)) continue;
        requirePresent('list', folder, signal);
        yield { path, sizeBytes: bytes.length, hashes: {} };
      }
    },
    async prove(files, { signal, onProgress }) {
      let doneBytes = 0;
      return files.map((file) => {
        const finding = proveOne(file, signal);
        doneBytes += file.sizeBytes;
        onProgress?.(doneBytes, null);
        return finding;
      });
    },
    async fetch(file, target, { signal, onProgress }) {
      requirePresent('fetch', file.path, signal);
      const bytes = place.files.get(file.path);
      if (bytes === undefined) throw failure('missing', 'fetch', file.path, 'it is not there');
      await writeFile(target, bytes, { flag: 'wx' }).catch((error: unknown) => {
        throw translateError(error, { operation: 'fetch', object: file.path, side: 'vault' });
      });
      onProgress?.(bytes.length, null);
    },
    async read(path, signal) {
      requirePresent('read', path, signal);
      return place.files.get(path) ?? null;
    },
    async putMutable(name, content, signal) {
      if (!mutableNames.includes(name)) throw new RangeError(`${name} is never changed`);
      requirePresent('write', name, signal);
      write(name, content);
    },
    async replaceUnproven(file, context) {
      return orFailed(async () => {
        requirePresent('replace', file.path, context.signal);
        const standing = place.files.get(file.path);
        if (standing !== undefined && digestOf(standing) === file.digest) {
          return { kind: 'there', proof: 'read-back', hashes: {} };
        }
        const bytes = await readSource(file);
        if (bytes === null) return { kind: 'bad-source' };
        write(file.path, bytes);
        if (standing !== undefined) place.keptAside.push(standing);
        return stored(bytes);
      });
    },
    async erase(files, signal) {
      for (const { path } of files) {
        if (parseBlobPath(path) === null) throw new RangeError(`${path} is never erased`);
        requirePresent('erase', path, signal);
        if (place.isReadOnly) throw failure('read-only', 'erase', path, 'it can only be read');
        place.files.delete(path);
      }
    },
  };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function digestOf(bytes: Uint8Array): Digest {
  return digestOfHex(createHash('sha256').update(bytes).digest('hex'));
}

function failure(kind: FailureKind, operation: string, object: string, detail: string): ReelholdError {
  return new ReelholdError({ kind, operation, object }, detail);
}
