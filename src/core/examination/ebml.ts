import { type ContentFacts, type Flaw, mostElements, numberAt, type Reading, requireEnd } from './reading.ts';

/** RFC 8794 §17: an id has at most 4 bytes here, a size 8. */
const headerBytes = 12;

/** RFC 9559 §5: what the walk has to know by its id. */
const segmentId = 0x18538067;
const clusterId = 0x1f43b675;
const voidId = 0xec;

/** What may have an unknown size, and whose children then stand where it would end. */
const openMasters: ReadonlySet<number> = new Set([segmentId, clusterId]);

type Element =
  | {
      readonly kind: 'element';
      readonly id: number;
      readonly contentAt: number;
      readonly endAt: number | null;
    }
  | { readonly kind: 'cut' }
  | { readonly kind: 'none' };

/**
 * Judges Matroska and WebM (RFC 8794, RFC 9559): the elements end where the file does. A segment of known size is
 * not looked through; one of unknown size, as of a live recording, is, from element to element.
 */
export function* examineEbml(file: ContentFacts): Reading<Flaw | null> {
  const { sizeBytes } = file;
  let at = 0;
  let last: { readonly id: number; readonly at: number } | null = null;
  for (let count = 0; at < sizeBytes; count += 1) {
    if (count === mostElements) return null;
    const element = readElement(yield { at, length: headerBytes });
    if (element.kind === 'cut') return 'cut-off';
    if (element.kind === 'none') return yield* requireEnd(sizeBytes);
    const { id, endAt } = element;
    if (endAt === null && !openMasters.has(id)) return null;
    const nextAt = at + (endAt ?? element.contentAt);
    if (nextAt > sizeBytes) return 'cut-off';
    last = { id, at };
    at = nextAt;
  }
  return last === null ? null : yield* requireWritten(last, sizeBytes);
}

/** Room that is kept at the end, as an editor of tags leaves it, may be empty. */
function* requireWritten(last: { id: number; at: number }, sizeBytes: number): Reading<Flaw | null> {
  const flaw = yield* requireEnd(last.id === voidId ? last.at : sizeBytes);
  if (flaw === null || last.id !== segmentId) return flaw;
  return (yield* endsInRoom(last.at)) ? null : flaw;
}

/** Whether the last child of a segment of known size is kept room. */
function* endsInRoom(segmentAt: number): Reading<boolean> {
  const segment = readElement(yield { at: segmentAt, length: headerBytes });
  if (segment.kind !== 'element' || segment.endAt === null) return false;
  const endAt = segmentAt + segment.endAt;
  let at = segmentAt + segment.contentAt;
  let id = segmentId;
  for (let count = 0; at < endAt && count < mostElements; count += 1) {
    const child = readElement(yield { at, length: headerBytes });
    if (child.kind !== 'element' || child.endAt === null) return false;
    id = child.id;
    at += child.endAt;
  }
  return id === voidId && at === endAt;
}

/** Places are counted from the element's own start. */
function readElement(bytes: Uint8Array): Element {
  const first = bytes[0] ?? 0;
  const idLength = vintLength(first);
  if (idLength === null || idLength > 4) return { kind: 'none' };
  const sizeFirst = bytes[idLength];
  if (sizeFirst === undefined) return { kind: 'cut' };
  const sizeLength = vintLength(sizeFirst);
  if (sizeLength === null) return { kind: 'none' };
  const contentAt = idLength + sizeLength;
  if (bytes.length < contentAt) return { kind: 'cut' };
  const id = numberAt(bytes, 0, idLength) ?? 0;
  const size = sizeAt(bytes.subarray(idLength, contentAt));
  return { kind: 'element', id, contentAt, endAt: size === null ? null : contentAt + size };
}

/** RFC 8794 §4: as many leading zeros as bytes follow; null for more than eight bytes. */
function vintLength(first: number): number | null {
  return first === 0 ? null : Math.clz32(first) - 23;
}

/** Null where all bits are set: the size is not known. */
function sizeAt(bytes: Uint8Array): number | null {
  const mark = 0x80 >> (bytes.length - 1);
  const isUnknown = bytes.every((byte, index) => byte === (index === 0 ? mark | (mark - 1) : 0xff));
  if (isUnknown) return null;
  const plain = Uint8Array.from(bytes, (byte, index) => (index === 0 ? byte & (mark - 1) : byte));
  return numberAt(plain, 0, plain.length) ?? Number.POSITIVE_INFINITY;
}
