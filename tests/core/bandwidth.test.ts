import { describe, expect, it } from 'vitest';
import { inOrderOfWeek, limitAt, readTimetable, timetableOf } from '#core/bandwidth.ts';
import { createLocalTime } from '#core/local-time.ts';
import fc from '#tests/support/properties.ts';

const berlin = createLocalTime('Europe/Berlin');
const limitOf = (text: string, at: string) => limitAt(timetableOf(text) ?? [], berlin(Date.parse(at)));

describe('a limit by the time of day', () => {
  it.each([
    ['always', '512K', '2026-11-28T10:00:00Z', 512 * 1024],
    ['without a unit', '512', '2026-11-28T10:00:00Z', 512 * 1024],
    ['in bytes', '100b', '2026-11-28T10:00:00Z', 100],
    ['with a fraction', '1.5M', '2026-11-28T10:00:00Z', 1.5 * 1024 ** 2],
    ['for what is sent', '10M:1M', '2026-11-28T10:00:00Z', 10 * 1024 ** 2],
    ['off for what is sent', 'off:1M', '2026-11-28T10:00:00Z', null],
    ['by day', '08:00,512k 23:00,off', '2026-11-28T10:00:00Z', 512 * 1024],
    ['in the minute before it changes', '08:00,512k 23:00,off', '2026-11-28T21:59:59Z', 512 * 1024],
    ['in the minute when it changes', '08:00,512k 23:00,off', '2026-11-28T22:00:00Z', null],
    ['by night', '08:00,512k 23:00,off', '2026-11-29T03:00:00Z', null],
    ['in any order', '23:00,off 08:00,512k', '2026-11-28T10:00:00Z', 512 * 1024],
    ['by the day of the week', 'Mon-08:00,1M Sat-00:00,off', '2026-11-27T12:00:00Z', 1024 ** 2],
    ['at the weekend', 'Mon-08:00,1M saturday-00:00,off', '2026-11-28T12:00:00Z', null],
    ['over the end of the week', 'Mon-08:00,1M Sat-00:00,off', '2026-11-30T06:59:00Z', null],
    // 03:00 of the summer comes an hour after 01:00 there.
    ['when the clock goes forward', '03:00,1M 06:00,off', '2026-03-29T01:00:00Z', 1024 ** 2],
    ['when it goes back, in the hour that comes twice', '02:30,1M 06:00,off', '2026-10-25T01:00:00Z', null],
  ])('holds %s', (_, text, at, bytesPerSecond) => {
    expect(limitOf(text, at)).toBe(bytesPerSecond);
  });

  it.each([
    ['', 'empty', ''],
    ['fast', 'rate', 'fast'],
    ['512X', 'rate', '512X'],
    ['-1M', 'rate', '-1M'],
    ['1M:2M:3M', 'rate', '1M:2M:3M'],
    ['0', 'zero', '0'],
    ['08:00,512k 23:00,0', 'zero', '23:00,0'],
    ['8:00,512k', 'time', '8:00,512k'],
    ['24:00,512k', 'time', '24:00,512k'],
    ['08:00 512k', 'rate', '08:00'],
    ['Someday-08:00,512k', 'time', 'Someday-08:00,512k'],
    ['08:00,512k 23:00', 'rate', '23:00'],
    ['08:00,512k,1M', 'rate', '08:00,512k,1M'],
  ])('%j is none, and what is wrong with it is said', (text, reason, part) => {
    expect(readTimetable(text)).toEqual({ kind: 'wrong', reason, part });
  });

  it.each([
    ['512K', '512K'],
    ['whenever', 'whenever'],
    ['Sat-00:00,off mon-08:00,10M:1M', 'mon-08:00,10M:1M sat-00:00,off'],
  ])('%s is told to rclone as %s', (text, told) => {
    expect(inOrderOfWeek(text)).toBe(told);
  });

  it('is the same for rclone, whatever the order of its times', () => {
    const time = fc.tuple(
      fc.constantFrom('', 'Sun-', 'mon-', 'Saturday-'),
      fc.nat(23).map((hour) => String(hour).padStart(2, '0')),
      fc.constantFrom('00', '30'),
      fc.constantFrom('512K', '1M:2M', 'off'),
    );
    const times = fc.uniqueArray(
      time.map(([day, hour, minute, rate]) => `${day}${hour}:${minute},${rate}`),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(times, fc.nat(6), fc.nat(24 * 60 - 1), (tokens, weekday, minute) => {
        const text = tokens.join(' ');
        const told = inOrderOfWeek(text);
        const limit = limitAt(timetableOf(text) ?? [], { weekday, minute });
        expect(limitAt(timetableOf(told) ?? [], { weekday, minute })).toBe(limit);
        expect(inOrderOfWeek(told)).toBe(told);
      }),
    );
  });

  it('is none where nothing was set, or it is not understood', () => {
    expect(timetableOf(null)).toBeNull();
    expect(timetableOf('whenever')).toBeNull();
  });
});
