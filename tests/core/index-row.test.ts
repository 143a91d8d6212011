import { describe, expect, it } from 'vitest';
import { formatIndexRow, isSoundIndex } from '#core/index-row.ts';
import { libraryFolder, versionPath } from '#core/library-path.ts';
import { titleOf } from '#core/safe-name.ts';
import { anyDigest, anyExt, digestOf } from '#tests/support/digests.ts';
import { anyFileName } from '#tests/support/names.ts';
import fc from '#tests/support/properties.ts';

describe('a row of the index', () => {
  const digest = digestOf('a');
  const hex = digest.slice('sha256:'.length);

  it('has what sha256sum and a shell script need, separated by tabs', () => {
    const row = { digest, ext: 'mp4', readablePath: '2026/2026-11-22 Rome/Rome.mp4', seq: 12 };
    expect(formatIndexRow(row)).toBe(
      `${hex}\tblobs/sha256/${hex.slice(0, 2)}/${hex}.mp4\t2026/2026-11-22 Rome/Rome.mp4\t12`,
    );
  });

  it('has a hyphen where the video is in the trash', () => {
    expect(formatIndexRow({ digest, ext: '', readablePath: null, seq: 1 }).split('\t')[2]).toBe('-');
  });

  it('has four columns on one line, whatever the file was called', () => {
    fc.assert(
      fc.property(anyFileName, anyDigest, anyExt, fc.boolean(), (name, some, ext, isNewest) => {
        const title = titleOf(name);
        const folder = libraryFolder(title, '2026-11-22', () => false);
        const readablePath = versionPath({ title, folder }, { number: 2, ext }, isNewest);
        const row = formatIndexRow({ digest: some, ext, readablePath, seq: 3 });
        expect(row.split('\t')).toHaveLength(4);
        expect(row).not.toMatch(/[\n\r\0\p{Zl}\p{Zp}]/u);
        expect(readablePath).not.toBe('-');
      }),
      { numRuns: 1000 },
    );
  });

  it('is told from one that a disk has damaged, wherever its form tells that', () => {
    const row = { digest, ext: 'mp4', readablePath: '2026/2026-11-22 Röme/Rome.mp4', seq: 12 };
    const rows = [row, { ...row, readablePath: null, part: 'a-part.1' }, { ...row, ext: '' }];
    const content = Buffer.from(rows.map((one) => `${formatIndexRow(one)}\n`).join(''));
    expect(isSoundIndex(content)).toBe(true);
    expect(isSoundIndex(new Uint8Array())).toBe(true);
    expect(isSoundIndex(content.subarray(0, -1))).toBe(false);
    for (const at of [0, 65, 80, 150]) {
      const damaged = Uint8Array.from(content);
      damaged[at] = 0;
      expect(isSoundIndex(damaged)).toBe(false);
    }
    const flipped = Uint8Array.from(content);
    flipped[5] = (flipped[5] ?? 0) ^ 1; // still a digit, and no longer that of the blob's path
    expect(isSoundIndex(flipped)).toBe(false);
  });
});
