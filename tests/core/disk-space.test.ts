import { describe, expect, it } from 'vitest';
import { fits, judgeSpace, reserveBytes } from '#core/disk-space.ts';
import fc from '#tests/support/properties.ts';

const gib = 1024 ** 3;
const tib = 1024 ** 4;

describe('the room in the vault', () => {
  it.each([
    ['half of a disk', 10 * tib, 5 * tib, 'enough'],
    ['a tenth of a disk to the byte', 1000 * gib, 100 * gib, 'enough'],
    ['a byte less than a tenth', 1000 * gib, 100 * gib - 1, 'low'],
    ['a byte more than the reserve', 1000 * gib, 2 * gib + 1, 'low'],
    ['the reserve of a large disk', 1000 * gib, 2 * gib, 'paused'],
    ['the reserve of a small disk', 10 * gib, Math.floor(0.2 * gib), 'paused'],
    ['a little more than the reserve of a small disk', 10 * gib, Math.floor(0.2 * gib) + 1, 'low'],
    ['nothing', tib, 0, 'paused'],
    ['a file system that says nothing of itself', 0, 0, 'paused'],
  ])('is judged: %s', (_, totalBytes, freeBytes, level) => {
    expect(judgeSpace({ totalBytes, freeBytes })).toBe(level);
  });

  it('keeps a reserve of two per cent, never more than 2 GiB', () => {
    expect(reserveBytes(50 * gib)).toBe(gib);
    expect(reserveBytes(100 * tib)).toBe(2 * gib);
    expect(reserveBytes(0)).toBe(0);
  });
});

const anySpace = fc
  .tuple(fc.nat(2 ** 40), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([totalBytes, share]) => ({ totalBytes, freeBytes: Math.floor(totalBytes * share) }));

describe('a file', () => {
  it('fits where it leaves the reserve alone, and no byte beyond', () => {
    const space = { totalBytes: 1000 * gib, freeBytes: 12 * gib };
    expect(fits(space, 10 * gib - 1)).toBe(true);
    expect(fits(space, 10 * gib)).toBe(false);
  });

  it('that fits never brings the intake to a stand', () => {
    fc.assert(
      fc.property(anySpace, fc.nat(2 ** 40), (space, sizeBytes) => {
        const after = { ...space, freeBytes: space.freeBytes - sizeBytes };
        expect(fits(space, sizeBytes)).toBe(judgeSpace(after) !== 'paused');
      }),
    );
  });

  it('of any size is refused while the intake is paused', () => {
    fc.assert(
      fc.property(anySpace, fc.nat(2 ** 40), (space, sizeBytes) => {
        fc.pre(judgeSpace(space) === 'paused');
        expect(fits(space, sizeBytes)).toBe(false);
      }),
    );
  });

  it('more of which is free is never judged worse', () => {
    const order = ['paused', 'low', 'enough'];
    fc.assert(
      fc.property(anySpace, fc.nat(2 ** 40), (space, moreBytes) => {
        const more = { ...space, freeBytes: space.freeBytes + moreBytes };
        expect(order.indexOf(judgeSpace(more))).toBeGreaterThanOrEqual(order.indexOf(judgeSpace(space)));
      }),
    );
  });
});
