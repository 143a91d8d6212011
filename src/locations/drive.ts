import { readFile, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseBlobPath } from '#core/digest.ts';
import { codeOf, ReelholdError } from '#core/errors.ts';
import { awayError, isReadable, judgePlace, type PlaceJudgement } from '#core/judge-place.ts';
import { largestFileOf } from '#core/mount-table.ts';
import type { DiskWork, Throttle } from '#core/ports/disk-work.ts';
import type {
  Location,
  MutableName,
  OutgoingFile,
  PlaceContext,
  PlaceFile,
  PlaceFinding,
  Presence,
  PutOutcome,
} from '#core/ports/location.ts';
import { totalBytes } from '#core/total-bytes.ts';
import { type CopierDeps, copyGroup, replaceCopy } from './drive-copier.ts';
import { abortedError, onDrive, requireInside } from './drive-errors.ts';
import { type DriveQuestion, factsOfFailure, gatherFacts } from './drive-facts.ts';
import { listBelow } from './drive-list.ts';
import { type PlacePapers, requirePreparable, writeMarks } from './drive-marks.ts';
import { openMedium, proveCopy } from './drive-proof.ts';
import { clearLeftovers, stagedPath, stagingFolder } from './drive-staging.ts';
import { groupFiles } from './group-files.ts';
import { type PinnedFolder, pinFolder } from './pinned-folder.ts';

export interface DriveOptions extends DriveQuestion {
  readonly work: DiskWork;
  readonly papers: PlacePapers;
  /** What limits how fast it may be written to; undefined where nothing does. */
  readonly throttle?: Throttle | undefined;
}

const mutableNames: readonly string[] = [
  'location.json',
  'OPEN-ME.html',
  'README.txt',
] satisfies MutableName[];

/** A disk that comes and goes, as a place of the archive. Reads and writes one thing at a time: it has one arm. */
export function createDriveLocation(options: DriveOptions): Location {
  const { root, identity, work } = options;

  /** The folder as it is now, held open, and what it turned out to be. */
  const open = async (): Promise<{ folder: PinnedFolder | null; judgement: PlaceJudgement }> => {
    let folder: PinnedFolder | null = null;
    try {
      folder = await pinFolder(root);
      return { folder, judgement: judgePlace(await gatherFacts(options, folder)) };
    } catch (error) {
      await folder?.[Symbol.asyncDispose]();
      return { folder: null, judgement: judgePlace(factsOfFailure(options, error)) };
    }
  };

  /** Fails where the place is not the one that is meant, and may not be written to, or at least be read. */
  const openFor = async (
    need: 'reading' | 'writing',
    operation: string,
    object: string,
    signal: AbortSignal,
  ): Promise<PinnedFolder> => {
    if (signal.aborted) throw abortedError(operation, object);
    const { folder, judgement } = await open();
    const isEnough = need === 'reading' ? isReadable(judgement) : judgement.kind === 'present';
    if (folder !== null && isEnough) return folder;
    await folder?.[Symbol.asyncDispose]();
    throw awayError(judgement.kind === 'away' ? judgement.reason : 'denied', operation, object);
  };

  const copierFor = (folder: PinnedFolder): CopierDeps => ({
    ...{ work, folder, writer: identity.writer, throttle: options.throttle },
  });

  return {
    kind: 'drive',
    async look() {
      const { folder, judgement } = await open();
      try {
        if (folder === null || judgement.kind === 'away') return awayPresence(judgement);
        const { bsize, blocks, bavail } = await statfs(folder.path);
        const largestFileBytes = largestFileOf(folder.mount);
        return { ...judgement, freeBytes: bavail * bsize, totalBytes: blocks * bsize, largestFileBytes };
      } catch (error) {
        return awayPresence(judgePlace(factsOfFailure(options, error)));
      } finally {
        await folder?.[Symbol.asyncDispose]();
      }
    },
    async prepare(marks, signal) {
      if (signal.aborted) throw abortedError('prepare', root);
      await using folder = await pinFolder(root).catch((error: unknown) => {
        const judgement = judgePlace(factsOfFailure(options, error));
        throw awayError(judgement.kind === 'away' ? judgement.reason : 'denied', 'prepare', root);
      });
      try {
        await requirePreparable(root, folder, await gatherFacts(options, folder));
        await writeMarks(work, folder, marks, options.papers);
      } catch (error) {
        throw onDrive(error, 'prepare', root);
      }
    },
    async put(files, context) {
      try {
        await using folder = await openFor('writing', 'copy to the drive', root, context.signal);
        await clearLeftovers(folder.path, identity.writer);
        return await putAll(copierFor(folder), files, context);
      } catch (error) {
        if (error instanceof RangeError) throw error;
        const failure = onDrive(error, 'copy to the drive', root);
        return files.map(() => ({ kind: 'failed', error: failure }));
      }
    },
    async *list(name, signal) {
      await using folder = await openFor('reading', 'list', name, signal);
      yield* listBelow(folder.path, name, signal);
    },
    async prove(files, context) {
      try {
        await using folder = await openFor('reading', 'read back', root, context.signal);
        return await proveAll(work, folder, files, context);
      } catch (error) {
        if (error instanceof RangeError) throw error;
        const failure = onDrive(error, 'read back', root);
        return files.map(() => ({ kind: 'unknown', error: failure }));
      }
    },
    async fetch({ path }, target, { signal, onProgress }) {
      requireInside(path);
      await using folder = await openFor('reading', 'fetch', path, signal);
      const tell = (bytesDone: number) => onProgress?.(bytesDone, null);
      await work
        .copy(join(folder.path, path), target, { signal, onProgress: tell })
        .catch((error: unknown) => {
          const isOurs = error instanceof ReelholdError && error.side === 'vault';
          throw isOurs ? onDrive(error, 'write', target, 'vault') : onDrive(error, 'fetch', path);
        });
    },
    async read(path, signal) {
      requireInside(path);
      await using folder = await openFor('reading', 'read', path, signal);
      try {
        return await readFile(join(folder.path, path));
      } catch (error) {
        if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
        throw onDrive(error, 'read', path);
      }
    },
    async putMutable(name, content, signal) {
      if (!mutableNames.includes(name)) throw new RangeError(`${name} is never changed`);
      await using folder = await openFor('writing', 'write', name, signal);
      try {
        await work.makeFolder(stagingFolder(folder.path));
        await work.replaceFile(join(folder.path, name), content, stagedPath(folder.path, identity.writer));
      } catch (error) {
        throw onDrive(error, 'write', name);
      }
    },
    async replaceUnproven(file, context) {
      try {
        await using folder = await openFor('writing', 'replace', file.path, context.signal);
        return await replaceCopy(copierFor(folder), file, context);
      } catch (error) {
        if (error instanceof RangeError) throw error;
        return { kind: 'failed', error: onDrive(error, 'replace', file.path) };
      }
    },
    async erase(files, signal) {
      for (const { path } of files) {
        if (parseBlobPath(path) === null) throw new RangeError(`${path} is never erased`);
      }
      await using folder = await openFor('writing', 'erase', root, signal);
      for (const { path } of files) await eraseBlob(work, folder, path, signal);
    },
  };
}

function awayPresence(judgement: PlaceJudgement): Presence {
  const judged =
    judgement.kind === 'away' ? judgement : { kind: 'away' as const, reason: 'failing' as const };
  return { ...judged, detail: null, retryAtMs: null };
}

/** One group after the other, so that a segment of the journal comes after the blobs that it speaks of. */
async function putAll(
  deps: CopierDeps,
  files: readonly OutgoingFile[],
  { signal, onProgress }: PlaceContext,
): Promise<PutOutcome[]> {
  const outcomes: PutOutcome[] = [];
  let doneBytes = 0;
  for (const group of groupFiles(files)) {
    const before = doneBytes;
    const tell: PlaceContext['onProgress'] = (bytes, speed) => onProgress?.(before + bytes, speed);
    outcomes.push(...(await copyGroup(deps, group, { signal, onProgress: tell })));
    doneBytes += totalBytes(group);
  }
  return outcomes;
}

async function proveAll(
  work: DiskWork,
  folder: PinnedFolder,
  files: readonly PlaceFile[],
  { signal, onProgress }: PlaceContext,
): Promise<PlaceFinding[]> {
  const medium = await openMedium(work, folder, signal);
  const findings: PlaceFinding[] = [];
  let doneBytes = 0;
  for (const file of files) {
    requireInside(file.path);
    const before = doneBytes;
    const tell = (bytes: number) => onProgress?.(before + bytes, null);
    findings.push(await proveCopy(medium, folder.path, file, { signal, onProgress: tell }));
    doneBytes += file.sizeBytes;
    onProgress?.(doneBytes, null);
  }
  return findings;
}

/** Flushed before it counts: a blob that the owner wanted gone must not be back after a power cut. */
async function eraseBlob(
  work: DiskWork,
  folder: PinnedFolder,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw abortedError('erase', path);
  try {
    await rm(join(folder.path, path), { force: true });
    await work.flushFolder(dirname(join(folder.path, path)));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw onDrive(error, 'erase', path);
  }
}
