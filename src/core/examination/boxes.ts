import {
  type ContentFacts,
  type Flaw,
  lastBytes,
  mostElements,
  numberAt,
  type Reading,
  requireEnd,
  textAt,
} from './reading.ts';
import { endsInSilence } from './sound-at-end.ts';

/** ISO/IEC 14496-12 §4.2: what stands before the content of a box; with 64-bit sizes. */
const headerBytes = 16;

/** Boxes that only keep room: what is in them was never meant to be written. */
const paddingTypes: ReadonlySet<string> = new Set(['free', 'skip', 'wide', 'junk']);

/** Of files whose index is a box `meta` of pictures (ISO/IEC 23008-12 annex B, AV1 Image File Format §8). */
const pictureBrands: ReadonlySet<string> = new Set([
  ...['mif1', 'mif2', 'msf1', 'heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'],
  ...['avci', 'avcs', 'avif', 'avis', 'miaf', 'jpeg', 'jpgs'],
]);

/** The last 32 bytes of an Insta360 camera's own notes, which stand behind the last box (ExifTool, QuickTimeStream.pl). */
const insta360Mark = '8db42d694ccc418790edff439fe026bf';

type Box =
  | { readonly kind: 'box'; readonly type: string; readonly contentAt: number; readonly endAt: number }
  /** It says that it goes on behind the end of the file. */
  | { readonly kind: 'cut'; readonly type: string }
  /** Other bytes than those of a box. */
  | { readonly kind: 'rest' };

interface Chain {
  readonly types: ReadonlySet<string>;
  readonly moov: { readonly at: number; readonly endAt: number } | null;
  /** The last box that is no padding. */
  readonly last: { readonly type: string; readonly endAt: number } | null;
  readonly end: 'whole' | 'cut' | 'rest' | 'too-long';
}

/**
 * Judges MP4, MOV and their kin (ISO/IEC 14496-12; Apple, "QuickTime File Format"), an iPhone's pictures among them:
 * the boxes follow each other to the end of the file, one of them is the index, and the last of them was really written.
 */
export function* examineBoxes(file: ContentFacts, head: Uint8Array): Reading<Flaw | null> {
  const chain = yield* walkBoxes(file.sizeBytes);
  if (chain.end === 'cut' && !(yield* hasForeignTrailer(file.sizeBytes, chain))) return 'cut-off';
  const { types, moov, last } = chain;
  if (chain.end === 'rest' && (yield* requireEnd(file.sizeBytes)) !== null && !isShortRest(file, last)) {
    return 'empty-end';
  }
  const isOfPictures = types.has('meta') && pictureBrands.has(textAt(head, 8, 4));
  if (moov === null && !types.has('moof') && !isOfPictures)
    return chain.end === 'too-long' ? null : 'no-index';
  if (last?.type === 'moof') return 'cut-off';
  if (!types.has('mdat')) return moov !== null && (yield* isReference(moov.at)) ? null : 'cut-off';
  if (chain.end !== 'whole' || last === null) return null;
  if ((yield* requireEnd(last.endAt)) === null) return null;
  const isSilence = moov !== null && last.type === 'mdat' && (yield* endsInSilence(moov, last.endAt));
  return isSilence ? null : 'empty-end';
}

function* walkBoxes(sizeBytes: number): Reading<Chain> {
  const types = new Set<string>();
  let moov: Chain['moov'] = null;
  let last: Chain['last'] = null;
  let at = 0;
  for (let count = 0; at < sizeBytes; count += 1) {
    if (count === mostElements) return { types, moov, last, end: 'too-long' };
    const box = readBox(yield { at, length: headerBytes }, at, sizeBytes);
    if (box.kind !== 'box') return { types, moov, last, end: box.kind };
    types.add(box.type);
    if (box.type === 'moov') moov = { at: box.contentAt, endAt: box.endAt };
    if (!paddingTypes.has(box.type)) last = { type: box.type, endAt: box.endAt };
    at = box.endAt;
  }
  return { types, moov, last, end: 'whole' };
}

function readBox(header: Uint8Array, at: number, sizeBytes: number): Box {
  const size = numberAt(header, 0, 4);
  const type = textAt(header, 4, 4);
  if (size === null || !isType(type)) return { kind: 'rest' };
  if (size === 0) return { kind: 'box', type, contentAt: at + 8, endAt: sizeBytes };
  const isLarge = size === 1;
  const headerLength = isLarge ? 16 : 8;
  if (isLarge && header.length < headerLength) return { kind: 'cut', type };
  const length = isLarge ? (numberAt(header, 8, 8) ?? Number.POSITIVE_INFINITY) : size;
  if (length < headerLength) return { kind: 'rest' };
  if (at + length > sizeBytes) return { kind: 'cut', type };
  return { kind: 'box', type, contentAt: at + headerLength, endAt: at + length };
}

/** Four characters that people chose; Apple's may begin with a copyright sign. */
function isType(type: string): boolean {
  return /^[\w ©-][\w -]{3}$/.test(type);
}

/** QuickTime may end in a few zeros (a list's end mark), and some writers fill up a sector. */
function isShortRest({ sizeBytes }: ContentFacts, last: Chain['last']): boolean {
  return last !== null && sizeBytes - last.endAt < 512;
}

/** A camera's notes may look like a box that is cut off. */
function* hasForeignTrailer(sizeBytes: number, { types }: Chain): Reading<boolean> {
  if (!types.has('moov') || !types.has('mdat')) return false;
  const bytes = yield lastBytes(sizeBytes, insta360Mark.length);
  return textAt(bytes, 0, insta360Mark.length) === insta360Mark;
}

/** A movie whose pictures stand in other files (Apple, "QuickTime File Format", reference movies). */
function* isReference(moovAt: number): Reading<boolean> {
  return textAt(yield { at: moovAt, length: 8 }, 4, 4) === 'rmra';
}
