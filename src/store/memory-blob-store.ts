import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { type BlobRef, type Digest, digestOfHex } from '#core/digest.ts';
import { ReelholdError, translateError } from '#core/errors.ts';
import { displayName, encodeName } from '#core/file-name.ts';
import type { BlobStore, SourceFile } from '#core/ports/blob-store.ts';
import { fingerprint } from '#core/settle.ts';
import { toFileStat } from './file-stat.ts';

export interface MemoryBlobStore extends BlobStore {
  /** Turns one bit of a blob over, as a dying disk does. */
  damage(ref: BlobRef): void;
  /** Takes a blob away, as nobody should. */
  lose(ref: BlobRef): void;
  readonly quarantine: readonly Uint8Array[];
}

/** A store that keeps its blobs in memory and every obligation of the port, for tests and trials. */
export function createMemoryBlobStore(): MemoryBlobStore {
  const blobs = new Map<Digest, { bytes: Uint8Array; ext: string }>();
  const staging = new Map<string, Uint8Array>();
  const quarantine: Uint8Array[] = [];

  const takeStaged = (id: string): Uint8Array => {
    const bytes = staging.get(id);
    if (bytes === undefined)
      throw new ReelholdError(
        { kind: 'missing', operation: 'store', object: id, side: 'vault' },
        'nothing staged',
      );
    staging.delete(id);
    return bytes;
  };

  const bytesOf = (ref: BlobRef): Uint8Array => {
    const blob = blobs.get(ref.digest);
    if (blob === undefined)
      throw new ReelholdError(
        { kind: 'missing', operation: 'read', object: ref.digest, side: 'vault' },
        'it is not there',
      );
    return blob.bytes;
  };

  const store: MemoryBlobStore = {
    quarantine,
    async stage(source, { signal, onProgress }) {
      const { bytes, stat } = await readUnchanged(source, signal);
      const id = randomUUID();
      staging.set(id, bytes);
      onProgress?.(bytes.length);
      return { id, digest: digestOf(bytes), sizeBytes: bytes.length, stat };
    },
    async discard(staged) {
      staging.delete(staged.id);
    },
    async store(items) {
      for (const { staged, ext } of items) {
        const ref = { digest: staged.digest, ext };
        const standing = blobs.has(staged.digest)
          ? await store.verify(ref, new AbortController().signal)
          : 'missing';
        if (standing === 'good') staging.delete(staged.id);
        else if (standing === 'corrupt') await store.heal(staged, ref);
        else blobs.set(staged.digest, { bytes: takeStaged(staged.id), ext });
      }
    },
    async heal(staged, ref) {
      const bad = blobs.get(ref.digest);
      if (bad !== undefined) quarantine.push(bad.bytes);
      blobs.set(ref.digest, { bytes: takeStaged(staged.id), ext: ref.ext });
    },
    async verify(ref) {
      const blob = blobs.get(ref.digest);
      if (blob === undefined) return 'missing';
      return digestOf(blob.bytes) === ref.digest ? 'good' : 'corrupt';
    },
    localPath: () => null,
    async *list() {
      for (const [digest, { bytes, ext }] of blobs) yield { digest, ext, sizeBytes: bytes.length };
    },
    async *read(ref, range) {
      const bytes = bytesOf(ref);
      yield bytes.subarray(range?.start ?? 0, (range?.end ?? bytes.length - 1) + 1);
    },
    damage(ref) {
      const bytes = Uint8Array.from(bytesOf(ref));
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      blobs.set(ref.digest, { bytes, ext: ref.ext });
    },
    lose(ref) {
      blobs.delete(ref.digest);
    },
  };
  return store;
}

function digestOf(bytes: Uint8Array): Digest {
  return digestOfHex(createHash('sha256').update(bytes).digest('hex'));
}

async function readUnchanged(source: SourceFile, signal: AbortSignal) {
  const path = Buffer.from(encodeName(source.path));
  const facts = { operation: 'read', object: displayName(source.path), side: 'source' } as const;
  try {
    await using handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const opened = await handle.stat({ bigint: true });
    if (!opened.isFile()) throw new ReelholdError({ ...facts, kind: 'denied' }, 'it is not a regular file');
    const bytes = await handle.readFile({ signal });
    const stat = toFileStat(opened);
    if (fingerprint(toFileStat(await lstat(path, { bigint: true }))) !== fingerprint(stat)) {
      throw new ReelholdError({ ...facts, kind: 'changed' }, 'it changed meanwhile');
    }
    return { bytes, stat };
  } catch (error) {
    if (signal.aborted) throw new ReelholdError({ ...facts, kind: 'aborted' }, 'stopped', { cause: error });
    throw translateError(error, facts);
  }
}
