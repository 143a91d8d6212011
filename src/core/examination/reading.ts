/** A stretch of a file that a rule wants to see. */
export interface ByteRange {
  readonly at: number;
  readonly length: number;
}

/**
 * A rule that looks into a file without reading it itself: it yields the stretch that it wants to see, and is
 * given as much of it as there is.
 */
export type Reading<T> = Generator<ByteRange, T, Uint8Array>;

/** What a rule is told of the file before it has read a byte. */
export interface ContentFacts {
  readonly sizeBytes: number;
  /** Fewer bytes are allocated than it is long. A hint only: file systems compress, and share. */
  readonly hasHole: boolean;
}

/** Why a file is no whole video, as far as its bytes tell. */
export type Flaw = 'cut-off' | 'no-index' | 'empty-start' | 'empty-end';

/** How many elements of one file are looked at, at the most: a hostile one could name millions. */
export const mostElements = 20_000;

/** Follows a rule to its end, by whatever `read` reads. */
export async function follow<T>(
  reading: Reading<T>,
  read: (range: ByteRange) => Promise<Uint8Array>,
): Promise<T> {
  for (let step = reading.next(); ; ) {
    if (step.done) return step.value;
    step = reading.next(await read(step.value));
  }
}

/** As much as a sudden end leaves empty at the least: one page of memory or block of a disk. */
const endBytes = 4096;

/** Judges the bytes before `endAt`: where they are all zeros they were never written. */
export function* requireEnd(endAt: number, lengthBytes = endBytes): Reading<'empty-end' | null> {
  return isEmpty(yield lastBytes(endAt, lengthBytes)) ? 'empty-end' : null;
}

/** So many bytes before a place, or as many as there are. */
export function lastBytes(endAt: number, lengthBytes: number): ByteRange {
  const at = Math.max(0, endAt - lengthBytes);
  return { at, length: endAt - at };
}

/** Whether there are bytes, and all of them are zeros. */
export function isEmpty(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.every((byte) => byte === 0);
}

/** Four or more bytes as text, one character a byte. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/** An unsigned number of up to eight bytes; null where the bytes end before it, or it is too large to be a place. */
export function numberAt(
  bytes: Uint8Array,
  at: number,
  length: number,
  order: 'big' | 'little' = 'big',
): number | null {
  if (at < 0 || at + length > bytes.length) return null;
  let value = 0;
  for (let index = 0; index < length; index += 1) {
    value = value * 256 + (bytes[order === 'big' ? at + index : at + length - 1 - index] ?? 0);
  }
  return Number.isSafeInteger(value) ? value : null;
}
