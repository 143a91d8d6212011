import { describe, expect, it } from 'vitest';
import { emptyBucket, giveBack, takeFrom } from '#core/token-bucket.ts';
import fc from '#tests/support/properties.ts';

describe('a flow that is limited', () => {
  it('goes as it likes where there is no limit', () => {
    expect(takeFrom(emptyBucket(0), 5_000_000, null, 10).takenBytes).toBe(5_000_000);
  });

  it('never saves up more than a short burst, however long nothing went', () => {
    expect(takeFrom(emptyBucket(0), 1e12, 1_000_000, 3_600_000).takenBytes).toBe(500_000);
  });

  it('starts with nothing where it was unlimited before', () => {
    const { bucket } = takeFrom(emptyBucket(0), 1e9, null, 1_000);
    expect(takeFrom(bucket, 1e9, 1_000_000, 1_000).takenBytes).toBe(0);
  });

  it('lets no more go than the limit in any time, and as much as that where it is asked often enough', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 100_000_000 }),
        fc.array(
          fc.record({ afterMs: fc.integer({ min: 0, max: 400 }), wants: fc.integer({ min: 0, max: 1e9 }) }),
        ),
        (limit, asked) => {
          let bucket = emptyBucket(0);
          let [nowMs, taken] = [0, 0];
          for (const { afterMs, wants } of asked) {
            nowMs += afterMs;
            const next = takeFrom(bucket, wants, limit, nowMs);
            bucket = next.bucket;
            taken += next.takenBytes;
            expect(next.takenBytes).toBeLessThanOrEqual(wants);
          }
          expect(taken).toBeLessThanOrEqual((limit * nowMs) / 1000 + 1);
          const greedy = asked.length > 0 && asked.every(({ wants }) => wants >= limit + 65_536);
          if (greedy) expect(taken).toBeGreaterThanOrEqual((limit * nowMs) / 1000 - asked.length - 1);
        },
      ),
    );
  });

  it('has again what was given back, but no more than a burst', () => {
    const { bucket } = takeFrom({ bytes: 500_000, atMs: 0 }, 400_000, 1_000_000, 0);
    expect(takeFrom(giveBack(bucket, 300_000), 1e9, 1_000_000, 0).takenBytes).toBe(400_000);
    expect(takeFrom(giveBack(bucket, 9_000_000), 1e9, 1_000_000, 0).takenBytes).toBe(500_000);
  });

  it('does not go back where a clock does', () => {
    expect(takeFrom({ bytes: 10, atMs: 1_000 }, 100, 1_000_000, 500).takenBytes).toBe(10);
  });
});
