import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Digest, digestOfHex } from '#core/digest.ts';

/** What can be said of a file without reading all of it; files of one size and one sample are most likely the same. */
export type FileSample =
  | { readonly kind: 'all'; readonly digest: Digest }
  | { readonly kind: 'ends'; readonly hex: string };

/** As cheap to read whole as to seek in. */
const wholeUpToBytes = 1024 * 1024;
const endBytes = 64 * 1024;

/**
 * Reads a small file whole, and of a larger one the two ends; never follows a link. `wants: 'ends'` reads only those
 * of any file.
 */
export async function sampleFile(
  path: Buffer | string,
  sizeBytes: number,
  wants: 'all-if-small' | 'ends' = 'all-if-small',
): Promise<FileSample> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if (wants === 'all-if-small' && sizeBytes <= wholeUpToBytes) {
    return { kind: 'all', digest: digestOfHex(await hashRanges(file, [[0, sizeBytes]])) };
  }
  const lastAt = Math.max(endBytes, sizeBytes - endBytes);
  const ranges = [
    [0, endBytes],
    [lastAt, sizeBytes - lastAt],
  ] as const;
  return { kind: 'ends', hex: await hashRanges(file, ranges) };
}

async function hashRanges(
  file: FileHandle,
  ranges: readonly (readonly [at: number, length: number])[],
): Promise<string> {
  const hash = createHash('sha256');
  for (const [at, length] of ranges) {
    if (length <= 0) continue;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
    hash.update(buffer.subarray(0, bytesRead));
  }
  return hash.digest('hex');
}
