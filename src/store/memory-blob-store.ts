import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { type BlobRef, type Digest, digestOfHex } from '#core/digest.ts';
import { type FailureKind, ReelholdError, translateError } from '#core/errors.ts';
import { displayName, encodeName } from '#core/file-name.ts';
import type { BlobStore, SourceFile } from '#core/ports/blob-store.ts';
import { fingerprint } from '#core/settle.ts';
import { toFileStat } from './file-stat.ts';
import { createStageHash } from './stage-hash.ts';

export interface MemoryBlobStore extends BlobStore {
  /** Turns over one bit of the byte at `at`, as a dying disk does. */
  damage(ref: BlobRef, at?: number): void;
  /** Takes a blob away, as nobody should. */
  lose(ref: BlobRef): void;
  readonly quarantine: readonly Uint8Array[];
  stagedCount(): number;
}

/** A store that keeps its blobs in memory and every obligation of the port, for tests and trials. */
export function createMemoryBlobStore(): MemoryBlobStore {
  const blobs = new Map<Digest, { bytes: Uint8Array; ext: string }>();
  const staging = new Map<string, Uint8Array>();
  const quarantine: Uint8Array[] = [];

  const takeStaged = (id: string): Uint8Array => {
    const bytes = staging.get(id);
    if (bytes === undefined) throw failure('missing', 'store', id, 'nothing is staged');
    staging.delete(id);
    return bytes;
  };

  const bytesOf = (ref: BlobRef): Uint8Array => {
    const blob = blobs.get(ref.digest);
    if (blob === undefined) throw failure('missing', 'read', ref.digest, 'it is not there');
    return blob.bytes;
  };

  const store: MemoryBlobStore = {
    quarantine,
    stagedCount: () => staging.size,
    async stage(source, { signal, onProgress, also = null }) {
      const { bytes, stat } = await readUnchanged(source, signal);
      const id = randomUUID();
      staging.set(id, bytes);
      onProgress?.(bytes.length);
      const hash = await createStageHash(also);
      hash.update(bytes);
      const { hex, also: other } = hash.digest();
      return { id, digest: digestOfHex(hex), sizeBytes: bytes.length, stat, also: other };
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
      if (staged.digest !== ref.digest) throw new RangeError('heal a blob: by other bytes than it has');
      const good = takeStaged(staged.id);
      const bad = blobs.get(ref.digest);
      if (bad !== undefined) quarantine.push(bad.bytes);
      blobs.set(ref.digest, { bytes: good, ext: bad?.ext ?? ref.ext });
    },
    async verify(ref, signal) {
      if (signal.aborted) throw failure('aborted', 'read back', ref.digest, 'stopped');
      const blob = blobs.get(ref.digest);
      if (blob === undefined) return 'missing';
      return digestOf(blob.bytes) === ref.digest ? 'good' : 'corrupt';
    },
    async erase(refs) {
      for (const { digest } of refs) blobs.delete(digest);
    },
    localPath: () => null,
    async *list() {
      for (const [digest, { bytes, ext }] of blobs) yield { digest, ext, sizeBytes: bytes.length };
    },
    async *read(ref, range) {
      const bytes = bytesOf(ref);
      const { start, end } = range ?? { start: 0, end: bytes.length - 1 };
      if (start <= end) yield bytes.subarray(start, end + 1);
      if (start <= end && end >= bytes.length) throw failure('corrupt', 'read', ref.digest, 'it is cut off');
    },
    damage(ref, at = 0) {
      const bytes = Uint8Array.from(bytesOf(ref));
      bytes[at] = (bytes[at] ?? 0) ^ 1;
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

function failure(kind: FailureKind, operation: string, object: string, detail: string): ReelholdError {
  return new ReelholdError({ kind, operation, object, side: 'vault' }, detail);
}

/** The folders on the way may be links: only the place itself counts. */
async function isInside(path: Buffer, within: string | null): Promise<boolean> {
  if (within === null) return true;
  const root = Buffer.from(`${within}/`);
  return (await realpath(path, { encoding: 'buffer' })).subarray(0, root.length).equals(root);
}

async function readUnchanged(source: SourceFile, signal: AbortSignal) {
  const path = Buffer.from(encodeName(source.path));
  const facts = { operation: 'read', object: displayName(source.path), side: 'source' } as const;
  try {
    await using handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const opened = await handle.stat({ bigint: true });
    if (!opened.isFile()) throw new ReelholdError({ ...facts, kind: 'denied' }, 'it is not a regular file');
    if (!(await isInside(path, source.within)))
      throw new ReelholdError({ ...facts, kind: 'denied' }, 'it is outside the inbox');
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
