import { type ContentFacts, type Flaw, numberAt, type Reading, requireEnd } from './reading.ts';

/** There are a handful: header, data, one index for each picture. */
const mostObjects = 256;

/** The data ends in packets that may be filled up with zeros; no packet is larger. */
const packetsBytes = 128 * 1024;

/** Judges ASF and WMV (Microsoft, "Advanced Systems Format Specification" §2): its objects end where the file does. */
export function* examineAsf({ sizeBytes }: ContentFacts): Reading<Flaw | null> {
  let at = 0;
  for (let count = 0; count < mostObjects && sizeBytes - at >= 24; count += 1) {
    const size = numberAt(yield { at: at + 16, length: 8 }, 0, 8, 'little');
    // A broadcast has no size; other bytes than an object's have none either.
    if (size === 0) break;
    if (size === null || at + size > sizeBytes) return 'cut-off';
    if (size < 24) break;
    at += size;
  }
  return yield* requireEnd(sizeBytes, packetsBytes);
}
