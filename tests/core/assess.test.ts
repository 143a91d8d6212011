import { describe, expect, it } from 'vitest';
import {
  assess,
  type CopyFacts,
  type CopyState,
  dayMs,
  defaultPromiseMs,
  isProven,
  type Medium,
  type Place,
  placesFor,
  type Verdict,
  worstVerdict,
} from '#core/assess.ts';
import { defaultPolicy } from '#core/policy.ts';
import fc from '#tests/support/properties.ts';

const nowMs = Date.UTC(2026, 10, 22);
const place = (location: string, medium: Medium, awayFromHome = false): Place => ({
  location,
  medium,
  awayFromHome,
  promiseMs: defaultPromiseMs[medium],
});
const nas = place('nas', 'nas');
const drive = place('drive', 'drive');
const cloud = place('cloud', 'cloud', true);
const all = [nas, drive, cloud];

const copy = (location: string, state: CopyState, provenDaysAgo: number | null = null): CopyFacts => ({
  location,
  state,
  provenAtMs: provenDaysAgo === null ? null : nowMs - provenDaysAgo * dayMs,
});
const proven = (location: string) => copy(location, 'present', 1);

describe('a copy', () => {
  const late = { ...copy('nas', 'present'), provenAtMs: nowMs - 90 * dayMs - 1 };

  it.each([
    ['counts when it was just read back', copy('nas', 'present', 0), true],
    ['counts on the last day of the promise', copy('nas', 'present', 90), true],
    ['no longer counts after the promise', late, false],
    ['does not count while it was never read back', copy('nas', 'present'), false],
    ['counts when its proof is dated a day ahead, as by another clock', copy('nas', 'present', -1), true],
    [
      'does not count when its proof is dated further ahead',
      { ...late, provenAtMs: nowMs + dayMs + 1 },
      false,
    ],
    ['does not count when its proof is dated ten years ahead', copy('nas', 'present', -3650), false],
    ['does not count while missing, though it was proven', copy('nas', 'missing', 1), false],
    ['does not count while corrupt, though it was proven', copy('nas', 'corrupt', 1), false],
    ['does not count while unreachable, though it was proven', copy('nas', 'unreachable', 1), false],
    ['does not count while unknown, though it was proven', copy('nas', 'unknown', 1), false],
  ])('%s', (_, facts, counts) => {
    expect(isProven(facts, nas, nowMs)).toBe(counts);
  });
});

describe('a video', () => {
  it.each([
    [
      'three proven copies, two media, one away',
      all,
      ['nas', 'drive', 'cloud'].map(proven),
      'safe',
      ['enough-copies'],
    ],
    [
      'one place there is',
      [nas],
      [proven('nas')],
      'needs-you',
      ['too-few-places', 'one-kind-of-place', 'nothing-away-from-home'],
    ],
    ['no place that anybody has named yet', [], [proven('nas')], 'dont-know', ['could-not-ask']],
    [
      'all places at home',
      [nas, drive, place('second', 'drive')],
      [proven('nas'), proven('drive'), proven('second')],
      'needs-you',
      ['nothing-away-from-home'],
    ],
    [
      'all places of one kind',
      [place('a', 'cloud', true), place('b', 'cloud', true), place('c', 'cloud')],
      ['a', 'b', 'c'].map(proven),
      'needs-you',
      ['one-kind-of-place'],
    ],
    [
      'a place where it was not copied yet',
      all,
      [proven('nas'), proven('drive')],
      'on-its-way',
      ['not-copied-yet'],
    ],
    [
      'a copy that was not read back yet',
      all,
      [proven('nas'), proven('drive'), copy('cloud', 'present')],
      'on-its-way',
      ['not-read-back-yet'],
    ],
    [
      'a proof that is too old',
      all,
      [copy('nas', 'present', 91), proven('drive'), proven('cloud')],
      'on-its-way',
      ['not-read-back-yet'],
    ],
    [
      'a damaged copy beside good ones',
      all,
      [copy('nas', 'corrupt'), proven('drive'), proven('cloud')],
      'on-its-way',
      ['damaged'],
    ],
    [
      'a place that could not be asked',
      all,
      [proven('nas'), proven('drive'), copy('cloud', 'unreachable', 1)],
      'dont-know',
      ['could-not-ask'],
    ],
    ['only copies of which nothing is known', all, [copy('nas', 'unknown')], 'dont-know', ['could-not-ask']],
    ['its only copy damaged', [nas], [copy('nas', 'corrupt')], 'needs-you', ['damaged']],
    ['its only copy gone', [nas], [copy('nas', 'missing')], 'needs-you', ['no-copy']],
    [
      'one copy damaged and the other gone',
      all,
      [copy('nas', 'corrupt'), copy('drive', 'missing')],
      'needs-you',
      ['damaged'],
    ],
    [
      'a damaged copy and one that may be good',
      all,
      [copy('nas', 'corrupt'), copy('drive', 'unreachable', 1)],
      'dont-know',
      ['could-not-ask'],
    ],
    [
      'copies only at places that are no longer known',
      all,
      ['x', 'y', 'z'].map(proven),
      'needs-you',
      ['no-copy'],
    ],
  ] as const)('with %s', (_, places, copies, verdict, reasons) => {
    expect(assess(copies, places, defaultPolicy, nowMs)).toMatchObject({ verdict, reasons });
  });
});

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
        const more = [...copies.filter(({ location }) => location !== here.location), proven(here.location)];
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

describe('a drive that comes and goes', () => {
  const dueAtMs = nowMs + 5 * dayMs;
  const gone: Place = { ...place('drive', 'drive'), isHere: false, dueAtMs };
  const offsite: Place = { ...place('safe-deposit', 'drive', true), isHere: false, dueAtMs };
  const plugged: Place = { ...place('safe-deposit', 'drive', true), isHere: true, dueAtMs: null };

  it.each([
    [
      'leaves a video that is here and away green-to-be until the drive comes',
      [nas, gone, cloud],
      [proven('nas'), proven('cloud')],
      ['on-its-way', 'drive-is-due'],
    ],
    [
      'is waited for where nothing is away yet',
      [nas, place('second', 'drive'), offsite],
      [proven('nas'), proven('second')],
      ['on-its-way', 'waits-for-drive'],
    ],
    [
      'needs its owner once it is overdue',
      [nas, { ...gone, dueAtMs: nowMs - 1 }, cloud],
      [proven('nas'), proven('cloud')],
      ['needs-you', 'drive-is-overdue'],
    ],
    [
      'is not asked for where there are copies enough without it',
      [nas, { ...gone, dueAtMs: nowMs - 1 }, cloud, place('second', 'drive')],
      [proven('nas'), proven('cloud'), proven('second')],
      ['safe', 'enough-copies'],
    ],
    [
      'keeps what it holds safe while it is away',
      [nas, gone, cloud],
      [proven('nas'), proven('drive'), proven('cloud')],
      ['safe', 'enough-copies'],
    ],
    [
      'is not away from home while it is plugged in',
      [nas, place('second', 'drive'), plugged],
      [proven('nas'), proven('second'), proven('safe-deposit')],
      ['on-its-way', 'drive-is-here'],
    ],
  ] as const)('%s', (_, places, copies, [verdict, reason]) => {
    expect(assess(copies, places, defaultPolicy, nowMs)).toMatchObject({ verdict, reasons: [reason] });
  });
});

describe('places that count as one', () => {
  it('are drives that take turns: either of them makes the one', () => {
    const [one, other] = ['one', 'other'].map((name) => ({ ...place(name, 'drive'), set: 'monthly' }));
    if (one === undefined || other === undefined) throw new Error('there are two');
    for (const on of ['one', 'other']) {
      const copies = [proven('nas'), proven('cloud'), proven(on)];
      const said = assess(copies, [nas, cloud, one, other], defaultPolicy, nowMs);
      expect(said).toMatchObject({ verdict: 'safe', proven: 3 });
    }
    const both = assess(
      [proven('nas'), proven('one'), proven('other')],
      [nas, one, other],
      defaultPolicy,
      nowMs,
    );
    expect(both).toMatchObject({ verdict: 'needs-you', proven: 2 });
  });

  it('are those on one disk', () => {
    const copies = [proven('nas'), proven('drive'), proven('cloud')];
    const places = [{ ...nas, disk: 'vault' }, { ...drive, disk: 'vault' }, cloud];
    expect(assess(copies, places, defaultPolicy, nowMs)).toMatchObject({
      verdict: 'needs-you',
      reasons: ['too-few-places'],
      proven: 2,
    });
  });

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

describe('the places of a role', () => {
  it('are those that take everything, and those that name it', () => {
    const finals: Place = { ...cloud, roles: ['final', 'published'] };
    expect(placesFor([nas, drive, finals], 'raw')).toEqual([nas, drive]);
    expect(placesFor([nas, drive, finals], 'final')).toEqual([nas, drive, finals]);
  });
});
