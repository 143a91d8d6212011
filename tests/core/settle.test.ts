import { describe, expect, it } from 'vitest';
import {
  contentFingerprint,
  type FileStat,
  fingerprint,
  lastingFingerprint,
  type Quiet,
  settle,
  settlingFingerprint,
} from '#core/settle.ts';
import fc from '#tests/support/properties.ts';

const quietMs = 10_000;
const stat: FileStat = {
  sizeBytes: 1000,
  mtimeNs: 1_700_000_000_123_456_789n,
  ctimeNs: 1_700_000_001_000_000_000n,
  inode: 42n,
  blocks: 8n,
};

const anyStat: fc.Arbitrary<FileStat> = fc.record({
  sizeBytes: fc.integer({ min: 1, max: 2 ** 50 }),
  mtimeNs: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  ctimeNs: fc.bigInt({ min: 0n, max: 2n ** 62n }),
  inode: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  blocks: fc.bigInt({ min: 0n, max: 2n ** 50n }),
});

/** One field moved by the smallest step there is. */
const changes: readonly (readonly [string, (before: FileStat) => FileStat])[] = [
  ['the size', (before) => ({ ...before, sizeBytes: before.sizeBytes + 1 })],
  ['the modification time, by a nanosecond', (before) => ({ ...before, mtimeNs: before.mtimeNs + 1n })],
  ['the change time, by a nanosecond', (before) => ({ ...before, ctimeNs: before.ctimeNs + 1n })],
  ['the inode', (before) => ({ ...before, inode: before.inode + 1n })],
  ['the blocks on the disk', (before) => ({ ...before, blocks: before.blocks + 1n })],
];

describe('a file settles', () => {
  it.each([
    ['seen for the first time', undefined, 0, false],
    ['just short of the quiet time', 0, quietMs - 1, false],
    ['after the quiet time to the millisecond', 0, quietMs, true],
    ['long after', 0, 100 * quietMs, true],
  ])('or not, %s', (_, sinceMs, nowMs, settled) => {
    const last = sinceMs === undefined ? undefined : { fingerprint: settlingFingerprint(stat), sinceMs };
    const now = settle(last, stat, nowMs, quietMs);
    expect(now.settled).toBe(settled);
    expect(now.sinceMs).toBe(sinceMs ?? nowMs);
    expect(now.lookAgainAtMs).toBe((sinceMs ?? nowMs) + quietMs);
  });

  it('at once where no quiet is asked for', () => {
    expect(settle(undefined, stat, 5, 0).settled).toBe(true);
  });
});

describe('settling starts over', () => {
  it.each(changes)('when %s changed', (_, change) => {
    const last: Quiet = { fingerprint: settlingFingerprint(stat), sinceMs: 0 };
    const now = settle(last, change(stat), 50_000, quietMs);
    expect(now).toMatchObject({ settled: false, sinceMs: 50_000, lookAgainAtMs: 60_000 });
  });

  it('whenever two looks differ in any field, and only then', () => {
    fc.assert(
      fc.property(anyStat, fc.constantFrom(...changes), (before, [, change]) => {
        const last: Quiet = { fingerprint: settlingFingerprint(before), sinceMs: 0 };
        expect(settle(last, change(before), quietMs, quietMs).settled).toBe(false);
        expect(settle(last, { ...before }, quietMs, quietMs).settled).toBe(true);
      }),
    );
  });
});

describe('a file of zero bytes', () => {
  it('settles like any other where it may have none', () => {
    const empty = { sizeBytes: 0, mtimeNs: 1n, ctimeNs: 1n, inode: 1n, blocks: 0n };
    const first = settle(undefined, empty, 0, quietMs, true);
    expect(first).toMatchObject({ settled: false, lookAgainAtMs: quietMs });
    expect(settle(first, empty, quietMs, quietMs, true).settled).toBe(true);
  });

  it('never settles, and asks to be looked at again only when it changes', () => {
    fc.assert(
      fc.property(anyStat, fc.nat(1e9), fc.nat(1e9), (some, sinceMs, waitedMs) => {
        const empty = { ...some, sizeBytes: 0 };
        const last: Quiet = { fingerprint: settlingFingerprint(empty), sinceMs };
        const now = settle(last, empty, sinceMs + waitedMs, quietMs);
        expect(now).toMatchObject({ settled: false, lookAgainAtMs: null });
      }),
    );
  });
});

/** A look at a file: how long after the last one, and which of a few states it showed. */
const anyLooks = fc.array(fc.record({ afterMs: fc.nat(15_000), state: fc.nat(2), isEmpty: fc.boolean() }), {
  minLength: 1,
  maxLength: 30,
});

describe('however a file is written', () => {
  it('it never settles before it was the same for the whole quiet time', () => {
    fc.assert(
      fc.property(anyLooks, (looks) => {
        let nowMs = 0;
        let last: Quiet | undefined;
        let sameSinceMs = 0;
        let shown = '';
        for (const look of looks) {
          nowMs += look.afterMs;
          const seen = { ...stat, inode: BigInt(look.state), sizeBytes: look.isEmpty ? 0 : 7 };
          if (settlingFingerprint(seen) !== shown) sameSinceMs = nowMs;
          shown = settlingFingerprint(seen);
          const result = settle(last, seen, nowMs, quietMs);
          expect(result.settled).toBe(!look.isEmpty && nowMs - sameSinceMs >= quietMs);
          last = result;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('one that is left alone has settled at the time it was to be looked at again', () => {
    fc.assert(
      fc.property(anyStat, fc.nat(1e9), fc.nat(86_400_000), (seen, nowMs, quiet) => {
        const first = settle(undefined, seen, nowMs, quiet);
        const dueMs = first.lookAgainAtMs ?? Number.NaN;
        expect(settle(first, seen, dueMs, quiet).settled).toBe(true);
        if (dueMs > nowMs) expect(settle(first, seen, dueMs - 1, quiet).settled).toBe(false);
      }),
    );
  });
});

describe('a lasting fingerprint', () => {
  it('is the same when the drive is connected again, and another after any write', () => {
    expect(lastingFingerprint({ ...stat, inode: 99n, blocks: 99n })).toBe(lastingFingerprint(stat));
    expect(lastingFingerprint({ ...stat, ctimeNs: stat.ctimeNs + 1n })).not.toBe(lastingFingerprint(stat));
    expect(lastingFingerprint({ ...stat, mtimeNs: stat.mtimeNs + 1n })).not.toBe(lastingFingerprint(stat));
    expect(lastingFingerprint({ ...stat, sizeBytes: 1 })).not.toBe(lastingFingerprint(stat));
  });
});

describe('a fingerprint', () => {
  it('stays as it is when the file system gets round to the blocks of what was written', () => {
    expect(fingerprint({ ...stat, blocks: 16n })).toBe(fingerprint(stat));
  });

  it('of the content is the same after a rename, which changes no byte', () => {
    const renamed = { ...stat, ctimeNs: stat.ctimeNs + 5n, inode: 77n };
    expect(contentFingerprint(renamed)).toBe(contentFingerprint(stat));
    expect(fingerprint(renamed)).not.toBe(fingerprint(stat));
  });

  it('of the content differs after a write', () => {
    expect(contentFingerprint({ ...stat, sizeBytes: 1001 })).not.toBe(contentFingerprint(stat));
    expect(contentFingerprint({ ...stat, mtimeNs: stat.mtimeNs + 1n })).not.toBe(contentFingerprint(stat));
  });

  it('never runs two fields together', () => {
    const one = { ...stat, inode: 1n, blocks: 23n };
    const other = { ...stat, inode: 12n, blocks: 3n };
    expect(settlingFingerprint(one)).not.toBe(settlingFingerprint(other));
  });
});
