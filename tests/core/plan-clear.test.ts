import { describe, expect, it } from 'vitest';
import { type HeldOriginal, holdMs, planClear } from '#core/plan-clear.ts';
import fc from '#tests/support/properties.ts';

const heldAtMs = Date.UTC(2026, 10, 22);
const original = (change: Partial<HeldOriginal> = {}): HeldOriginal => ({
  heldAtMs,
  provenAtMs: heldAtMs + 60_000,
  copyPresent: true,
  cameDamaged: false,
  ...change,
});

describe('an original in the hold', () => {
  it.each([
    ['waits before the day is over', original(), holdMs - 1, false, 'wait'],
    ['goes after a day', original(), holdMs, false, 'remove'],
    ['goes early where space is short', original(), 1, true, 'remove'],
    [
      'stays after a day until the copy was read back',
      original({ provenAtMs: null }),
      holdMs,
      false,
      'prove-first',
    ],
    [
      'stays where space is short until the copy was read back',
      original({ provenAtMs: null }),
      1,
      true,
      'prove-first',
    ],
    [
      'stays where the copy is gone or bad, though it was once proven',
      original({ copyPresent: false }),
      holdMs,
      false,
      'prove-first',
    ],
    ['stays where it came damaged', original({ cameDamaged: true }), 9 * holdMs, true, 'wait'],
    ['waits where the clock was set back', original(), -3_600_000, false, 'wait'],
    [
      'goes where the copy was read back before it came to wait',
      original({ provenAtMs: heldAtMs - 5 }),
      holdMs,
      false,
      'remove',
    ],
  ] as const)('%s', (_, held, afterMs, spaceIsShort, decision) => {
    expect(planClear(held, heldAtMs + afterMs, spaceIsShort)).toBe(decision);
  });

  const anyTime = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
  const anyOriginal: fc.Arbitrary<HeldOriginal> = fc.record({
    heldAtMs: anyTime,
    provenAtMs: fc.option(anyTime),
    copyPresent: fc.boolean(),
    cameDamaged: fc.boolean(),
  });

  it('is never removed while nothing proves the copy', () => {
    fc.assert(
      fc.property(anyOriginal, anyTime, fc.boolean(), (held, nowMs, spaceIsShort) => {
        fc.pre(held.provenAtMs === null || !held.copyPresent);
        expect(planClear(held, nowMs, spaceIsShort)).not.toBe('remove');
      }),
      { numRuns: 1000 },
    );
  });

  it('is never removed before its day where there is space', () => {
    fc.assert(
      fc.property(anyOriginal, fc.integer({ min: -(2 ** 50), max: holdMs - 1 }), (held, afterMs) => {
        expect(planClear(held, held.heldAtMs + afterMs, false)).toBe('wait');
      }),
    );
  });

  it('that may go may still go later', () => {
    fc.assert(
      fc.property(anyOriginal, anyTime, fc.nat(), fc.boolean(), (held, nowMs, laterMs, spaceIsShort) => {
        fc.pre(planClear(held, nowMs, spaceIsShort) === 'remove');
        expect(planClear(held, nowMs + laterMs, spaceIsShort)).toBe('remove');
      }),
    );
  });
});
