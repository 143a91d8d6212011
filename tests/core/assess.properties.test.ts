import { describe, expect, it } from 'vitest';
import {
  assess,
  type CopyFacts,
  type CopyState,
  dayMs,
  type Medium,
  type Place,
  type Verdict,
  worstVerdict,
} from '#core/assess.ts';
import { defaultPolicy } from '#core/policy.ts';
import fc from '#tests/support/properties.ts';

const nowMs = Date.UTC(2026, 10, 22);

const anyState = fc.constantFrom<CopyState>('present', 'missing', 'corrupt', 'unreachable', 'unknown');
const anyPlaces: fc.Arbitrary<Place[]> = fc
  .array(
    fc.record({
      medium: fc.constantFrom<Medium>('nas', 'drive', 'cloud'),
      awayFromHome: fc.boolean(),
      promiseMs: fc.integer({ min: 1, max: 200 }).map((days) => days * dayMs),
    }),
    { maxLength: 6 },
  )
  .map((places) => places.map((facts, index) => ({ location: `place ${index}`, ...facts })));

interface Case {
  readonly places: readonly Place[];
  readonly copies: readonly CopyFacts[];
}

const anyCase: fc.Arbitrary<Case> = anyPlaces.chain((places) => {
  const anyCopy = fc.record({
    state: anyState,
    provenAtMs: fc.option(fc.integer({ min: -10, max: 300 }).map((days) => nowMs - days * dayMs)),
  });
  return fc
    .array(fc.option(anyCopy), { minLength: places.length, maxLength: places.length })
    .map((copies) => ({
      places,
      copies: copies.flatMap((facts, index) =>
        facts === null ? [] : [{ location: `place ${index}`, ...facts }],
      ),
    }));
});

const anyPolicy = fc.record({ copies: fc.nat(4), media: fc.nat(3), awayFromHome: fc.nat(2) });
const severity: readonly Verdict[] = ['safe', 'on-its-way', 'dont-know', 'needs-you'];

/** The places whose copies count, worked out beside the code under test. */
function countingPlaces({ places, copies }: Case): Place[] {
  return places.filter((here) =>
    copies.some(
      ({ location, state, provenAtMs }) =>
        location === here.location &&
        state === 'present' &&
        provenAtMs !== null &&
        provenAtMs - nowMs <= dayMs &&
        nowMs - provenAtMs <= here.promiseMs,
    ),
  );
}

describe('whatever the copies', () => {
  it('safe means exactly: enough of them proven in time, on enough media, enough of them away', () => {
    fc.assert(
      fc.property(anyCase, anyPolicy, (given, policy) => {
        const counting = countingPlaces(given);
        const isEnough =
          counting.length >= policy.copies &&
          new Set(counting.map(({ medium }) => medium)).size >= policy.media &&
          counting.filter(({ awayFromHome }) => awayFromHome).length >= policy.awayFromHome;
        const { verdict, proven: count } = assess(given.copies, given.places, policy, nowMs);
        expect(verdict === 'safe').toBe(isEnough);
        expect(count).toBe(counting.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('what could not be asked never counts as a copy', () => {
    fc.assert(
      fc.property(anyCase, anyPolicy, ({ places, copies }, policy) => {
        const without = copies.filter(({ state }) => state !== 'unreachable' && state !== 'unknown');
        const before = assess(without, places, policy, nowMs);
        const after = assess(copies, places, policy, nowMs);
        expect(after.proven).toBe(before.proven);
        expect(after.verdict === 'safe').toBe(before.verdict === 'safe');
      }),
    );
  });

  it('what could not be asked never counts as a loss', () => {
    fc.assert(
      fc.property(anyCase, ({ places, copies }) => {
        fc.pre(places.length > 0);
        const unsure = copies.map((facts, index) =>
          index === 0 ? { ...facts, state: 'unreachable' as const } : facts,
        );
        fc.pre(unsure.length > 0);
        const { reasons } = assess(unsure, places, defaultPolicy, nowMs);
        expect(reasons).not.toContain('no-copy');
        if (assess(unsure, places, defaultPolicy, nowMs).verdict === 'needs-you')
          expect(reasons).not.toContain('damaged');
      }),
    );
  });

  it('one more proven copy never makes it worse', () => {
    fc.assert(
      fc.property(anyCase, anyPolicy, fc.nat(5), ({ places, copies }, policy, index) => {
        const here = places[index % Math.max(1, places.length)];
        fc.pre(here !== undefined);
        const more = [
          ...copies.filter(({ location }) => location !== here.location),
          { location: here.location, state: 'present', provenAtMs: nowMs - dayMs } as const,
        ];
        const before = assess(copies, places, policy, nowMs).verdict;
        const after = assess(more, places, policy, nowMs).verdict;
        expect(severity.indexOf(after)).toBeLessThanOrEqual(severity.indexOf(before));
      }),
      { numRuns: 2000 },
    );
  });

  it('there is a reason, and the same is said whatever their order', () => {
    fc.assert(
      fc.property(anyCase, ({ places, copies }) => {
        const said = assess(copies, places, defaultPolicy, nowMs);
        expect(said.reasons.length).toBeGreaterThan(0);
        expect(assess(copies.toReversed(), places, defaultPolicy, nowMs)).toEqual(said);
      }),
    );
  });
});

describe('the verdict on many', () => {
  it('is the worst on any, and safe where there is none', () => {
    expect(worstVerdict([])).toBe('safe');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...severity), { minLength: 1 }), (verdicts) => {
        const worst = Math.max(...verdicts.map((verdict) => severity.indexOf(verdict)));
        expect(worstVerdict(verdicts)).toBe(severity[worst]);
      }),
    );
  });
});

describe('places that count as one', () => {
  it('never make anything safer, whatever the copies', () => {
    fc.assert(
      fc.property(anyCase, anyPolicy, ({ places, copies }, policy) => {
        const together = places.map((here, index) => (index < 2 ? { ...here, set: 'turns' } : here));
        const apart = assess(copies, places, policy, nowMs);
        const said = assess(copies, together, policy, nowMs);
        expect(said.proven).toBeLessThanOrEqual(apart.proven);
        if (said.verdict === 'safe') expect(apart.verdict).toBe('safe');
      }),
    );
  });
});
