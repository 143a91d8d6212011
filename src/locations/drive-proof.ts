import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfHex } from '#core/digest.ts';
import { codeOf, isReelholdError, ReelholdError } from '#core/errors.ts';
import { type ReadBackWay, readBackWay } from '#core/mount-table.ts';
import type { DiskWork } from '#core/ports/disk-work.ts';
import type { PlaceContext, PlaceFile, PlaceFinding } from '#core/ports/location.ts';
import { dropDeviceCache } from './device-cache.ts';
import { onDrive } from './drive-errors.ts';
import type { PinnedFolder } from './pinned-folder.ts';

/** Reads files of one drive from its medium. */
export interface MediumReader {
  /** Good or corrupt: the bytes of a file of the drive's, of whatever name. Unknown where they could not be read. */
  compare(path: string, file: PlaceFile, context: PlaceContext): Promise<PlaceFinding>;
}

/**
 * Opens the way to the medium: what was cached when this was called does not count. Whatever is written afterwards
 * needs another one.
 */
export async function openMedium(
  work: DiskWork,
  folder: PinnedFolder,
  signal: AbortSignal,
): Promise<MediumReader> {
  const obstacle = await makeWay(readBackWay(folder.mount), folder, signal);
  return {
    async compare(path, file, { signal, onProgress }) {
      if (obstacle !== null) return { kind: 'unknown', error: onDrive(obstacle, 'read back', file.path) };
      try {
        const tell = (bytesDone: number) => onProgress?.(bytesDone, null);
        const hex = await work.hashFromMedium(path, { signal, onProgress: tell });
        return { kind: digestOfHex(hex) === file.digest ? 'good' : 'corrupt' };
      } catch (error) {
        return { kind: 'unknown', error: onDrive(error, 'read back', file.path) };
      }
    },
  };
}

/** Gives why nothing can be proven; null where the way is free. */
async function makeWay(
  way: ReadBackWay,
  { mount }: PinnedFolder,
  signal: AbortSignal,
): Promise<ReelholdError | null> {
  if (way === 'past-cache') return null;
  if (way === 'none' || mount === null) {
    const facts = { kind: 'unsupported', operation: 'read back', object: 'the drive' } as const;
    return new ReelholdError(facts, 'what lies below its file system cannot be known');
  }
  try {
    await dropDeviceCache(mount, signal);
    return null;
  } catch (error) {
    if (isReelholdError(error)) return error;
    throw error;
  }
}

/** Reads a copy under its name. A file of another size needs no reading; what is not there is missing. */
export async function proveCopy(
  medium: MediumReader,
  root: string,
  file: PlaceFile,
  context: PlaceContext,
): Promise<PlaceFinding> {
  const path = join(root, file.path);
  try {
    const stat = await lstat(path);
    if (!stat.isFile() || stat.size !== file.sizeBytes) return { kind: 'corrupt' };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return { kind: 'missing' };
    return { kind: 'unknown', error: onDrive(error, 'read back', file.path) };
  }
  return medium.compare(path, file, context);
}
