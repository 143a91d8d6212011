import { type BlobRef, type Digest, parseBlobPath } from '#core/digest.ts';
import { describeError, isReelholdError, ReelholdError } from '#core/errors.ts';
import { missingRoom } from '#core/plan-restore.ts';
import type { VaultBuilder } from '#core/ports/vault-builder.ts';
import type { ReadableCopy } from './read-listed.ts';

export interface FillDeps extends ReadableCopy {
  readonly vault: VaultBuilder;
}

/** A blob as the copy lists it. */
export interface ListedBlob extends BlobRef {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface FillReport {
  readonly brought: number;
  readonly there: number;
  /** What the copy could not give, and why. */
  readonly failed: readonly { readonly path: string; readonly why: string }[];
}

/** Lists the blobs of the copy but for those that the owner had erased; they are not brought back by a drive. */
export async function listBlobs(
  { source }: Pick<FillDeps, 'source'>,
  isErased: (digest: Digest) => boolean,
  signal: AbortSignal,
): Promise<readonly ListedBlob[]> {
  const blobs: ListedBlob[] = [];
  for await (const { path, sizeBytes } of source.list('blobs', signal)) {
    const ref = parseBlobPath(path);
    if (ref !== null && !isErased(ref.digest)) blobs.push({ ...ref, path, sizeBytes });
  }
  return blobs;
}

/** Fails with `full` where there is no room for what is not there yet. */
export async function requireRoom(blobs: readonly ListedBlob[], vault: VaultBuilder): Promise<void> {
  let neededBytes = 0;
  for (const { path, sizeBytes } of blobs) {
    if (!(await vault.hasFile(path, sizeBytes))) neededBytes += sizeBytes;
  }
  const missingBytes = missingRoom(neededBytes, await vault.freeBytes());
  if (missingBytes === 0) return;
  const hint = 'No video was copied. Put the vault on a larger disk (REELHOLD_VAULT).';
  throw new ReelholdError(
    { kind: 'full', operation: 'make the archive anew in', object: 'the vault', side: 'vault', hint },
    `there is no room for ${missingBytes} bytes of it`,
  );
}

/** So many blobs are on their way at once, so that flushes wait side by side. */
const atOnce = 4;

/**
 * Copies blobs into the vault, each hashed on the way: only what has its digest gets its name. What stands there is
 * read back, and left where it is good; else good bytes take its place, and it stays where the copy has none. One that the copy cannot give does not stop the others; a copy or a vault that is gone does, to be gone on
 * with later.
 */
export async function fillBlobs(
  blobs: readonly ListedBlob[],
  deps: FillDeps,
  options: {
    readonly signal: AbortSignal;
    readonly onProgress: (blob: ListedBlob, bytesDone: number) => void;
    readonly onDone: (blob: ListedBlob) => void;
  },
): Promise<FillReport> {
  const counts = { brought: 0, there: 0 };
  const failed: { path: string; why: string }[] = [];
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const queue = blobs.values();
  const lane = async () => {
    for (const blob of queue) {
      signal.throwIfAborted();
      const onProgress = (bytes: number) => options.onProgress(blob, bytes);
      const outcome = await fillBlob(blob, deps, { signal, onProgress });
      if (typeof outcome === 'string') counts[outcome] += 1;
      else failed.push({ path: blob.path, why: outcome.why });
      options.onDone(blob);
    }
  };
  const lanes = Array.from({ length: atOnce }, () =>
    lane().catch((error: unknown) => {
      if (!failing.signal.aborted) failing.abort(error);
    }),
  );
  await Promise.all(lanes);
  options.signal.throwIfAborted();
  failing.signal.throwIfAborted();
  return { ...counts, failed };
}

async function fillBlob(
  blob: ListedBlob,
  { source, vault, requireSource }: FillDeps,
  context: { readonly signal: AbortSignal; readonly onProgress: (bytes: number) => void },
): Promise<'brought' | 'there' | { readonly why: string }> {
  const standing = await vault.checkBlob(blob, context);
  if (standing === 'good') return 'there';
  const failed = (why: string) => ({
    why: standing === 'bad' ? `what stands here is damaged; ${why}` : why,
  });
  const draft = vault.draft();
  try {
    const digest = await source.copy(blob, draft, context);
    if (digest === blob.digest) {
      await vault.placeBlob(draft, blob);
      return 'brought';
    }
    await vault.discard(draft);
    return failed('the copy there is damaged');
  } catch (error) {
    await vault.discard(draft).catch(() => undefined); // the first error says more
    if (!isReelholdError(error) || error.kind === 'aborted' || error.side === 'vault') throw error;
    await requireSource();
    return failed(describeError(error));
  }
}
