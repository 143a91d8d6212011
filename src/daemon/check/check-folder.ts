import type { Assessment } from '#core/assess.ts';
import type { Digest } from '#core/digest.ts';
import { describeError, isReelholdError } from '#core/errors.ts';
import { type CheckFinding, judgeHeld } from '#core/judge-held.ts';
import { bytesBelow, type Walked, walkFolder } from './walk-folder.ts';

export interface CheckDeps {
  /** Reads a file to its end; never through a link. */
  readonly hashFile: (
    path: Uint8Array,
    options: { readonly signal: AbortSignal; readonly onProgress: (bytesDone: number) => void },
  ) => Promise<{ readonly digest: Digest }>;
  /** The sizes of all that is held. */
  readonly heldSizes: ReadonlySet<number>;
  /** The verdicts on bytes, one for each role that the archive holds them in. */
  readonly assessments: (digest: Digest) => readonly Pick<Assessment, 'verdict' | 'proven'>[];
}

export interface CheckedFile {
  /** Below the folder, in the form of `core/file-name.ts`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Null where the bytes were not read: nothing of that size is held, or they could not be. */
  readonly digest: Digest | null;
  readonly finding: CheckFinding;
}

export interface CheckOptions {
  readonly signal: AbortSignal;
  readonly onFile: (file: CheckedFile) => void | Promise<void>;
  readonly onPassedOver: (path: string) => void;
  /** Told how many bytes of the file that is being read are done. */
  readonly onProgress: (bytesDone: number) => void;
}

/** How many files and bytes a folder holds, so that the progress of a check can be told. */
export async function measureFolder(root: string, signal: AbortSignal) {
  const total = { files: 0, bytes: 0 };
  for await (const entry of walkFolder(root, signal)) {
    if (entry.kind !== 'file') continue;
    total.files += 1;
    total.bytes += entry.sizeBytes;
  }
  return total;
}

/**
 * Finds out of each file of a folder whether the archive holds its bytes, and hands it over, one after the other.
 * Changes nothing; what could not be asked is said of the file, and never taken for a yes. Fails where the folder or
 * the catalogue cannot be read.
 */
export async function checkFolder(root: string, deps: CheckDeps, options: CheckOptions): Promise<void> {
  for await (const entry of walkFolder(root, options.signal)) {
    if (entry.kind === 'passed-over') options.onPassedOver(entry.path);
    else await options.onFile(await checkEntry(root, entry, deps, options));
  }
}

async function checkEntry(
  root: string,
  entry: Exclude<Walked, { kind: 'passed-over' }>,
  deps: CheckDeps,
  { signal, onProgress }: CheckOptions,
): Promise<CheckedFile> {
  const { path } = entry;
  if (entry.kind === 'unreadable') {
    return { path, sizeBytes: 0, digest: null, finding: { kind: 'unreadable', detail: entry.detail } };
  }
  const { sizeBytes } = entry;
  if (entry.isInArchive) return { path, sizeBytes, digest: null, finding: { kind: 'own-copy' } };
  if (!deps.heldSizes.has(sizeBytes)) {
    return { path, sizeBytes, digest: null, finding: { kind: 'judged', judgement: judgeHeld([]) } };
  }
  try {
    const { digest } = await deps.hashFile(bytesBelow(root, path), { signal, onProgress });
    const judgement = judgeHeld(deps.assessments(digest));
    return { path, sizeBytes, digest, finding: { kind: 'judged', judgement } };
  } catch (error) {
    if (!isReelholdError(error) || error.kind === 'aborted' || error.side !== 'source') throw error;
    return { path, sizeBytes, digest: null, finding: { kind: 'unreadable', detail: describeError(error) } };
  }
}
