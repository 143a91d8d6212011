import { describe, expect, it } from 'vitest';
import {
  blobPath,
  digestOfHex,
  hexOf,
  isDigest,
  parseBlobName,
  parseBlobPath,
  parseDigest,
} from '#core/digest.ts';
import { anyDigest, anyExt } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';

const hex = 'ab'.repeat(32);

describe('a digest', () => {
  it.each([
    ['sha256 and 64 digits', `sha256:${hex}`, true],
    ['upper case', `sha256:${hex.toUpperCase()}`, false],
    ['one digit short', `sha256:${hex.slice(1)}`, false],
    ['one digit long', `sha256:${hex}a`, false],
    ['another hash', `md5:${hex}`, false],
    ['no name of a hash', hex, false],
    ['a line break behind it', `sha256:${hex}\n`, false],
    ['a path', `sha256:../../${hex.slice(6)}`, false],
    ['nothing', '', false],
  ])('is told from what is none: %s', (_, text, expected) => {
    expect(isDigest(text)).toBe(expected);
    if (expected) expect(parseDigest(text)).toBe(text);
    else expect(() => parseDigest(text)).toThrow('it is no digest');
  });

  it('is refused with a message that names the start of the text, however long it is', () => {
    expect(() => parseDigest(`no "digest"${'x'.repeat(1_000_000)}`)).toThrow(
      /^read "no \\"digest\\"x{89}": it is no digest$/,
    );
  });

  it('is made of what a hash function returns, in any case', () => {
    expect(digestOfHex(hex.toUpperCase())).toBe(`sha256:${hex}`);
    expect(() => digestOfHex('abc')).toThrow('it is no digest');
  });

  it('gives its digits back', () => {
    fc.assert(
      fc.property(anyDigest, (digest) => {
        expect(digestOfHex(hexOf(digest))).toBe(digest);
      }),
    );
  });
});

describe("a blob's path", () => {
  it('stands in a folder named by the first two digits, with the extension where there is one', () => {
    const digest = parseDigest(`sha256:${hex}`);
    expect(blobPath({ digest, ext: 'mp4' })).toBe(`blobs/sha256/ab/${hex}.mp4`);
    expect(blobPath({ digest, ext: '' })).toBe(`blobs/sha256/ab/${hex}`);
  });

  it('has a last part that reads back as the blob', () => {
    fc.assert(
      fc.property(anyDigest, anyExt, (digest, ext) => {
        const path = blobPath({ digest, ext });
        expect(parseBlobName(path.slice(path.lastIndexOf('/') + 1))).toEqual({ digest, ext });
      }),
    );
  });

  it.each([
    'README.txt',
    hex.slice(1),
    `${hex}.MP4`,
    `${hex}.`,
    `${hex}.tar.gz`,
    `${hex}.elevenchars`,
    `${hex}.mp4.tmp`,
    `.${hex}`,
    `${hex}.mp4\n`,
    '',
  ])('is not read out of a name that Reelhold does not give: %j', (name) => {
    expect(parseBlobName(name)).toBeNull();
  });

  it('is read out of its path, and of no other', () => {
    const path = blobPath({ digest: digestOfHex(hex), ext: 'mp4' });
    expect(parseBlobPath(path)).toEqual({ digest: digestOfHex(hex), ext: 'mp4' });
    for (const other of [
      `${path}/x`,
      `/${path}`,
      path.replace('blobs', 'journal'),
      path.replace('sha256', '..'),
    ])
      expect(parseBlobPath(other)).toBeNull();
  });
});
