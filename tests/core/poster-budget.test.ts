import { describe, expect, it } from 'vitest';
import { countPosters } from '#core/poster-budget.ts';

describe('the posters that stand in the page itself', () => {
  it.each([
    [0, [], 100],
    [3, [40, 40, 20], 100],
    [2, [40, 40, 21], 100],
    [0, [101, 1], 100],
    [4, [40, null, null, 60], 100],
    [3, [40, null, 60, 1, 1], 100],
  ])('are %i of %j where %i bytes may be taken', (count, sizes, budget) => {
    expect(countPosters(sizes, budget)).toBe(count);
  });

  it('are some hundreds of everyday size', () => {
    expect(countPosters(new Array(10_000).fill(15_000))).toBe(559);
  });
});
