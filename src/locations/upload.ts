import { ReelholdError } from '#core/errors.ts';
import type { ListedFile, OutgoingFile, PlaceContext, ProofBy, PutOutcome } from '#core/ports/location.ts';
import type { TrustedHash } from '#core/provider-hashes.ts';
import { type RcloneCall, throwIfAborted } from './rclone.ts';
import { type Partly, placeError, type RemoteFolder } from './remote-folder.ts';
import { hashSource, type SourceHashes } from './source-hashes.ts';

/** A file of which we know that its source has the right bytes. */
interface ReadyFile {
  readonly file: OutgoingFile;
  readonly source: SourceHashes;
}

interface Batch {
  readonly files: readonly OutgoingFile[];
  readonly sizeBytes: number;
}

const batchFiles = 100;
const batchBytes = 256 * 1024 * 1024;

/** What is known of sources that were read just now, by the paths that they go to. */
export type KnownSources = ReadonlyMap<string, SourceHashes>;

/**
 * Brings files and proves them. Each source that is not known is read before its upload begins, so that bad bytes never
 * leave; while one batch is on its way the next is read.
 */
export async function upload(
  folder: RemoteFolder,
  trust: TrustedHash | null,
  files: readonly OutgoingFile[],
  context: PlaceContext,
  known: KnownSources = new Map(),
): Promise<PutOutcome[]> {
  const outcomes = new Map<OutgoingFile, PutOutcome>();
  const batches = toBatches(files);
  const readSource = ({ path, source }: OutgoingFile) =>
    known.get(path) ?? hashSource(source, path, trust?.type ?? null, context.signal);
  const read = (batch: Batch | undefined) => settleSources(batch?.files ?? [], readSource, outcomes);
  let next = read(batches[0]);
  let doneBytes = 0;
  for (const [index, batch] of batches.entries()) {
    const ready = (await next)();
    next = read(batches[index + 1]);
    const startedBytes = doneBytes;
    const onStats: NonNullable<RcloneCall['onStats']> = ({ bytes, speed }) =>
      context.onProgress?.(startedBytes + Math.min(bytes, batch.sizeBytes), speed);
    const call = { signal: context.signal, operation: 'copy', object: nameOf(batch), onStats };
    throwIfAborted(call);
    const brought = await uploadBatch(folder, trust, ready, call);
    for (const [file, outcome] of brought) outcomes.set(file, outcome);
    doneBytes += batch.sizeBytes;
    context.onProgress?.(doneBytes, null);
  }
  return files.map(
    (file) => outcomes.get(file) ?? failed(placeError('io', 'copy', file.path, 'it was left out')),
  );
}

function nameOf({ files }: Batch): string {
  return files.length === 1 ? (files[0]?.path ?? '') : `${files.length} files`;
}

function toBatches(files: readonly OutgoingFile[]): Batch[] {
  const batches: { files: OutgoingFile[]; sizeBytes: number }[] = [];
  for (const file of files) {
    const last = batches.at(-1);
    const fits =
      last !== undefined &&
      last.files.length < batchFiles &&
      last.sizeBytes + file.sizeBytes <= batchBytes &&
      // Two files of one name in one list would be one.
      !last.files.some(({ path }) => path === file.path);
    if (fits) {
      last.files.push(file);
      last.sizeBytes += file.sizeBytes;
    } else batches.push({ files: [file], sizeBytes: file.sizeBytes });
  }
  return batches;
}

/** Reads the sources; what is wrong with one is its outcome. Never rejects: what stops it is thrown when it is asked. */
async function settleSources(
  files: readonly OutgoingFile[],
  readSource: (file: OutgoingFile) => SourceHashes | Promise<SourceHashes>,
  outcomes: Map<OutgoingFile, PutOutcome>,
): Promise<() => ReadyFile[]> {
  const ready: ReadyFile[] = [];
  for (const file of files) {
    try {
      const source = await readSource(file);
      if (source.digest === file.digest && source.sizeBytes === file.sizeBytes) ready.push({ file, source });
      else outcomes.set(file, { kind: 'bad-source' });
    } catch (error) {
      if (!(error instanceof ReelholdError) || error.kind === 'aborted') {
        return () => {
          throw error;
        };
      }
      outcomes.set(file, failed(error));
    }
  }
  return () => ready;
}

async function uploadBatch(
  folder: RemoteFolder,
  trust: TrustedHash | null,
  ready: readonly ReadyFile[],
  call: Omit<RcloneCall, 'onLine'>,
): Promise<Map<OutgoingFile, PutOutcome>> {
  if (ready.length === 0) return new Map();
  const paths = ready.map(({ file }) => file.path);
  const added = await folder.add(
    ready.map(({ file: { source, path } }) => ({ source, path })),
    call,
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
