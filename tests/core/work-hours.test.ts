import { describe, expect, it } from 'vitest';
import { createLocalTime } from '#core/local-time.ts';
import { beginningOf, isWithin, judgeWorkTime, parseWorkHours, type WorkHours } from '#core/work-hours.ts';
import fc from '#tests/support/properties.ts';

const berlin = createLocalTime('Europe/Berlin');
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

describe('the hours of a schedule', () => {
  it.each([
    ['22:00-07:00', 1320, 420],
    ['08:30-17:45', 510, 1065],
    [' 22:00 - 24:00 ', 1320, 1440],
    ['00:00-06:00', 0, 360],
  ])('%j are read', (text, fromMinute, untilMinute) => {
    expect(parseWorkHours(text)).toEqual({ fromMinute, untilMinute });
  });

  it.each([
    ...['', '22:00', '22-7', '22:00-7:00', '25:00-07:00', '22:60-07:00', '24:00-07:00', '24:01-07:00'],
    ...['22:00-22:00', '00:00-24:00', '22:00-07:00-09:00', '0 22 * * *', 'night'],
  ])('%j are none', (text) => {
    expect(parseWorkHours(text)).toBeNull();
  });

  it('begin when the owner wrote it', () => {
    expect(beginningOf('22:00-07:00')).toBe('22:00');
    expect(beginningOf('0 22 * * *')).toBeNull();
    expect(beginningOf(null)).toBeNull();
  });
});

describe('whether a place may work now', () => {
  it.each([
    ['an ordinary evening', '22:00-07:00', '2026-11-28T20:59:59+00:00', '2026-11-28T21:00:00Z'],
    ['an ordinary day', '22:00-07:00', '2026-11-28T06:00:00Z', '2026-11-28T21:00:00Z'],
    ['the first minute', '22:00-07:00', '2026-11-28T21:00:00Z', null],
    ['after midnight', '22:00-07:00', '2026-11-29T02:00:00Z', null],
    ['the last second', '22:00-07:00', '2026-11-29T05:59:59Z', null],
    ['hours of the day', '08:00-17:30', '2026-11-28T16:30:00Z', '2026-11-29T07:00:00Z'],
    // 29 March 2026, Berlin: 02:00 is 03:00. 25 October 2026: 03:00 is 02:00 again.
    [
      'the night without 02:30: they begin at 03:00',
      '02:30-05:00',
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:00:00Z',
    ],
    ['a night with an hour less', '22:00-07:00', '2026-03-29T05:00:00Z', '2026-03-29T20:00:00Z'],
    ['the last minute of that night', '22:00-07:00', '2026-03-29T04:59:00Z', null],
    ['hours that are not there that night', '02:10-02:50', '2026-03-29T00:30:00Z', '2026-03-30T00:10:00Z'],
    ['a night with an hour more', '22:00-07:00', '2026-10-25T05:59:59Z', null],
    ['the end of that night', '22:00-07:00', '2026-10-25T06:00:00Z', '2026-10-25T21:00:00Z'],
    ['the hour that comes twice, first', '02:00-02:30', '2026-10-25T00:10:00Z', null],
    ['between the two', '02:00-02:30', '2026-10-25T00:40:00Z', '2026-10-25T01:00:00Z'],
    ['the hour that comes twice, again', '02:00-02:30', '2026-10-25T01:10:00Z', null],
    ['no schedule', null, '2026-10-25T12:00:00Z', null],
    ['a schedule of a newer version', 'weekends', '2026-10-25T12:00:00Z', null],
  ])('is decided in %s', (_, schedule, now, until) => {
    expect(judgeWorkTime(schedule, Date.parse(now), berlin)).toEqual(
      until === null ? { kind: 'may-work' } : { kind: 'waits', untilMs: Date.parse(until) },
    );
  });

  it('is what looking at the clock every minute comes to, in any zone and on any day', () => {
    const zones = ['Europe/Berlin', 'UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'].map(
      createLocalTime,
    );
    const near = [
      '2026-03-29T00:00:00Z',
      '2026-10-25T00:00:00Z',
      '2026-04-04T12:00:00Z',
      '2026-10-03T12:00:00Z',
      '2026-07-01T00:00:00Z',
    ];
    const at = (minute: number) =>
      `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...near.map((text) => Date.parse(text))),
        fc.integer({ min: -dayMs, max: dayMs }),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 0, max: 1439 }),
        (localTime, dayAt, shiftMs, from, until) => {
          fc.pre(from !== until);
          const hours = parseWorkHours(`${at(from)}-${at(until)}`) as WorkHours;
          const nowMs = dayAt + shiftMs;
          const found = judgeWorkTime(`${at(from)}-${at(until)}`, nowMs, localTime);
          let first = nowMs;
          while (!isWithin(hours, localTime(first).minute))
            first = (Math.floor(first / minuteMs) + 1) * minuteMs;
          expect(found).toEqual(first === nowMs ? { kind: 'may-work' } : { kind: 'waits', untilMs: first });
        },
      ),
      { numRuns: 60 },
    );
  });
});
