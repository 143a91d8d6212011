import { describe, expect, it } from 'vitest';
import fc from '#tests/support/properties.ts';
import { parseByteRange } from '#web/byte-range.ts';

const whole = { kind: 'whole' };
const unsatisfiable = { kind: 'unsatisfiable' };
const part = (start: number, end: number) => ({ kind: 'part', start, end });

describe('a Range header', () => {
  it.each([
    [undefined, 100, whole],
    ['', 100, whole],
    ['bytes=0-9', 100, part(0, 9)],
    ['bytes=0-', 100, part(0, 99)],
    ['bytes=99-', 100, part(99, 99)],
    ['bytes=99-1000', 100, part(99, 99)],
    ['bytes=0-99999999999999999999999', 100, part(0, 99)],
    ['bytes=-1', 100, part(99, 99)],
    ['bytes=-100', 100, part(0, 99)],
    ['bytes=-1000', 100, part(0, 99)],
    ['Bytes=5-6', 100, part(5, 6)],
    [' bytes= 5-6 ', 100, part(5, 6)],
    // nothing there to give
    ['bytes=100-', 100, unsatisfiable],
    ['bytes=100-200', 100, unsatisfiable],
    ['bytes=99999999999999999999999-', 100, unsatisfiable],
    ['bytes=-0', 100, unsatisfiable],
    ['bytes=0-', 0, unsatisfiable],
    ['bytes=-5', 0, whole],
    // no range: ignored
    ['bytes=9-0', 100, whole],
    ['bytes=-', 100, whole],
    ['bytes=', 100, whole],
    ['bytes=a-b', 100, whole],
    ['bytes=1', 100, whole],
    ['bytes=1-2-3', 100, whole],
    ['bytes=--5', 100, whole],
    ['bytes=0x1-2', 100, whole],
    ['bytes=1.5-2', 100, whole],
    ['bytes 0-9', 100, whole],
    ['lines=0-9', 100, whole],
    // several: the whole, or nothing where none of them can be had
    ['bytes=0-0,5-6', 100, whole],
    ['bytes=0-0,200-300', 100, whole],
    ['bytes=200-300,400-', 100, unsatisfiable],
    ['bytes=0-0,x', 100, whole],
    ['bytes=0-9,', 100, part(0, 9)],
  ])('%j of %d bytes asks for %j', (header, sizeBytes, expected) => {
    expect(parseByteRange(header, sizeBytes)).toEqual(expected);
  });

  it('never asks for bytes that are not there, whatever it says', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789-, abytes=') });
    fc.assert(
      fc.property(text, fc.nat(), (spec, sizeBytes) => {
        const range = parseByteRange(`bytes=${spec}`, sizeBytes);
        if (range.kind !== 'part') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(sizeBytes);
      }),
    );
  });

  it('gives exactly what a valid one asks for', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (start, length, rest) => {
        const end = start + length;
        const sizeBytes = end + rest + 1;
        expect(parseByteRange(`bytes=${start}-${end}`, sizeBytes)).toEqual(part(start, end));
        expect(parseByteRange(`bytes=-${length + 1}`, sizeBytes)).toEqual(
          part(sizeBytes - length - 1, sizeBytes - 1),
        );
      }),
    );
  });
});
