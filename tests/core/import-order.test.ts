import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importRank } from '#core/import-order.ts';
import { anyFileName } from '#tests/support/names.ts';

describe('the order in which an old archive is taken', () => {
  it.each([
    [0, 'Wedding/final/Wedding.mp4'],
    [0, 'Wedding/Wedding FINAL.mp4'],
    [0, '2019/Endfassung/Rom.mov'],
    [1, 'published/2020/Oslo.mp4'],
    [1, 'Vero\u0308ffentlicht/Rom.mp4'],
    [1, 'Esportati/Roma.mp4'],
    [2, 'Rome.mp4'],
    [2, 'Rawlings at home.mp4'],
    [3, 'Wedding/drafts/Wedding v2.mp4'],
    [3, 'bozze/Roma.mp4'],
    [4, 'Wedding/raw/C0001.mp4'],
    [4, 'DCIM/100APPLE/IMG_0001.MOV'],
    [4, 'Rohmaterial/Rom.mp4'],
  ])('is %i for %s', (rank, path) => {
    expect(importRank(path)).toBe(rank);
  });

  it('follows the name nearest to the file', () => {
    expect(importRank('raw/final/Wedding.mp4')).toBe(0);
    expect(importRank('final/raw/Wedding.mp4')).toBe(4);
  });

  it('believes the word that claims least', () => {
    expect(importRank('final draft.mp4')).toBe(3);
    expect(importRank('raw final.mp4')).toBe(4);
  });

  it('is one of five for any path', () => {
    fc.assert(
      fc.property(fc.array(anyFileName, { minLength: 1, maxLength: 4 }), (parts) => {
        expect([0, 1, 2, 3, 4]).toContain(importRank(parts.join('/')));
      }),
    );
  });
});
