import { describe, expect, it } from 'vitest';
import { groupFiles } from '#locations/group-files.ts';
import { digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';

const digest = digestOf('');
const file = (path: string, sizeBytes: number) => ({ path, sizeBytes, digest });

describe('files that get their names together', () => {
  it('are never of two folders of the layout: a segment comes after the blobs that it speaks of', () => {
    const files = ['blobs/a', 'blobs/b', 'index/a', 'journal/a', 'blobs/c', 'restore.sh'].map((path) =>
      file(path, 1),
    );
    expect(groupFiles(files).map((group) => group.map(({ path }) => path))).toEqual([
      ['blobs/a', 'blobs/b'],
      ['index/a'],
      ['journal/a'],
      ['blobs/c'],
      ['restore.sh'],
    ]);
  });

  it('are all of them, in their order, and few enough for a crash to cost little', () => {
    const any = fc.array(fc.tuple(fc.constantFrom('blobs/a', 'journal/a'), fc.nat(2 * 1024 ** 3)), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(any, (given) => {
        const files = given.map(([path, sizeBytes]) => file(path, sizeBytes));
        const groups = groupFiles(files);
        expect(groups.flat()).toEqual(files);
        for (const group of groups) {
          const bytes = group.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
          expect(group.length === 1 || (group.length <= 64 && bytes <= 1024 ** 3)).toBe(true);
        }
      }),
    );
  });
});
