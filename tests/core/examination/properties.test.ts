import { describe, expect, it } from 'vitest';
import { examineContent } from '#core/examination/examine-content.ts';
import { isMarkedBusy } from '#core/examination/finder-mark.ts';
import { box, largeBox, smallFilm, written } from '#tests/support/boxes.ts';
import fc from '#tests/support/properties.ts';
import { flawOf, followOver } from '#tests/support/readings.ts';

/** Beginnings that lead to each of the rules. */
const beginnings: readonly Buffer[] = [
  box('ftyp', 'isommp42'),
  Buffer.concat([box('wide'), box('moov', written(50))]),
  Buffer.from('1a45dfa39342868101', 'hex'),
  Buffer.from('1a45dfa3801853806701ffffffffffffff', 'hex'),
  Buffer.from('RIFF\x20\x00\x00\x00AVI LIST', 'latin1'),
  Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'),
  Buffer.from('060e2b34020501010d01020101020400', 'hex'),
  Buffer.from('FLV\x01\x05\0\0\0\x09\0\0\0\0', 'latin1'),
  Buffer.from('OggS\0\x02', 'latin1'),
  Buffer.from(Array.from({ length: 5 * 188 }, (_, at) => (at % 188 === 0 ? 0x47 : 1))),
];

const typed = fc.constantFrom('moov', 'mdat', 'moof', 'free', 'uuid', 'trak', 'RIFF', '\0\0\0\0', '©too');
const hostileBox = fc
  .record({ type: typed, content: fc.uint8Array({ maxLength: 40 }), size: fc.option(fc.nat(2 ** 32 - 1)) })
  .map(({ type, content, size }) => box(type, content, size ?? undefined));
const hostileLargeBox = fc
  .record({ type: typed, content: fc.uint8Array({ maxLength: 40 }), size: fc.bigInt(0n, (1n << 64n) - 1n) })
  .map(({ type, content, size }) => largeBox(type, content, size));
const bytes = fc.uint8Array({ maxLength: 200 });
const hostileFile = fc
  .tuple(
    fc.constantFrom(...beginnings),
    fc.array(fc.oneof(hostileBox, hostileLargeBox, bytes), { maxLength: 12 }),
    fc.constantFrom(0, 0, 7, 5000),
  )
  .map(([head, parts, zeros]) => Buffer.concat([head, ...parts, Buffer.alloc(zeros)]));

describe('the look inside hostile files', () => {
  it('comes to an end, throws nothing, and asks for nothing outside the file', () => {
    fc.assert(
      fc.property(hostileFile, fc.boolean(), (file, hasHole) => {
        const { asked } = followOver(examineContent({ sizeBytes: file.length, hasHole }), file);
        for (const { at, length } of asked) {
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThanOrEqual(file.length);
          expect(length).toBeLessThanOrEqual(16 * 1024 * 1024);
        }
        expect(asked.length).toBeLessThan(200);
      }),
      { numRuns: 2000 },
    );
  });

  it('does not look through more than a bounded number of boxes', () => {
    const file = Buffer.concat([box('ftyp'), ...Array.from({ length: 100_000 }, () => box('free'))]);
    const { asked, value } = followOver(examineContent({ sizeBytes: file.length, hasHole: false }), file);
    expect(value).toBeNull();
    expect(asked.length).toBeLessThan(20_010);
  });

  it('never takes a film for whole that is shorter than it was, or whose end is zeros', () => {
    const film = smallFilm();
    fc.assert(
      fc.property(fc.integer({ min: 16, max: film.length - 1 }), (end) => {
        expect(flawOf(film.subarray(0, end))).not.toBeNull();
        if (end <= film.length - 4096) expect(flawOf(Buffer.from(film).fill(0, end))).not.toBeNull();
      }),
    );
  });

  it('says nothing of a film that is damaged in the middle, but for what its boxes say', () => {
    const film = smallFilm();
    const flip = fc.record({ at: fc.nat(film.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(flip, { maxLength: 8 }), (flips) => {
        const damaged = Buffer.from(film);
        for (const { at, to } of flips) damaged[at] = to;
        const chain = Buffer.concat([damaged.subarray(0, 24), damaged.subarray(10_024, 10_032)]);
        const whole = Buffer.concat([film.subarray(0, 24), film.subarray(10_024, 10_032)]);
        if (chain.equals(whole)) expect(flawOf(damaged)).toBeNull();
      }),
    );
  });

  it('reads no mark of the Finder out of any bytes', () => {
    const magic = Buffer.from('0005160700020000', 'hex');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
        expect(isMarkedBusy(rest)).toBe(false);
        isMarkedBusy(Buffer.concat([magic, rest]));
      }),
    );
  });
});
