import {
  type ContentFacts,
  type Flaw,
  lastBytes,
  mostElements,
  numberAt,
  type Reading,
  requireEnd,
} from './reading.ts';

/** SMPTE ST 377-1 §7.1 and §12: the keys of partition packs and of the index at the very end, without their last bytes. */
const partitionKey = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01];
const randomIndexKey = [...partitionKey, 0x11];

/** A key, a length of up to 9 bytes, and of the pack what comes before and with the footer's place. */
const packBytes = 16 + 9 + 32;

/** Where in a partition pack's value the footer's place stands. */
const footerPlaceAt = 24;

/** Statuses of a header whose writer had not finished (ST 377-1 §6.2.3): open. */
const openStatuses: ReadonlySet<number> = new Set([1, 3]);

/**
 * Judges MXF (SMPTE ST 377-1): it ends with the index of its partitions, or with the footer that its header
 * names. A header that is still open names none.
 */
export function* examineMxf({ sizeBytes }: ContentFacts): Reading<Flaw | null> {
  if (yield* hasRandomIndex(sizeBytes)) return null;
  const header = yield { at: 0, length: packBytes };
  const valueAt = valuePlace(header);
  const footerAt = valueAt === null ? null : numberAt(header, valueAt + footerPlaceAt, 8);
  if (footerAt === null) return yield* requireEnd(sizeBytes);
  if (footerAt === 0) return openStatuses.has(header[14] ?? 0) ? 'no-index' : yield* requireEnd(sizeBytes);
  if (footerAt >= sizeBytes) return 'cut-off';
  return (yield* addsUp(footerAt, sizeBytes)) ? null : 'cut-off';
}

/** Its last four bytes say how long it is. */
function* hasRandomIndex(sizeBytes: number): Reading<boolean> {
  const length = numberAt(yield lastBytes(sizeBytes, 4), 0, 4) ?? 0;
  if (length < 20 || length > sizeBytes) return false;
  return startsWith(yield { at: sizeBytes - length, length: 16 }, randomIndexKey);
}

/** Whether keys and their values follow each other from the footer to the end. */
function* addsUp(footerAt: number, sizeBytes: number): Reading<boolean> {
  let at = footerAt;
  for (let count = 0; at < sizeBytes && count < mostElements; count += 1) {
    const bytes = yield { at, length: 25 };
    if (!startsWith(bytes, at === footerAt ? partitionKey : partitionKey.slice(0, 4))) return false;
    const valueAt = valuePlace(bytes);
    const length = lengthOf(bytes);
    if (valueAt === null || length === null) return false;
    at += valueAt + length;
  }
  return at === sizeBytes;
}

function startsWith(bytes: Uint8Array, wanted: readonly number[]): boolean {
  return wanted.every((byte, index) => bytes[index] === byte);
}

/** ISO/IEC 8825-1 §8.1.3: a length below 128 as it is; a larger one behind the count of its bytes. */
function valuePlace(bytes: Uint8Array): number | null {
  const first = bytes[16];
  if (first === undefined) return null;
  const more = first < 0x80 ? 0 : first & 0x7f;
  return more > 8 ? null : 17 + more;
}

function lengthOf(bytes: Uint8Array): number | null {
  const first = bytes[16];
  if (first === undefined || first < 0x80) return first ?? null;
  return numberAt(bytes, 17, first & 0x7f);
}
