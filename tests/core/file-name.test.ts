import { describe, expect, it } from 'vitest';
import { decodeName, displayName, encodeName, isUtf8Name, splitExtension } from '#core/file-name.ts';
import fc from '#tests/support/properties.ts';

const anyBytes = fc.uint8Array({ maxLength: 300 });

/** Mostly the bytes at the edges of UTF-8's rules, where random ones seldom fall. */
const edgeBytes = fc
  .array(
    fc.constantFrom(
      ...[0x00, 0x2f, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbb, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf],
      ...[0xe0, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xfe, 0xff],
    ),
    { maxLength: 40 },
  )
  .map((bytes) => Uint8Array.from(bytes));

describe('names of any bytes', () => {
  it('come back from memory as the bytes they were', () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, edgeBytes), (bytes) => {
        expect(encodeName(decodeName(bytes))).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('are never the same string for different bytes', () => {
    fc.assert(
      fc.property(edgeBytes, edgeBytes, (a, b) => {
        const areEqual = Buffer.compare(a, b) === 0;
        expect(decodeName(a) === decodeName(b)).toBe(areEqual);
      }),
      { numRuns: 2000 },
    );
  });

  it('are told apart by whether they are UTF-8, as a strict decoder tells them', () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, edgeBytes), (bytes) => {
        expect(isUtf8Name(decodeName(bytes))).toBe(
          Buffer.from(bytes).equals(Buffer.from(Buffer.from(bytes).toString())),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('are plain text where they are UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeName(new TextEncoder().encode(text))).toBe(text.toWellFormed());
      }),
    );
  });

  it.each([
    ['Latin-1', [0x63, 0x61, 0x66, 0xe9, 0x2e, 0x6d, 0x70, 0x34], 'caf\uDCE9.mp4'],
    ['a byte order mark in front', [0xef, 0xbb, 0xbf, 0x61], '\uFEFFa'],
    ['an overlong slash', [0xc0, 0xaf], '\uDCC0\uDCAF'],
    ['a surrogate in UTF-8', [0xed, 0xb2, 0x80], '\uDCED\uDCB2\uDC80'],
    ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80], '\uDCF4\uDC90\uDC80\uDC80'],
    ['cut inside an emoji', [0xf0, 0x9f, 0x8e], '\uDCF0\uDC9F\uDC8E'],
    ['an emoji', [0xf0, 0x9f, 0x8e, 0x82], '🎂'],
  ])('escapes only what is not UTF-8: %s', (_, bytes, name) => {
    expect(decodeName(Uint8Array.from(bytes))).toBe(name);
  });

  it('keep the slashes of a path where they were', () => {
    fc.assert(
      fc.property(edgeBytes, (bytes) => {
        const slashes = bytes.filter((byte) => byte === 0x2f).length;
        expect(decodeName(bytes).split('/').length - 1).toBe(slashes);
      }),
    );
  });

  it.each(['\uD800', 'a\uDC00b', '\uDFFF'])(
    'that stand for no byte are refused, not replaced: %j',
    (name) => {
      expect(() => encodeName(name)).toThrow(RangeError);
    },
  );
});

describe('a displayed name', () => {
  it.each([
    ['caf\uDCE9.mp4', 'caf\uFFFD.mp4'],
    ['two\nlines\t.mp4', 'two␊lines␉.mp4'],
    ['bell\u0007 del\u007f next\u0085 c1\u0090', 'bell␇ del␡ next\u2424 c1\uFFFD'],
    ['line\u2028para\u2029', 'line\u2424para\u2424'],
    ['gpj.\u202Etrap\u202C.mp4', 'gpj.trap.mp4'],
    ['\u200Ea\u200Fb\u061Cc\u2066d\u2069', 'abcd'],
    ['👩‍👩‍👧 שלום', '👩‍👩‍👧 שלום'],
  ])('%j is shown as %j', (name, shown) => {
    expect(displayName(name)).toBe(shown);
  });

  it('is one line of well-formed text without controls, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, edgeBytes), (bytes) => {
        const shown = displayName(decodeName(bytes));
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        expect(displayName(shown)).toBe(shown);
      }),
    );
  });
});

describe('an extension', () => {
  it.each([
    ['NAME.MP4', 'NAME', 'mp4'],
    ['a.tar.gz', 'a.tar', 'gz'],
    ['.hidden', '.hidden', ''],
    ['..mp4', '..mp4', ''],
    ['.hidden.mp4', '.hidden', 'mp4'],
    ['none', 'none', ''],
    ['ends.', 'ends.', ''],
    ['Mr. Jones', 'Mr. Jones', ''],
    ['two\nlines.mov', 'two\nlines', 'mov'],
    ['caf\uDCE9.mp4', 'caf\uDCE9', 'mp4'],
    ['x.abcdefghij', 'x', 'abcdefghij'],
    ['x.abcdefghijk', 'x.abcdefghijk', ''],
    ['max.360', 'max', '360'],
    // U+212A KELVIN SIGN lower-cases to k, U+0130 to i: neither is an ASCII letter
    ['x.m\u212Av', 'x.m\u212Av', ''],
    ['x.av\u0130', 'x.av\u0130', ''],
    ['', '', ''],
  ])('of %j is split into %j and %j', (name, stem, ext) => {
    expect(splitExtension(name)).toEqual({ stem, ext });
  });
});
