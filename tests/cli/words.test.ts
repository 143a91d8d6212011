import { describe, expect, it } from 'vitest';
import { counted, durationInWords, sizeInWords, timeInWords } from '#cli/words.ts';
import fc from '#tests/support/properties.ts';

describe('a size in words', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1.0 KB'],
    [1049, '1.0 KB'],
    [1050, '1.1 KB'],
    [99_949, '99.9 KB'],
    [99_951, '100 KB'],
    [123_456, '123 KB'],
    [999_400, '999 KB'],
    [999_999, '1.0 MB'],
    [1_500_000_000, '1.5 GB'],
    [2_000_000_000_000, '2.0 TB'],
    [5_000_000_000_000_000_000, '5000 PB'],
  ])('of %d bytes is %s', (bytes, words) => {
    expect(sizeInWords(bytes)).toBe(words);
  });

  it('has at most four digits before its unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9e18, noNaN: true }), (bytes) => {
        expect(sizeInWords(bytes)).toMatch(
          /^(\d{1,3}|\d{1,2}\.\d|\d{4} PB|\d{1,3}) ?(bytes|KB|MB|GB|TB|PB)?$/,
        );
      }),
    );
  });
});

describe('a count in words', () => {
  it.each([
    [0, '0 videos'],
    [1, '1 video'],
    [2, '2 videos'],
  ])('of %d is %s', (count, words) => {
    expect(counted(count, 'video', 'videos')).toBe(words);
  });
});

describe('a time in words', () => {
  it.each([
    ['Europe/Berlin', '2026-11-22T17:05:00Z', '2026-11-22 18:05'],
    ['Europe/Berlin', '2026-07-01T22:30:00Z', '2026-07-02 00:30'],
    ['UTC', '2026-11-22T00:00:00Z', '2026-11-22 00:00'],
    ['America/Los_Angeles', '2026-11-22T07:59:00Z', '2026-11-21 23:59'],
  ])('in %s of %s is %s', (timeZone, instant, words) => {
    expect(timeInWords(Date.parse(instant), timeZone)).toBe(words);
  });
});

describe('how long something takes, in words', () => {
  it.each([
    [0, 'less than a minute'],
    [29_000, 'less than a minute'],
    [60_000, 'about 1 minute'],
    [3_540_000, 'about 59 minutes'],
    [3_600_000, 'about 1 hour'],
    [3_780_000, 'about 1 hour'],
    [4_200_000, 'about 1 hour 10 minutes'],
    [7_800_000, 'about 2 hours 10 minutes'],
    [39_600_000 + 1_800_000, 'about 11 hours'],
    [200_000_000, 'about 2 days'],
  ])('%d ms is %s', (ms, words) => {
    expect(durationInWords(ms)).toBe(words);
  });
});
