import { numberAt, type Reading, textAt } from './reading.ts';

/** An index larger than this belongs to no film whose sound is worth so much looking. */
const largestIndexBytes = 16 * 1024 * 1024;

/** Codecs of sound whose silence is zeros (Apple, "QuickTime File Format"; ISO/IEC 23003-5). */
const plainSound: ReadonlySet<string> = new Set([
  ...['sowt', 'twos', 'lpcm', 'raw ', 'in24', 'in32'],
  ...['fl32', 'fl64', 'ipcm', 'fpcm', 'NONE'],
]);

interface Track {
  readonly isPlainSound: boolean;
  /** Where its last stretch of bytes begins. */
  readonly lastChunkAt: number;
}

/**
 * Tells whether a film may end in zeros because its last bytes are uncompressed sound, and silent: so they are
 * where such a track's last stretch is the last of all, and the last one of each other track was really written.
 */
export function* endsInSilence(
  moov: { readonly at: number; readonly endAt: number },
  endAt: number,
): Reading<boolean> {
  const length = moov.endAt - moov.at;
  if (length > largestIndexBytes) return false;
  const index = yield { at: moov.at, length };
  const tracks = childrenOf(index, 0, index.length, 'trak').flatMap((trak) => readTrack(index, trak));
  const sound = tracks.filter((track) => track.isPlainSound);
  const others = tracks.filter((track) => !track.isPlainSound);
  const soundAt = Math.max(-1, ...sound.map((track) => track.lastChunkAt));
  if (others.length === 0 || soundAt < 0 || soundAt >= endAt) return false;
  for (const { lastChunkAt } of others) {
    if (lastChunkAt > soundAt) return false;
    const start = yield { at: lastChunkAt, length: 64 };
    if (start.every((byte) => byte === 0)) return false;
  }
  return true;
}

interface Span {
  readonly at: number;
  readonly endAt: number;
}

function readTrack(index: Uint8Array, trak: Span): Track[] {
  const [mdia] = childrenOf(index, trak.at, trak.endAt, 'mdia');
  const [minf] = mdia === undefined ? [] : childrenOf(index, mdia.at, mdia.endAt, 'minf');
  const [stbl] = minf === undefined ? [] : childrenOf(index, minf.at, minf.endAt, 'stbl');
  if (stbl === undefined) return [];
  const inTable = (type: string) => childrenOf(index, stbl.at, stbl.endAt, type)[0];
  const lastChunkAt = lastOffset(index, inTable('stco'), 4) ?? lastOffset(index, inTable('co64'), 8);
  const stsd = inTable('stsd');
  if (lastChunkAt === null || stsd === undefined) return [];
  // version and flags, count, size of the first entry, then its type
  return [{ isPlainSound: plainSound.has(textAt(index, stsd.at + 12, 4)), lastChunkAt }];
}

/** ISO/IEC 14496-12 §8.7.5: version and flags, count, offsets. */
function lastOffset(index: Uint8Array, table: Span | undefined, width: 4 | 8): number | null {
  if (table === undefined) return null;
  const count = numberAt(index, table.at + 4, 4);
  if (count === null || count === 0 || table.at + 8 + count * width > table.endAt) return null;
  return numberAt(index, table.at + 8 + (count - 1) * width, width);
}

function childrenOf(index: Uint8Array, from: number, to: number, type: string): Span[] {
  const found: Span[] = [];
  for (let at = from; at + 8 <= to; ) {
    const size = numberAt(index, at, 4) ?? 0;
    if (size < 8 || at + size > to) break;
    if (textAt(index, at + 4, 4) === type) found.push({ at: at + 8, endAt: at + size });
    at += size;
  }
  return found;
}
