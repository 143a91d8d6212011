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
} from '#core/assess.ts';
import { defaultPolicy } from '#core/policy.ts';

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
});

describe('the places of a role', () => {
  it('are those that take everything, and those that name it', () => {
    const finals: Place = { ...cloud, roles: ['final', 'published'] };
    expect(placesFor([nas, drive, finals], 'raw')).toEqual([nas, drive]);
    expect(placesFor([nas, drive, finals], 'final')).toEqual([nas, drive, finals]);
  });
});
