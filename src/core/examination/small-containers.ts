import {
  type ContentFacts,
  type Flaw,
  lastBytes,
  numberAt,
  type Reading,
  requireEnd,
  textAt,
} from './reading.ts';

/** Kinds of an FLV's tags: sound, picture, facts. */
const flvTags: ReadonlySet<number> = new Set([8, 9, 18]);

/**
 * Judges Flash video (Adobe, "Flash Video File Format Specification" 10.1 annex E.3): the last four bytes are the
 * size of the tag before them.
 */
export function* examineFlv({ sizeBytes }: ContentFacts): Reading<Flaw | null> {
  const size = numberAt(yield lastBytes(sizeBytes, 4), 0, 4) ?? 0;
  if (size === 0) return yield* requireEnd(sizeBytes);
  const tagAt = sizeBytes - 4 - size;
  if (tagAt < 13) return 'cut-off';
  const tag = yield { at: tagAt, length: 4 };
  const isTag = flvTags.has((tag[0] ?? 0) & 0x1f) && numberAt(tag, 1, 3) === size - 11;
  return isTag ? null : 'cut-off';
}

/** RFC 3533 §6: a page is never larger. */
const oggPageBytes = 27 + 255 + 255 * 255;

/** Judges Ogg (RFC 3533): it ends with a whole page. */
export function* examineOgg({ sizeBytes }: ContentFacts): Reading<Flaw | null> {
  const tail = yield lastBytes(sizeBytes, oggPageBytes);
  for (let start = tail.length - 27; start >= 0; start -= 1) {
    if (
      tail[start] === 0x4f &&
      textAt(tail, start, 5) === 'OggS\0' &&
      start + pageBytes(tail, start) === tail.length
    )
      return null;
  }
  return (yield* requireEnd(sizeBytes)) ?? 'cut-off';
}

function pageBytes(tail: Uint8Array, start: number): number {
  const segments = tail[start + 26] ?? 0;
  const sizes = tail.subarray(start + 27, start + 27 + segments);
  return 27 + segments + sizes.reduce((sum, size) => sum + size, 0);
}
