import type { ReelholdError } from '#core/errors.ts';
import type { ListedFile, OutgoingFile, PlaceContext, ProofBy, PutOutcome } from '#core/ports/location.ts';
import type { TrustedHash } from '#core/provider-hashes.ts';
import { totalBytes } from '#core/total-bytes.ts';
import { batchEnd } from './batch-end.ts';
import { type RcloneCall, throwIfAborted } from './rclone.ts';
import { type Partly, placeError, type RemoteFolder } from './remote-folder.ts';
import { hashSource, type SourceHashes } from './source-hashes.ts';
import { createSourceReader, type ReadyFile } from './source-reader.ts';

export interface UploadOptions {
  /** What is known of sources that were read just now, by the paths that they go to. */
  readonly known?: KnownSources;
  /** How much is brought first, before it is known how fast the place is. */
  readonly firstBytes?: number;
}

type KnownSources = ReadonlyMap<string, SourceHashes>;

const mebibyte = 1024 * 1024;
const batchFiles = 200;
const smallestBatchBytes = 64 * mebibyte;
const largestBatchBytes = 1024 * mebibyte;
const batchSeconds = 60;

/**
 * Brings files and proves them, as much at once as takes about a minute. Each source that is not known is read before
 * its upload begins, so that bad bytes never leave; while some are on their way the next are read.
 */
export async function upload(
  folder: RemoteFolder,
  trust: TrustedHash | null,
  files: readonly OutgoingFile[],
  context: PlaceContext,
  { known = new Map(), firstBytes = smallestBatchBytes }: UploadOptions = {},
): Promise<PutOutcome[]> {
  const { signal } = context;
  const { clock } = folder.rclone;
  const outcomes = new Map<OutgoingFile, PutOutcome>();
  await using sources = createSourceReader(
    files,
    ({ path, source }) => known.get(path) ?? hashSource(source, path, trust?.type ?? null, signal),
  );
  const endOf = (start: number, bytes: number) => batchEnd(files, start, { count: batchFiles, bytes });
  let mostBytes = firstBytes;
  let doneBytes = 0;
  for (let from = 0; from < files.length; ) {
    // What is read by now goes, rather than waiting until all that may go is.
    const end = Math.min(endOf(from, mostBytes), Math.max(endOf(from, firstBytes), sources.readCount));
    const { ready, bad } = await sources.take(from, end);
    // What is read ahead is still in memory when it leaves.
    sources.readTo(endOf(end, largestBatchBytes));
    const batch = files.slice(from, end);
    const batchBytes = totalBytes(batch);
    const startedBytes = doneBytes;
    const onStats: NonNullable<RcloneCall['onStats']> = ({ bytes, speed }) =>
      context.onProgress?.(startedBytes + Math.min(bytes, batchBytes), speed);
    const call = { signal, operation: 'copy', object: nameOf(batch), onStats };
    throwIfAborted(call);
    const startedMs = clock.monotonicMs();
    const brought = await uploadBatch(folder, trust, ready, call);
    mostBytes = nextBatchBytes(batchBytes, clock.monotonicMs() - startedMs);
    for (const [file, outcome] of [...bad, ...brought]) outcomes.set(file, outcome);
    doneBytes += batchBytes;
    context.onProgress?.(doneBytes, null);
    from = end;
  }
  return files.map(
    (file) => outcomes.get(file) ?? failed(placeError('io', 'copy', file.path, 'it was left out')),
  );
}

/** A batch that is cut off is looked at again as a whole: a slow place gets small ones, a fast one few. */
function nextBatchBytes(lastBytes: number, lastMs: number): number {
  const inTime = lastMs <= 0 ? largestBatchBytes : (lastBytes / lastMs) * 1000 * batchSeconds;
  return Math.min(largestBatchBytes, Math.max(smallestBatchBytes, inTime));
}

function nameOf(files: readonly OutgoingFile[]): string {
  return files.length === 1 ? (files[0]?.path ?? '') : `${files.length} files`;
}

async function uploadBatch(
  folder: RemoteFolder,
  trust: TrustedHash | null,
  ready: readonly ReadyFile[],
  call: Omit<RcloneCall, 'onLine'>,
): Promise<Map<OutgoingFile, PutOutcome>> {
  if (ready.length === 0) return new Map();
  const paths = ready.map(({ file }) => file.path);
  const { isHashSlow } = await folder.features(call);
  const added = await folder.add(
    ready.map(({ file: { source, path } }) => ({ source, path })),
    { ...call, skipsHash: isHashSlow },
  );
  const { onStats: _, ...quietly } = call;
  const listed = await folder.stat(paths, trust?.type ?? null, quietly);
  const outcomes = new Map<OutgoingFile, PutOutcome>();
  for (const one of ready) outcomes.set(one.file, judgeArrival(folder, trust, one, added, listed));
  return readBackUnproven(folder, outcomes, quietly);
}

/** What became of one file, by what rclone says it did and by what the place says stands there now. */
function judgeArrival(
  folder: RemoteFolder,
  trust: TrustedHash | null,
  { file, source }: ReadyFile,
  added: Partly<'copied' | 'kept'>,
  listed: Partly<ListedFile>,
): PutOutcome {
  const call = { operation: 'copy', object: file.path };
  const found = listed.found.get(file.path);
  const failure = added.failure ?? listed.failure;
  if (found === undefined) {
    return failed(
      failure === null
        ? placeError('io', call.operation, call.object, 'it did not arrive')
        : folder.rclone.error(failure, call),
    );
  }
  const said = added.found.get(file.path);
  if (found.sizeBytes !== file.sizeBytes) {
    // What was cut off just now is a failure of this run: the next finds what it left.
    return said === undefined && failure !== null
      ? failed(folder.rclone.error(failure, call))
      : { kind: 'differs' };
  }
  const isNew = said === 'copied';
  const judged = judgeHash(trust, source, found);
  if (said === 'kept' || judged === 'differs') return { kind: 'differs' };
  const proof = judged === 'provider' && !isNew ? null : judged;
  return { kind: isNew ? 'stored' : 'there', proof, hashes: found.hashes };
}

/** What the place's own hash says of the bytes; null where it proves nothing. */
function judgeHash(
  trust: TrustedHash | null,
  source: SourceHashes,
  found: ListedFile,
): ProofBy | 'differs' | null {
  const theirs = trust === null ? undefined : found.hashes[trust.type];
  const ours = trust === null ? undefined : source.hashes[trust.type];
  if (trust === null || theirs === undefined || ours === undefined) return null;
  if (theirs !== ours) return 'differs';
  if (found.sizeBytes > trust.maxSizeBytes) return null;
  return trust.when === 're-reads' ? 'read-back' : 'provider';
}

/** Where nobody's hash proves what was just brought, it is downloaded and hashed. */
async function readBackUnproven(
  folder: RemoteFolder,
  outcomes: Map<OutgoingFile, PutOutcome>,
  call: Omit<RcloneCall, 'onLine'>,
): Promise<Map<OutgoingFile, PutOutcome>> {
  const unproven = [...outcomes].filter(([, one]) => one.kind === 'stored' && one.proof === null);
  if (unproven.length === 0) return outcomes;
  const { found } = await folder.digests(
    unproven.map(([{ path }]) => path),
    call,
  );
  for (const [file, outcome] of unproven) {
    const hex = found.get(file.path);
    if (hex === undefined || outcome.kind !== 'stored') continue;
    const isGood = `sha256:${hex}` === file.digest;
    outcomes.set(file, isGood ? { ...outcome, proof: 'read-back' } : { kind: 'differs' });
  }
  return outcomes;
}

function failed(error: ReelholdError): PutOutcome {
  return { kind: 'failed', error };
}
