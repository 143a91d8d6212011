import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseBlobName } from '#core/digest.ts';
import { cannotFlush, codeOf, translateError } from '#core/errors.ts';
import type { PlaceJob, StandingFile } from './hash-job.ts';

/**
 * Gives a function that renames files to their places and flushes the folders they then stand in, new folders
 * and all. It gives those whose place is taken. All of it is durable when it returns; where it throws, some may be.
 */
export function createPlacer(): (job: PlaceJob) => StandingFile[] {
  /** Folders that are there, and whose names are flushed. */
  const known = new Set<string>();
  return (job) => {
    try {
      return placeFiles(job, known);
    } catch (error) {
      known.clear();
      throw error;
    }
  };
}

function placeFiles({ moves }: PlaceJob, known: Set<string>): StandingFile[] {
  const standing: StandingFile[] = [];
  const folders = new Map<string, Map<string, string>>();
  try {
    for (const folder of new Set(moves.map(({ to }) => dirname(to)))) {
      if (!known.has(folder)) makeFolder(folder);
      known.add(folder);
      folders.set(folder, namesIn(folder));
    }
    for (const [index, { from, to }] of moves.entries()) {
      const names = folders.get(dirname(to));
      const digest = digestOf(basename(to));
      const name = names?.get(digest);
      if (name !== undefined) {
        standing.push({ index, name });
      } else {
        renameSync(from, to);
        names?.set(digest, basename(to));
      }
    }
    for (const folder of folders.keys()) flushFolder(folder);
    return standing;
  } catch (error) {
    throw translateError(error, { operation: 'store', object: `${moves.length} new file(s)`, side: 'vault' });
  }
}

/** The blobs that stand in a folder, by digest, as the same bytes may have come with another extension. */
function namesIn(folder: string): Map<string, string> {
  const blobs = readdirSync(folder).filter((name) => parseBlobName(name) !== null);
  return new Map(blobs.map((name) => [digestOf(name), name]));
}

function digestOf(name: string): string {
  return parseBlobName(name)?.digest ?? name;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT') throw error;
    makeFolder(dirname(path));
    mkdirSync(path);
  }
  flushFolder(dirname(path));
}

function flushFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } catch (error) {
    if (!cannotFlush(error)) throw error;
  } finally {
    closeSync(folder);
  }
}
