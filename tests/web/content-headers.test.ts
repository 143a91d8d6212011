import { describe, expect, it } from 'vitest';
import fc from '#tests/support/properties.ts';
import { contentDisposition, contentType } from '#web/content-headers.ts';

describe('the name a download gets', () => {
  it.each([
    ['clip.mp4', `attachment; filename="clip.mp4"; filename*=UTF-8''clip.mp4`],
    [
      'Fête d’été.mp4',
      `attachment; filename="F_te d__t_.mp4"; filename*=UTF-8''F%C3%AAte%20d%E2%80%99%C3%A9t%C3%A9.mp4`,
    ],
    [
      `a"b\\c'd(e)*.mp4`,
      `attachment; filename="a_b_c'd(e)*.mp4"; filename*=UTF-8''a%22b%5Cc%27d%28e%29%2A.mp4`,
    ],
    ['100%20.mp4', `attachment; filename="100_20.mp4"; filename*=UTF-8''100%2520.mp4`],
    [
      'a\r\nX-Evil: 1.mp4',
      `attachment; filename="a__X-Evil: 1.mp4"; filename*=UTF-8''a%0D%0AX-Evil%3A%201.mp4`,
    ],
  ])('%j', (name, expected) => {
    expect(contentDisposition('attachment', name)).toBe(expected);
  });

  it('is a header of one line for a name of any characters, and whole in its extended form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const header = contentDisposition('inline', name);
        expect(header).toMatch(/^inline; filename="[\x20-\x7e]*"; filename\*=UTF-8''[\w!#$&+.^`|~%-]*$/);
        expect(header).toMatch(/^[^"]*"[^"]*"[^"]*$/);
        const extended = header.slice(header.indexOf("''") + 2);
        expect(decodeURIComponent(extended)).toBe(name.toWellFormed());
      }),
    );
  });
});

describe('the media type', () => {
  it.each([
    ['mp4', 'video/mp4'],
    ['mov', 'video/quicktime'],
    ['mkv', 'video/x-matroska'],
    ['', 'application/octet-stream'],
    ['html', 'application/octet-stream'],
    ['svg', 'application/octet-stream'],
  ])('of %j is %s', (ext, expected) => {
    expect(contentType(ext)).toBe(expected);
  });
});
