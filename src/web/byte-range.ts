/** Which bytes a `Range` header asks for; both ends included. */
export type ByteRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

const whole: ByteRange = { kind: 'whole' };
const unsatisfiable: ByteRange = { kind: 'unsatisfiable' };

/**
 * Reads a `Range` header (RFC 9110 §14.2) for `sizeBytes` bytes. What is no valid range, or names another
 * unit, is ignored as the RFC demands; several ranges are answered with the whole, which it allows.
 */
export function parseByteRange(header: string | undefined, sizeBytes: number): ByteRange {
  const list = /^bytes=(.*)$/is.exec(header?.trim() ?? '')?.[1];
  if (list === undefined) return whole;
  const specs = list.split(',').map((spec) => spec.trim());
  const ranges = specs.filter((spec) => spec !== '').map((spec) => parseSpec(spec, sizeBytes));
  if (ranges.length === 0 || ranges.includes(null)) return whole;
  const satisfiable = ranges.filter((range) => range !== null && range.kind !== 'unsatisfiable');
  if (satisfiable.length === 0) return unsatisfiable;
  return ranges.length === 1 ? (satisfiable[0] ?? whole) : whole;
}

/** Null where the text is no range at all. */
function parseSpec(spec: string, sizeBytes: number): ByteRange | null {
  const match = /^(\d*)\s*-\s*(\d*)$/.exec(spec);
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return null;
  if (first === '') return suffix(Number(last), sizeBytes);
  const start = Number(first);
  const end = last === '' ? Number.POSITIVE_INFINITY : Number(last);
  if (end < start) return null;
  if (start >= sizeBytes) return unsatisfiable;
  return { kind: 'part', start, end: Math.min(end, sizeBytes - 1) };
}

function suffix(lengthBytes: number, sizeBytes: number): ByteRange {
  if (lengthBytes === 0) return unsatisfiable;
  if (sizeBytes === 0) return whole;
  return { kind: 'part', start: Math.max(0, sizeBytes - lengthBytes), end: sizeBytes - 1 };
}
