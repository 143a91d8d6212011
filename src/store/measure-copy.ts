import { createHash, randomUUID } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { directBuffer } from './read-buffer.ts';

const enoughBytes = 64 * 1024 * 1024;
const enoughMs = 1_500;
/** Of less the opening and the flushing are measured, not the copying. */
const leastBytes = 1024 * 1024;

/**
 * Measures how fast a file is read, hashed and written, in bytes a second, by doing it with a short piece of it; null
 * where that cannot be told. What is written goes into a nameless file in `staging` and is gone with the call; nothing is
 * written where that is null. Reads past the page cache where the file system can.
 */
export function measureCopy(source: Buffer, staging: string | null, nowMs: () => number): number | null {
  try {
    using from = openedFile(openPastCache(source));
    using to = staging === null ? null : openedFile(openNameless(staging));
    return measure(from.descriptor, to?.descriptor ?? null, nowMs);
  } catch {
    return null; // an estimate is worth no failure; what is wrong with the disk shows in the import itself
  }
}

function measure(from: number, to: number | null, nowMs: () => number): number | null {
  const hash = createHash('sha256');
  const buffer = directBuffer();
  const startMs = nowMs();
  let bytes = 0;
  for (;;) {
    const read = readSync(from, buffer, 0, buffer.length, bytes);
    hash.update(buffer.subarray(0, read));
    if (to !== null) writeSync(to, buffer, 0, read);
    bytes += read;
    if (read < buffer.length || bytes >= enoughBytes || nowMs() - startMs >= enoughMs) break;
  }
  if (to !== null) fsyncSync(to);
  const tookMs = nowMs() - startMs;
  return bytes >= leastBytes && tookMs > 0 ? (bytes * 1000) / tookMs : null;
}

function openedFile(descriptor: number) {
  return { descriptor, [Symbol.dispose]: () => closeSync(descriptor) };
}

function openPastCache(path: Buffer): number {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    return openSync(path, flags | constants.O_DIRECT);
  } catch {
    return openSync(path, flags);
  }
}

function openNameless(folder: string): number {
  const path = join(folder, `measuring-${randomUUID()}`);
  const descriptor = openSync(path, 'wx', 0o600);
  unlinkSync(path);
  return descriptor;
}
