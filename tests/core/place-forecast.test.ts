import { describe, expect, it } from 'vitest';
import { timetableOf } from '#core/bandwidth.ts';
import { cipherSize } from '#core/cipher-size.ts';
import { createLocalTime } from '#core/local-time.ts';
import { forecastPlace, measureSpeed, type PlaceLoad, type PlacePace } from '#core/place-forecast.ts';
import fc from '#tests/support/properties.ts';

const mebibyte = 1024 ** 2;
const hourMs = 3_600_000;
const localTime = createLocalTime('Europe/Berlin');
const noon = Date.parse('2026-11-28T11:00:00Z');
const megabyte = 1_000_000;

const load = (role: PlaceLoad['role'], megabytes: number, change: Partial<PlaceLoad> = {}): PlaceLoad => ({
  ...{ role, trashed: false, files: 1, bytes: megabytes * megabyte, largestBytes: megabytes * megabyte },
  ...change,
});
const pace = (change: Partial<PlacePace> = {}): PlacePace => ({
  ...{ measuredBytesPerSecond: megabyte, placeKind: 'remote', timetable: null, schedule: null, localTime },
  ...change,
});
const anyRoom = { freeBytes: null, spoolBytes: null };

describe('what there is room for', () => {
  it('is all of it, where nobody knows better', () => {
    const all = [load('final', 100), load('raw', 900)];
    expect(forecastPlace(all, anyRoom, pace(), noon)).toMatchObject({
      ...{ files: 2, bytes: 1_000 * megabyte, fitsBytes: 1_000 * megabyte, outRoles: [], spool: null },
    });
  });

  it('goes to finals first, so that raw footage stays out', () => {
    const all = [
      load('final', 100),
      load('draft', 100),
      load('raw', 900),
      load('final', 5, { trashed: true }),
    ];
    const room = { freeBytes: 64 * mebibyte + 300 * megabyte, spoolBytes: null };
    const forecast = forecastPlace(all, room, pace(), noon);
    expect(forecast).toMatchObject({ fitsBytes: 300 * megabyte, outRoles: ['raw'] });
    const none = forecastPlace(all, { ...room, freeBytes: mebibyte }, pace(), noon);
    expect(none).toMatchObject({ fitsBytes: 0, outRoles: ['final', 'draft', 'raw'] });
  });
});

describe('files that are too large for a place', () => {
  it('are known by the largest of all that is to be brought', () => {
    const all = [load('final', 10), load('raw', 20)];
    const tooLargeFrom = (largestFileBytes: number | null) =>
      forecastPlace(all, { ...anyRoom, largestFileBytes }, pace(), noon).tooLargeFrom;
    expect(tooLargeFrom(null)).toBeNull();
    expect(tooLargeFrom(20 * megabyte)).toBeNull();
    expect(tooLargeFrom(20 * megabyte - 1)).toBe(20 * megabyte - 1);
  });
});

describe('room to encrypt in', () => {
  it.each([
    ['its largest file', [load('final', 900), load('raw', 100)], 900 * megabyte],
    ['small files together', [load('final', 900, { largestBytes: megabyte })], 256 * mebibyte],
    ['all of it, where that is less', [load('final', 9, { largestBytes: megabyte })], 9 * megabyte],
  ])('is needed for %s', (_, loads, plainBytes) => {
    const { spool } = forecastPlace(loads, { freeBytes: null, spoolBytes: 5 }, pace(), noon);
    expect(spool).toEqual({ neededBytes: cipherSize(plainBytes), roomBytes: 5 });
  });

  it('is not needed where nothing is lacking', () => {
    expect(forecastPlace([], { freeBytes: null, spoolBytes: 5 }, pace(), noon).spool?.neededBytes).toBe(0);
  });
});

describe('how long it takes', () => {
  const hours = (megabytes: number, change: Partial<PlacePace>, nowMs = noon) => {
    const { durationMs } = forecastPlace([load('final', megabytes)], anyRoom, pace(change), nowMs);
    return durationMs === null ? null : Math.round((durationMs / hourMs) * 100) / 100;
  };
  const nights = '22:00-07:00';
  const berlin = (text: string) => Date.parse(text);

  it.each([
    ['by its measured speed', 3_600, {}, 1],
    ['waiting for the night', 3_600, { schedule: nights }, 11],
    ['over more than one night', 10 * 3_600, { schedule: nights }, 35],
    ['over months of nights', 90 * 9 * 3_600, { schedule: nights }, 10 + 89 * 24 + 9],
    ['by its limit', 1_800, { timetable: timetableOf('500000b') }, 1],
    [
      'by its limits by the time of day',
      10 * 1_800 + 3_600,
      { timetable: timetableOf('08:00,500000b 22:00,off') },
      11,
    ],
    ['no faster than it is, whatever the limit', 3_600, { timetable: timetableOf('10M') }, 1],
    ['by a guess where nothing was measured', 3_600, { measuredBytesPerSecond: null }, 1],
    ['longer than anybody waits', 3_600 * 24 * 365 * 9, {}, null],
    ['for ever, where its hours are too few', 3_600 * 24 * 365, { schedule: '22:00-22:01' }, null],
  ] as const)('is told %s', (_, megabytes, change, expected) => {
    expect(hours(megabytes, change)).toBe(expected);
  });

  it('is an hour less in the night with an hour more, and the other way round', () => {
    // Ten hours' work that begins at 22:00, when the night has ten hours, and when it has eight.
    expect(hours(10 * 3_600, { schedule: nights }, berlin('2026-10-24T20:00:00Z'))).toBe(10);
    expect(hours(9 * 3_600, { schedule: nights }, berlin('2026-03-28T21:00:00Z'))).toBe(8 + 15 + 1);
  });

  it('is never less than without hours and limits, and grows with what there is to do', () => {
    const from = fc.constantFrom('00:00', '07:30', '22:00');
    const until = fc.constantFrom('06:00', '12:15', '23:59');
    fc.assert(
      fc.property(
        from,
        until,
        fc.integer({ min: 1, max: 400_000 }),
        fc.nat(1000),
        (a, b, megabytes, more) => {
          const change = { schedule: `${a}-${b}`, timetable: timetableOf('08:00,800000b 23:00,off') };
          const took = hours(megabytes, change) ?? Number.POSITIVE_INFINITY;
          expect(took).toBeGreaterThanOrEqual(hours(megabytes, {}) ?? 0);
          expect(hours(megabytes + more, change) ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(took);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('the speed of a transfer', () => {
  it.each([
    ['is what went in a time', 100_000_000, 10_000, [null, null], 10_000_000],
    ['is not known from little', 1_000, 10_000, [null, null], null],
    ['is not known from a moment', 100_000_000, 100, [null, null], null],
    ['is not known where a limit held it back', 100_000_000, 10_000, [null, 10_500_000], null],
    ['is known where the limit was far away', 100_000_000, 10_000, [50_000_000, 50_000_000], 10_000_000],
  ])('%s', (_, bytes, ms, limits, speed) => {
    expect(measureSpeed(bytes, ms, limits)).toBe(speed);
  });
});
