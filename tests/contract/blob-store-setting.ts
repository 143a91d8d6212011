import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import type { BlobRef } from '#core/digest.ts';
import { decodeName } from '#core/file-name.ts';
import type { BlobStore, StagedBlob } from '#core/ports/blob-store.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

/** A store under test, and what a test may do to it behind its back. */
export interface BlobStoreHarness {
  readonly store: BlobStore;
  /** Turns over one bit of the byte at `at`. */
  damage(ref: BlobRef, at?: number): void;
  /** Takes a blob away, as nobody should. */
  lose(ref: BlobRef): void;
  /** How many files stand in staging. */
  stagedCount(): number;
  readonly quarantine: () => readonly Uint8Array[];
}

/** What each test of the suite has: a fresh store, and a folder to take files from. */
export interface BlobStoreSetting {
  readonly harness: BlobStoreHarness;
  readonly store: BlobStore;
  /** A folder of its own beside the store. */
  readonly sources: string;
  /** Writes a file and gives its path. */
  write(name: string | Uint8Array, content: string | Uint8Array): string;
  /** Writes a file and stages it. */
  stage(content: string | Uint8Array, name?: string): Promise<StagedBlob>;
  /** Writes a file and makes a blob of it. */
  hold(content: string | Uint8Array, ext?: string): Promise<BlobRef>;
  /** Every blob that the store lists. */
  list(): Promise<(BlobRef & { readonly sizeBytes: number })[]>;
  /** All the bytes of a blob, or of a range of it. */
  read(ref: BlobRef, range?: { start: number; end: number }): Promise<Buffer>;
}

/** A signal that nobody ever aborts. */
export const untouched = new AbortController().signal;

/** Opens a fresh store for each test. */
export function useSetting(open: (folder: string) => BlobStoreHarness): BlobStoreSetting {
  const folder = useTempFolder();
  let harness: BlobStoreHarness;
  let count = 0;
  beforeEach(() => {
    mkdirSync(join(folder.path, 'vault'));
    mkdirSync(join(folder.path, 'sources'));
    harness = open(join(folder.path, 'vault'));
  });

  const setting: BlobStoreSetting = {
    get harness() {
      return harness;
    },
    get store() {
      return harness.store;
    },
    get sources() {
      return join(folder.path, 'sources');
    },
    write(fileName, content) {
      const bytes = Buffer.concat([Buffer.from(`${setting.sources}/`), Buffer.from(fileName)]);
      writeFileSync(bytes, content);
      return decodeName(bytes);
    },
    async stage(content, fileName) {
      count += 1;
      const path = setting.write(fileName ?? `file ${count}.mp4`, content);
      return setting.store.stage({ path, within: setting.sources }, { signal: untouched });
    },
    async hold(content, ext = 'mp4') {
      const staged = await setting.stage(content);
      await setting.store.store([{ staged, ext }]);
      return { digest: staged.digest, ext };
    },
    async list() {
      const blobs = [];
      for await (const blob of setting.store.list()) blobs.push(blob);
      return blobs;
    },
    async read(ref, range) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of setting.store.read(ref, range)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  };
  return setting;
}
