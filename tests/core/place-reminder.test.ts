import { describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { unseenPlace } from '#core/place-condition.ts';
import { dueReminders, type PlaceSighted } from '#core/place-reminder.ts';
import type { AwayReason } from '#core/ports/location.ts';

const nowMs = Date.parse('2026-11-28T12:00:00Z');
const remindDays = 7;

interface Drawn {
  readonly everyDays?: number | null;
  readonly set?: string | null;
  readonly paused?: boolean;
  readonly isHere?: boolean;
  readonly reason?: AwayReason;
}

/** A place that was last seen so many days ago; null for never. */
function place(location: string, seenDaysAgo: number | null, drawn: Drawn = {}): PlaceSighted {
  const { everyDays = 35, set = null, paused = false, isHere = false, reason = 'not-connected' } = drawn;
  const away = { state: 'away', reason, detail: null, retryAtMs: null } as const;
  const lastSeenMs = seenDaysAgo === null ? null : nowMs - seenDaysAgo * dayMs;
  return {
    settings: { location, everyDays, set, paused },
    condition: {
      ...unseenPlace(nowMs - 100 * dayMs),
      ...{ presence: isHere ? { state: 'present', freeBytes: null, totalBytes: null } : away, lastSeenMs },
    },
  };
}
const due = (...places: readonly PlaceSighted[]) =>
  Object.fromEntries(dueReminders(places, remindDays, nowMs));
const turns = { set: 'turns' };

describe('a reminder of a place', () => {
  it.each([
    ['within its rhythm', place('blue', 35), {}],
    ['past it', place('blue', 36), { blue: { days: 35, of: 'place' } }],
    ['that is always expected, within the setting', place('cloud', 7, { everyDays: null }), {}],
    [
      'that is always expected, past the setting',
      place('cloud', 8, { everyDays: null }),
      { cloud: { days: 7, of: 'place' } },
    ],
    ['that was never there', place('blue', null), { blue: { days: 35, of: 'place' } }],
    ['that is there, though nothing was noted', place('blue', 99, { isHere: true }), {}],
    ['that is paused', place('blue', 99, { paused: true }), {}],
    ['of which is said anyway what is wrong', place('cloud', 99, { reason: 'sign-in' }), {}],
    ['that a clock dated ahead', place('blue', -99), {}],
  ])('is due for one %s: %#', (_, one, expected) => {
    expect(due(one)).toEqual(expected);
  });

  it('comes for each of several that stand for themselves', () => {
    expect(Object.keys(due(place('blue', 40), place('green', 50)))).toEqual(['blue', 'green']);
  });
});

describe('drives that take turns', () => {
  it.each([
    ['one was here last week', [place('a', 10, turns), place('b', 40, turns)], {}],
    ['one is here', [place('a', 0, { ...turns, isHere: true }), place('b', 69, turns)], {}],
    [
      'none was here for their rhythm',
      [place('a', 36, turns), place('b', 60, turns)],
      { b: { days: 35, of: 'set' } },
    ],
    [
      'one missed its turn',
      [place('a', 0, { ...turns, isHere: true }), place('b', 71, turns)],
      { b: { days: 70, of: 'turn' } },
    ],
    [
      'one of three is not due yet',
      [place('a', 1, turns), place('b', 36, turns), place('c', 100, turns)],
      {},
    ],
    [
      'one of three missed its turn',
      [place('a', 1, turns), place('b', 106, turns), place('c', 107, turns)],
      { c: { days: 105, of: 'turn' } },
    ],
    [
      'the other is paused',
      [place('a', 1, { ...turns, paused: true }), place('b', 36, turns)],
      { b: { days: 35, of: 'place' } },
    ],
  ])('are reminded of together where %s', (_, places, expected) => {
    expect(due(...places)).toEqual(expected);
  });
});
