import { type ContentFacts, type Flaw, numberAt, type Reading, requireEnd, textAt } from './reading.ts';

/** An AVI of more than 1 GiB goes on in further chunks of this kind; 256 of them are more than a file can be. */
const mostChunks = 1024;

/**
 * Judges AVI (Microsoft, "AVI RIFF File Reference"; "OpenDML AVI File Format Extensions"): its RIFF chunks follow
 * each other. Recorders that were switched off leave a size of zero, and old ones a wrong one: then the rest of
 * the file counts for what it is.
 */
export function* examineRiff({ sizeBytes }: ContentFacts): Reading<Flaw | null> {
  let at = 0;
  for (let count = 0; count < mostChunks && at < sizeBytes; count += 1) {
    const header = yield { at, length: 12 };
    const size = numberAt(header, 4, 4, 'little');
    if (textAt(header, 0, 4) !== 'RIFF' || size === null || size === 0 || size === 0xffffffff) break;
    // The last chunk's own padding to an even size is often left out.
    if (at + 8 + size > sizeBytes) return 'cut-off';
    const endAt = Math.min(sizeBytes, at + 8 + size + (size % 2));
    if (endAt === sizeBytes) return yield* requireWritten(at, sizeBytes);
    at = endAt;
  }
  return yield* requireEnd(sizeBytes);
}

/** Room that is kept at the end (`JUNK`) may be empty. */
function* requireWritten(riffAt: number, endAt: number): Reading<Flaw | null> {
  if ((yield* requireEnd(endAt)) === null) return null;
  let at = riffAt + 12;
  for (let count = 0; count < mostChunks && at + 8 <= endAt; count += 1) {
    const header = yield { at, length: 8 };
    const size = numberAt(header, 4, 4, 'little');
    if (size === null) break;
    const nextAt = at + 8 + size + (size % 2);
    if (nextAt >= endAt) return textAt(header, 0, 4) === 'JUNK' ? yield* requireEnd(at) : 'empty-end';
    at = nextAt;
  }
  return 'empty-end';
}
