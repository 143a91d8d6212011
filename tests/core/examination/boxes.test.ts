import { describe, expect, it } from 'vitest';
import { box, largeBox, smallFilm, written } from '#tests/support/boxes.ts';
import { flawOf } from '#tests/support/readings.ts';

const ftyp = box('ftyp', 'qt  ');
const moov = box('moov', written(600));
const mdat = box('mdat', written(10_000));
const zeros = (length: number) => Buffer.alloc(length);
const together = (...parts: readonly Uint8Array[]) => Buffer.concat(parts);

describe('the chain of boxes', () => {
  it.each([
    ['its index last', [ftyp, mdat, moov]],
    ['its index first', [ftyp, moov, mdat]],
    ['no type at its head, as old QuickTime', [box('wide'), mdat, moov]],
    ['a size of 64 bits', [ftyp, largeBox('mdat', written(9000)), moov]],
    ['a box that goes on to the end', [ftyp, moov, box('mdat', written(9000), 0)]],
    [
      'boxes of which nobody knows what they are',
      [ftyp, box('uuid', written(40)), mdat, moov, box('beam', 'x')],
    ],
    ['kept room at the end', [ftyp, moov, mdat, box('free', zeros(9000))]],
    ['kept room between', [ftyp, box('skip', zeros(5000)), mdat, box('wide'), moov, box('free')]],
    ['the end mark of a list', [ftyp, mdat, moov, zeros(4)]],
    ['a few zeros that fill up a sector', [ftyp, mdat, moov, zeros(500)]],
    ['a trailer that is no box', [ftyp, mdat, moov, Buffer.alloc(9000, 0xf3)]],
    ['fragments', [ftyp, moov, box('moof', written(99)), mdat, box('moof', written(99)), mdat]],
    ['fragments and their index', [ftyp, moov, box('moof', written(99)), mdat, box('mfra', written(60))]],
    ['its pictures in other files', [ftyp, box('moov', box('rmra', written(80)))]],
    [
      'the notes of an Insta360 camera',
      [ftyp, mdat, moov, box('note', 'x', 99_999), Buffer.from('8db42d694ccc418790edff439fe026bf')],
    ],
    ['a picture of an iPhone', [box('ftyp', 'heic'), box('meta', written(400)), mdat]],
    ['a picture in AV1', [box('ftyp', 'avif'), box('meta', written(400)), mdat]],
  ])('is whole with %s', (_what, parts) => {
    expect(flawOf(together(...parts))).toBeNull();
  });

  it.each([
    ['pictures that end too early', [ftyp, moov, box('mdat', written(9000), 20_000)], 'cut-off'],
    ['a 64-bit size that is too large', [ftyp, moov, largeBox('mdat', written(9000), 1n << 40n)], 'cut-off'],
    ['a size beyond all disks', [ftyp, moov, largeBox('mdat', written(9000), (1n << 64n) - 1n)], 'cut-off'],
    ['an index that ends too early', [ftyp, mdat, box('moov', written(600), 5000)], 'cut-off'],
    ['a head of a box alone', [ftyp, mdat, moov, box('uuid', '', 100).subarray(0, 8)], 'cut-off'],
    ['half a 64-bit size', [ftyp, moov, mdat, largeBox('mdat', written(9)).subarray(0, 12)], 'cut-off'],
    ['no index', [ftyp, mdat], 'no-index'],
    [
      'pictures to the end, as a recorder that was switched off',
      [ftyp, box('mdat', written(9), 0)],
      'no-index',
    ],
    ['bytes in the place of the index', [ftyp, mdat, Buffer.alloc(9000, 0xf3)], 'no-index'],
    ['no pictures', [ftyp, moov], 'cut-off'],
    ['a picture without its index', [box('ftyp', 'heic'), mdat], 'no-index'],
    [
      'a picture that ends too early',
      [box('ftyp', 'heic'), box('meta', written(400)), box('mdat', written(9), 99)],
      'cut-off',
    ],
    ['the index of a picture alone', [box('ftyp', 'heic'), box('meta', written(400))], 'cut-off'],
    ['the head of a fragment without its pictures', [ftyp, moov, mdat, box('moof', written(99))], 'cut-off'],
    ['pictures that were never written', [ftyp, moov, box('mdat', zeros(9000))], 'empty-end'],
    ['an index that was never written', [ftyp, mdat, box('moov', zeros(9000))], 'empty-end'],
    ['nothing but zeros where boxes should follow', [ftyp, mdat, zeros(9000)], 'empty-end'],
    ['nothing but zeros behind everything', [ftyp, mdat, moov, zeros(9000)], 'empty-end'],
  ])('is not whole with %s', (_what, parts, flaw) => {
    expect(flawOf(together(...parts))).toBe(flaw);
  });

  it('is not known of what is no film by its first bytes', () => {
    expect(flawOf(written(9000))).toBeNull();
    expect(flawOf(together(written(9000), zeros(9000)))).toBeNull();
  });

  it('asks whether the end was ever written where a file has a hole', () => {
    expect(flawOf(together(written(9000), zeros(9000)), true)).toBe('empty-end');
    expect(flawOf(smallFilm(), true)).toBeNull();
  });
});
