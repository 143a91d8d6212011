import { describe, expect, it } from 'vitest';
import { batchEnd } from '#locations/batch-end.ts';
import fc from '#tests/support/properties.ts';

const anyFile = fc.record({ path: fc.constantFrom('a', 'b', 'c', 'd', 'e'), sizeBytes: fc.nat(100) });

describe('a batch', () => {
  it.each([
    ['nothing', [], 0],
    ['as many as the bounds let in', [30, 30, 30, 30], 3],
    ['a single file that is larger than the bound', [200, 1], 1],
    ['files without bytes as others', [0, 0, 0, 0, 0], 4],
  ])('holds %s', (_, sizes, end) => {
    const files = sizes.map((sizeBytes, index) => ({ path: `file ${index}`, sizeBytes }));
    expect(batchEnd(files, 0, { count: 4, bytes: 100 })).toBe(end);
  });

  it('ends before a path that it has', () => {
    const files = ['a', 'b', 'a', 'c'].map((path) => ({ path, sizeBytes: 1 }));
    expect(batchEnd(files, 0, { count: 10, bytes: 100 })).toBe(2);
    expect(batchEnd(files, 2, { count: 10, bytes: 100 })).toBe(4);
  });

  it('always goes on, and never past its bounds or the end', () => {
    fc.assert(
      fc.property(fc.array(anyFile), fc.nat(200), fc.integer({ min: 1, max: 6 }), (files, bytes, count) => {
        for (let from = 0; from < files.length; ) {
          const end = batchEnd(files, from, { count, bytes });
          const batch = files.slice(from, end);
          expect(end).toBeGreaterThan(from);
          expect(batch).toHaveLength(end - from);
          expect(batch.length).toBeLessThanOrEqual(count);
          expect(new Set(batch.map(({ path }) => path)).size).toBe(batch.length);
          const sum = batch.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
          expect(batch.length === 1 || sum <= bytes).toBe(true);
          from = end;
        }
      }),
    );
  });
});
