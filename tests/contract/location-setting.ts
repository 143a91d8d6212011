import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type ArchiveMark, formatVersion } from '#core/archive-format.ts';
import { blobPath, type Digest } from '#core/digest.ts';
import { isReelholdError } from '#core/errors.ts';
import type {
  ListedFile,
  Location,
  OutgoingFile,
  PlaceFile,
  PlaceIdentity,
  PlaceMarks,
  PutOutcome,
} from '#core/ports/location.ts';
import { digestOf } from '#tests/support/digests.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

/** A place under test, and what a test may do to it behind its back. Paths are those of the layout. */
export interface LocationHarness {
  /** The same place, as whoever has this identity sees it. */
  as(identity: PlaceIdentity): Location;
  /** Whether it can tell that the bytes are there: with the put itself, only when asked, or not at all. */
  readonly proves: 'at-once' | 'when-asked' | 'never';
  /** `prepare` writes `location.json` with this role. */
  readonly role: 'drive' | 'remote';
  /** Turns over one bit of the byte at `at`, the size left as it is. */
  damage(path: string, at?: number): Promise<void>;
  /** Cuts a file off, as an upload that was killed leaves it under its final name. */
  cut(path: string, sizeBytes: number): Promise<void>;
  /** Takes a file away. */
  lose(path: string): Promise<void>;
  /** The bytes of a file as they stand there; null where there is none. */
  content(path: string): Promise<Uint8Array | null>;
  /** Makes the place unreachable. Absent where that cannot be done. */
  disconnect?(): Promise<void>;
  reconnect?(): Promise<void>;
  /** Leaves no room for 2 MiB more. Absent where that cannot be done. */
  fill?(): Promise<void>;
  makeRoom?(): Promise<void>;
  /** False where whoever is asked only fails, and does not say that it is for want of room. */
  readonly saysFull?: boolean;
  /** Makes it impossible to write. Absent where that cannot be done. */
  makeReadOnly?(): Promise<void>;
  /** Gives back whatever it holds; after each test. */
  close?(): Promise<void>;
}

/** Opens the place under test, empty and not prepared, with a folder for its own use. */
export type OpenHarness = (folder: string) => Promise<LocationHarness>;

/** The identity that the suite's place has. */
export const identity: PlaceIdentity = {
  archive: '0198f2a0-0000-7000-8000-00000000000a',
  location: '0198f2a0-0000-7000-8000-00000000000b',
  generation: 1,
  writer: '0123456789ab',
};

const archiveMark: ArchiveMark = {
  format: formatVersion,
  archive: identity.archive,
  createdAt: '2026-11-22T17:00:00.000Z',
};

/** What each test of the suite has: a fresh place, and files to bring to it. */
export interface LocationSetting {
  readonly harness: LocationHarness;
  /** The place as its owner sees it. */
  readonly location: Location;
  readonly marks: PlaceMarks;
  /** Prepares the place. */
  prepare(): Promise<void>;
  /** A local file of these bytes, to be brought to the place as a blob, or to `path`. */
  file(bytes: string | Uint8Array, path?: string): OutgoingFile;
  /** Brings files, and gives what became of each; where the call as a whole fails, that is what became of each. */
  put(files: readonly OutgoingFile[], signal?: AbortSignal): Promise<readonly PutOutcome[]>;
  /** Brings one file of these bytes that has to arrive. */
  hold(bytes: string | Uint8Array, path?: string): Promise<OutgoingFile>;
  /** What reading it back says: `good`, `corrupt`, `missing`, or why it could not be asked. */
  prove(file: PlaceFile): Promise<string>;
  list(folder: 'blobs' | 'journal' | 'index'): Promise<readonly ListedFile[]>;
  /** A path that does not exist yet, to fetch to. */
  target(): string;
  fetched(file: PlaceFile): Promise<Buffer>;
}

/** A signal that nobody ever aborts. */
export const untouched = new AbortController().signal;

/** Opens a fresh place for each test. */
export function useLocationSetting(open: OpenHarness): LocationSetting {
  const folder = useTempFolder();
  let harness: LocationHarness;
  let location: Location;
  let count = 0;

  beforeEach(async () => {
    for (const name of ['place', 'sources', 'fetched']) mkdirSync(join(folder.path, name));
    harness = await open(join(folder.path, 'place'));
    location = harness.as(identity);
  });
  afterEach(async () => {
    await harness.close?.();
  });

  const setting: LocationSetting = {
    get harness() {
      return harness;
    },
    get location() {
      return location;
    },
    get marks() {
      const { location: id, generation, writer } = identity;
      return {
        archive: archiveMark,
        location: { location: id, role: harness.role, generation, writer },
      };
    },
    prepare: () => location.prepare(setting.marks, untouched),
    file(bytes, path) {
      count += 1;
      const content = Buffer.from(bytes);
      const source = join(folder.path, 'sources', `file ${count}`);
      writeFileSync(source, content);
      const digest = digestOf(content);
      return { path: path ?? blobPath({ digest, ext: 'mp4' }), sizeBytes: content.length, digest, source };
    },
    async put(files, signal = untouched) {
      try {
        return await location.put(files, { signal });
      } catch (error) {
        if (!isReelholdError(error)) throw error;
        return files.map(() => ({ kind: 'failed', error }) as const);
      }
    },
    async hold(bytes, path) {
      const file = setting.file(bytes, path);
      const [outcome] = await setting.put([file]);
      if (outcome?.kind !== 'stored') throw new Error(`not stored: ${describeOutcome(outcome)}`);
      return file;
    },
    async prove(file) {
      const [finding] = await location.prove([file], { signal: untouched });
      return finding?.kind === 'unknown' ? finding.error.kind : (finding?.kind ?? 'nothing');
    },
    async list(name) {
      const files: ListedFile[] = [];
      for await (const file of location.list(name, untouched)) files.push(file);
      return files.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    target() {
      count += 1;
      return join(folder.path, 'fetched', `file ${count}`);
    },
    async fetched(file) {
      const target = setting.target();
      await location.fetch(file, target, { signal: untouched });
      return readFile(target);
    },
  };
  return setting;
}

function describeOutcome(outcome: PutOutcome | undefined): string {
  return outcome?.kind === 'failed' ? `failed, ${outcome.error.message}` : String(outcome?.kind);
}

/** A blob's file of which nothing stands anywhere. */
export function neverBrought(content = 'never brought'): PlaceFile & { readonly digest: Digest } {
  const digest = digestOf(content);
  return { path: blobPath({ digest, ext: 'mp4' }), sizeBytes: content.length, digest };
}
