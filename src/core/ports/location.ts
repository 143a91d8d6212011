import type { ArchiveMark, LocationMark } from '#core/archive-format.ts';
import type { Digest } from '#core/digest.ts';
import type { ReelholdError } from '#core/errors.ts';

/** A file of the archive's layout (docs/format.md), wherever it stands. */
export interface PlaceFile {
  /** Below the place's root, `/` between parts. The format gives it, so that it is a safe name everywhere. */
  readonly path: string;
  readonly sizeBytes: number;
  /** SHA-256 of its bytes. */
  readonly digest: Digest;
  /** Other hashes of its bytes, as `put` gave them: a host that re-reads files may know one of these only. */
  readonly hashes?: PlaceHashes;
}

/** A file that is to be brought to a place. */
export interface OutgoingFile extends PlaceFile {
  /** Absolute path of a local file that holds its bytes. They are hashed on the way, as they may have been damaged. */
  readonly source: string;
}

/** Hashes of a file by their type in lower case (`md5`, `sha1`, `quickxor` …), as the place reports them. */
export type PlaceHashes = Readonly<Record<string, string>>;

/** What a place's list says of a file. */
export interface ListedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Empty where the place has none to give for free. */
  readonly hashes: PlaceHashes;
}

/**
 * How it is known that the bytes at a place are the right ones: they were read there, by us or by the host itself,
 * and had the digest; or the provider hashed what had just arrived, and said the same as we. A hash that a provider
 * repeats later is no proof, and neither is the word of a program that copied.
 */
export type ProofBy = 'read-back' | 'provider';

/** What became of a file that was to be brought to a place. */
export type PutOutcome =
  /** `there`: it stood there already, with the same size. Without a proof it counts for nothing yet. */
  | {
      readonly kind: 'stored' | 'there';
      readonly proof: ProofBy | null;
      readonly hashes: PlaceHashes;
    }
  /** Other bytes stand under its name, such as the beginning of an upload that was killed; nothing was touched. */
  | { readonly kind: 'differs' }
  /** The bytes at the source do not have the digest: nothing was brought. */
  | { readonly kind: 'bad-source' }
  | { readonly kind: 'failed'; readonly error: ReelholdError };

/** What reading a copy at its place came to. `unknown`: it could not be asked, which is neither good nor bad. */
export type PlaceFinding =
  | { readonly kind: 'good' | 'corrupt' | 'missing' }
  | { readonly kind: 'unknown'; readonly error: ReelholdError };

/** Why a place cannot be used now. None of these says that anything was lost. */
export type AwayReason =
  /** The drive is not there, or the server does not answer. */
  | 'not-connected'
  /** The folder is there, but no drive is mounted on it: whatever is written would go onto another disk. */
  | 'empty-mount-point'
  /** It has no mark of an archive, and was never prepared. */
  | 'not-prepared'
  /** It is a place of the same archive, but not the one that is meant. */
  | 'another-place'
  | 'another-archive'
  /** Its mark was copied from the place that is meant onto another disk. */
  | 'clone'
  /** Another installation wrote here last: taking it over is an explicit step. */
  | 'another-writer'
  | 'newer-format'
  | 'unreadable-mark'
  /** The provider wants the owner to sign in again. */
  | 'sign-in'
  /** It was encrypted with another password than the one that is known. */
  | 'wrong-password'
  /** This machine has no configuration to reach it with: the archive came here from another one. */
  | 'not-set-up'
  | 'denied'
  /** The provider allows no more for a while. */
  | 'quota'
  | 'read-only'
  /** The disk reports errors. */
  | 'failing'
  /** The program that reaches it is missing, or too old. */
  | 'no-tool';

export type Presence =
  | {
      readonly kind: 'present';
      readonly mark: LocationMark;
      /** Null where the place does not say. */
      readonly freeBytes: number | null;
      readonly totalBytes: number | null;
      /** The size of the largest file that it can hold; null, or not said, where nothing is known to limit it. */
      readonly largestFileBytes?: number | null;
    }
  | {
      readonly kind: 'away';
      readonly reason: AwayReason;
      /** Whatever else helps the owner: one line, without secrets; null where there is nothing to add. */
      readonly detail: string | null;
      /** When it is worth asking again, ms of the wall clock; null where nobody knows. */
      readonly retryAtMs: number | null;
      /** The mark that stands there, where it is one of this archive: of another place, or as another writer left it. */
      readonly mark?: LocationMark;
    };

/** What makes a place the one that is meant. */
export interface PlaceIdentity {
  readonly archive: string;
  readonly location: string;
  readonly generation: number;
  readonly writer: string;
}

export interface PlaceContext {
  readonly signal: AbortSignal;
  /** Told now and then how many bytes of all files of this call are done, and how fast, in bytes a second, if known. */
  readonly onProgress?: (bytesDone: number, bytesPerSecond: number | null) => void;
}

/** The files of a place that may change; everything else is written once. */
export type MutableName = 'location.json' | 'OPEN-ME.html' | 'README.txt';

/**
 * A place that holds a copy of the archive, other than the vault.
 *
 * Obligations: nothing that stands there is ever changed or removed but by `putMutable`, `replaceUnproven` and
 * `erase`. Nothing is written to a place that `look` does not find present, `prepare` aside. A file appears under its
 * name whole and durable, as far as the place can do that; what a crash left is either not under its name or is found
 * as `differs`. A copy is called good only after its bytes were read from the medium itself. What could not be asked
 * is never called missing. Failures are `ReelholdError`s; texts in them hold no secret.
 */
export interface Location {
  readonly kind: 'drive' | 'remote' | 'memory';
  look(signal: AbortSignal): Promise<Presence>;
  /** Makes a place of it: the marks, README.txt and restore.sh. Refuses one that holds anything else's mark. */
  prepare(marks: PlaceMarks, signal: AbortSignal): Promise<void>;
  /** Brings files, in their order; gives an outcome for each. One that fails does not stop the others. */
  put(files: readonly OutgoingFile[], context: PlaceContext): Promise<readonly PutOutcome[]>;
  /** Everything below one of the layout's folders. Fails where it cannot be listed as a whole. */
  list(folder: 'blobs' | 'journal' | 'index', signal: AbortSignal): AsyncIterable<ListedFile>;
  /** Reads copies at their place, and compares; in their order. */
  prove(files: readonly PlaceFile[], context: PlaceContext): Promise<readonly PlaceFinding[]>;
  /**
   * Copies a file from the place to `target`, which must not be there; the caller hashes what came. Where the disk of
   * `target` is the reason that it fails, the error's side is `vault`.
   */
  fetch(file: PlaceFile, target: string, context: PlaceContext): Promise<void>;
  /** A small file as a whole; null where there is none. */
  read(path: string, signal: AbortSignal): Promise<Uint8Array | null>;
  /** Audited: one of the three files that may change. */
  putMutable(name: MutableName, content: Uint8Array, signal: AbortSignal): Promise<void>;
  /**
   * Audited: puts good bytes in the place of what is there and was found wrong (`differs`, `corrupt`), or cannot be
   * read by a lasting error of the place's (`io`); the bad ones are kept aside where the place can do that. What cannot be
   * read is only ever kept aside.
   */
  replaceUnproven(file: OutgoingFile, context: PlaceContext): Promise<PutOutcome>;
  /** Audited: removes blobs for ever, for the owner's "delete everywhere". What is not there is no failure. */
  erase(files: readonly Pick<PlaceFile, 'path'>[], signal: AbortSignal): Promise<void>;
}

/** What `prepare` writes. */
export interface PlaceMarks {
  readonly archive: ArchiveMark;
  readonly location: LocationMark;
}
