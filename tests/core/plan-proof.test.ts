import { describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { type CopyToProve, firstBatch, type Pace, paceOf, planProof } from '#core/plan-proof.ts';
import { digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';

const nowMs = Date.UTC(2026, 10, 22);
const gb = 1e9;

/** A copy that was read so many days ago; null for never. */
const copy = (name: string, daysAgo: number | null, sizeBytes = gb): CopyToProve => ({
  digest: digestOf(name),
  ext: 'mp4',
  sizeBytes,
  provenAtMs: daysAgo === null ? null : nowMs - daysAgo * dayMs,
});
const sum = (copies: readonly CopyToProve[]) => copies.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
const pace = (change: Partial<Pace> = {}): Pace => ({
  promiseMs: 90 * dayMs,
  budgetBytes: null,
  heldBytes: 600 * gb, // a share of 10 GB a night
  readBytes: 0,
  ...change,
});
/** Ages in days of what is planned, in its order. */
const planned = (copies: readonly CopyToProve[], change: Partial<Pace> = {}) =>
  planProof(copies, nowMs, pace(change)).map(({ provenAtMs }) =>
    provenAtMs === null ? null : (nowMs - provenAtMs) / dayMs,
  );
const aged = (...days: readonly (number | null)[]) => days.map((day, index) => copy(`${index}`, day));

describe('what is read back tonight', () => {
  it.each<[string, readonly CopyToProve[], Partial<Pace>, readonly (number | null)[]]>([
    ['is nothing of nothing', [], { heldBytes: 0 }, []],
    ['is the longest unread first', aged(10, 30, 20), {}, [30, 20, 10]],
    ['is what was never read before all else', aged(80, null, 90), {}, [null, 90, 80]],
    ['is what is dated in the future right after that', aged(95, -3650, null, 5), {}, [null, -3650, 95, 5]],
    ['believes a date of tomorrow', aged(-1, 5), {}, [5]],
    [
      'is a share, where nothing presses',
      aged(...Array.from({ length: 40 }, () => 20)),
      {},
      Array(10).fill(20),
    ],
    [
      'is what is left of the share',
      aged(...Array.from({ length: 40 }, () => 20)),
      { readBytes: 7 * gb },
      [20, 20, 20],
    ],
    ['is nothing more once the share is read', aged(20), { readBytes: 10 * gb }, []],
    ['leaves out what does not fit, and takes what does', [copy('a', 30, 11 * gb), copy('b', 20)], {}, [20]],
    ['is a multiple of the share where promises end', aged(...Array(400).fill(85)), {}, Array(160).fill(85)],
    ['presses eight days before the end only', aged(...Array(400).fill(78)), {}, Array(10).fill(78)],
    ['is one that is larger than all of it, where its promise ends', [copy('a', 89, 500 * gb)], {}, [89]],
    ['is none that is larger, once anything was read', [copy('a', 89, 500 * gb)], { readBytes: 1 }, []],
    [
      'never is more than the owner allows',
      aged(...Array(400).fill(95)),
      { budgetBytes: 5 * gb },
      Array(5).fill(95),
    ],
    [
      'is less than the owner allows where less will do',
      aged(...Array(40).fill(20)),
      { budgetBytes: 30 * gb },
      Array(10).fill(20),
    ],
    ['is one copy at least where its promise ends', [copy('a', 90, 9 * gb)], { budgetBytes: 5 * gb }, [90]],
    ['lets rest what was read some hours ago', aged(0.4, 80), {}, [80]],
    [
      'is everything where a day is promised',
      aged(1, 1, 1),
      { promiseMs: dayMs, heldBytes: 3 * gb },
      [1, 1, 1],
    ],
  ])('%s', (_, copies, change, ages) => {
    expect(planned(copies, change)).toEqual(ages);
  });

  it('of a small archive is not all of it', () => {
    const small = [copy('a', 40, 5_000_000), copy('b', 39, 80_000_000), copy('c', 38, 1_000_000)];
    expect(planned(small, { heldBytes: 86_000_000 })).toEqual([38]);
    expect(planned([small[0], small[1]] as CopyToProve[], { heldBytes: 86_000_000 })).toEqual([]);
  });

  it.each([
    ['set back ten years, so that every date lies ahead', -3650],
    ['set ahead ten years, so that every promise is over', 3650],
  ])('stays bounded with a clock that was %s', (_, daysAgo) => {
    const copies = Array.from({ length: 600 }, (_unused, index) => copy(`${index}`, daysAgo + index / 100));
    expect(sum(planProof(copies, nowMs, pace()))).toBe(160 * gb);
    expect(sum(planProof(copies, nowMs, pace({ budgetBytes: 12 * gb })))).toBe(12 * gb);
  });
});

const anySize = fc.oneof(
  fc.integer({ min: 0, max: 1000 }),
  fc.integer({ min: 0, max: 40_000 }),
  fc.constant(1),
);
const anySizes = fc.array(anySize, { minLength: 1, maxLength: 60 });

/** Copies of these sizes, all read on the first day. */
const readOnFirstDay = (sizes: readonly number[]): CopyToProve[] =>
  sizes.map((sizeBytes, index) => ({ ...copy(`${index}`, 0, sizeBytes) }));

/** Goes through one night, page by page as the scrub does; gives the copies as they then are, and what it read. */
function oneNight(
  copies: readonly CopyToProve[],
  atMs: number,
  settings: Pick<Pace, 'promiseMs' | 'budgetBytes'>,
) {
  let now = copies;
  let readBytes = 0;
  const read = new Map<string, number>();
  for (;;) {
    const due = planProof(now, atMs, { ...settings, heldBytes: sum(copies), readBytes });
    if (due.length === 0) return { copies: now, readBytes, read };
    for (const { digest, sizeBytes } of due) {
      readBytes += sizeBytes;
      read.set(digest, (read.get(digest) ?? 0) + 1);
    }
    now = now.map((item) => (due.includes(item) ? { ...item, provenAtMs: atMs } : item));
    if (read.size > copies.length || [...read.values()].some((times) => times > 1)) {
      throw new Error('read twice in one night');
    }
  }
}

describe('night after night', () => {
  it('without a budget no promise is ever broken, though a night is missed now and then', () => {
    const anyPromise = fc.oneof(fc.integer({ min: 3, max: 120 }), fc.constant(90));
    fc.assert(
      fc.property(
        anySizes,
        anyPromise,
        fc.integer({ min: 5, max: 30 }),
        (sizes, promiseDays, missedEvery) => {
          const promiseMs = promiseDays * dayMs;
          let copies: readonly CopyToProve[] = readOnFirstDay(sizes);
          for (let night = 1; night <= 3 * promiseDays; night += 1) {
            const atMs = nowMs + night * dayMs;
            for (const { provenAtMs } of copies)
              expect(atMs - (provenAtMs ?? 0)).toBeLessThanOrEqual(promiseMs);
            if (night % missedEvery === 0) continue;
            copies = oneNight(copies, atMs, { promiseMs, budgetBytes: null }).copies;
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it('a large archive of small files is read in even portions, and each file about once in a promise', () => {
    let copies: readonly CopyToProve[] = Array.from({ length: 900 }, (_, index) => copy(`${index}`, 0, 1000));
    let total = 0;
    for (let night = 1; night <= 90; night += 1) {
      const result = oneNight(copies, nowMs + night * dayMs, { promiseMs: 90 * dayMs, budgetBytes: null });
      copies = result.copies;
      total += result.readBytes;
      expect(result.readBytes).toBeLessThanOrEqual(15_000);
    }
    expect(total / sum(copies)).toBeLessThanOrEqual(1.5);
  });

  it('after a clock has jumped, there and back, every promise is kept again within days, in bounded nights', () => {
    const nights = 90 / 12 + 1; // so long does it take to read everything at the pace of the last days
    const settings = { promiseMs: 90 * dayMs, budgetBytes: null };
    const isKept = (copies: readonly CopyToProve[], atMs: number) =>
      copies.every(({ provenAtMs }) => {
        const ageMs = atMs - (provenAtMs ?? 0);
        return ageMs >= -dayMs && ageMs <= settings.promiseMs;
      });
    const anyJump = fc.integer({ min: -4000, max: 4000 });
    fc.assert(
      fc.property(anySizes, anyJump, fc.nat(20), (sizes, jumpDays, wrongNights) => {
        let copies: readonly CopyToProve[] = sizes.map((size, index) => copy(`${index}`, index % 60, size));
        const bound = 16 * Math.ceil((1.5 * sum(copies)) / 90);
        const live = (atMs: number) => {
          const result = oneNight(copies, atMs, settings);
          copies = result.copies;
          expect(result.readBytes).toBeLessThanOrEqual(Math.max(bound, ...sizes));
        };
        for (let night = 0; night < wrongNights; night += 1) live(nowMs + (jumpDays + night) * dayMs);
        for (let night = 0; night <= nights; night += 1) live(nowMs + (wrongNights + night) * dayMs);
        expect(isKept(copies, nowMs + (wrongNights + nights) * dayMs)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('a budget is kept on every night but for one copy that is larger than it', () => {
    fc.assert(
      fc.property(
        anySizes,
        fc.integer({ min: 1, max: 50_000 }),
        fc.integer({ min: -4000, max: 4000 }),
        (sizes, budgetBytes, ageDays) => {
          const copies = sizes.map((sizeBytes, index) => copy(`${index}`, ageDays, sizeBytes));
          const { readBytes } = oneNight(copies, nowMs, { promiseMs: 90 * dayMs, budgetBytes });
          expect(readBytes).toBeLessThanOrEqual(Math.max(budgetBytes, ...sizes));
        },
      ),
    );
  });

  it('whatever the budget, everything is read in the end', () => {
    fc.assert(
      fc.property(anySizes, fc.integer({ min: 1, max: 5000 }), (sizes, budgetBytes) => {
        let copies: readonly CopyToProve[] = sizes.map((sizeBytes, index) =>
          copy(`${index}`, null, sizeBytes),
        );
        for (let night = 0; night < sizes.length; night += 1) {
          copies = oneNight(copies, nowMs + night * 1000, { promiseMs: 90 * dayMs, budgetBytes }).copies;
        }
        expect(copies.filter(({ provenAtMs }) => provenAtMs === null)).toEqual([]);
      }),
    );
  });
});

describe('a batch', () => {
  it('is of 200 copies at the most, or of 4 GiB, and of one at the least', () => {
    const many = Array.from({ length: 450 }, () => ({ sizeBytes: 1 }));
    expect(firstBatch(many)).toHaveLength(200);
    const gib = 1024 ** 3;
    expect(firstBatch([{ sizeBytes: 3 * gib }, { sizeBytes: gib }, { sizeBytes: 1 }])).toHaveLength(2);
    expect(firstBatch([{ sizeBytes: 9 * gib }, { sizeBytes: 1 }])).toHaveLength(1);
    expect(firstBatch([])).toEqual([]);
  });
});

describe('the pace', () => {
  it.each([
    ['without a budget keeps the promise', 1e15, null, 90, { neededDays: 60, promisedDays: 90 }],
    ['with a budget is what it comes to', 1400 * gb, 10 * gb, 90, { neededDays: 140, promisedDays: 90 }],
    ['counts a night that is begun', 901 * gb, 10 * gb, 90, { neededDays: 91, promisedDays: 90 }],
    ['of nothing is a night', 0, 10 * gb, 90, { neededDays: 1, promisedDays: 90 }],
    ['of one day is a day', 5, null, 1, { neededDays: 1, promisedDays: 1 }],
  ])('%s', (_, heldBytes, budgetBytes, days, expected) => {
    expect(paceOf(heldBytes, { promiseMs: days * dayMs, budgetBytes })).toEqual(expected);
  });
});
