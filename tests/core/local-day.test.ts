import { describe, expect, it } from 'vitest';
import { createLocalDay } from '#core/local-day.ts';
import fc from '#tests/support/properties.ts';

const hourMs = 3_600_000;

describe('the day of an instant', () => {
  it.each([
    ['UTC', '2026-11-22T23:59:59.999Z', '2026-11-22'],
    ['UTC', '2026-11-23T00:00:00.000Z', '2026-11-23'],
    ['Europe/Berlin', '2026-11-22T23:00:00Z', '2026-11-23'],
    ['Europe/Berlin', '2026-07-01T22:00:00Z', '2026-07-02'],
    ['America/Los_Angeles', '2026-11-23T07:59:59Z', '2026-11-22'],
    ['Pacific/Kiritimati', '2026-11-22T10:00:00Z', '2026-11-23'],
    ['Asia/Kathmandu', '2026-11-22T18:15:00Z', '2026-11-23'],
    // The day of a change of clocks, in its first and its last minute, and in the hour that is there twice.
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T21:59:59Z', '2026-03-29'],
    ['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25'],
    ['Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25'],
    ['Europe/Berlin', '2026-10-25T22:59:59Z', '2026-10-25'],
    // Samoa left a whole day out.
    ['Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-29'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31'],
    // Midnight is sometimes not there at all.
    ['America/Sao_Paulo', '2018-11-04T03:00:00Z', '2018-11-04'],
    ['UTC', '1970-01-01T00:00:00Z', '1970-01-01'],
    ['UTC', '0099-02-03T00:00:00Z', '0099-02-03'],
  ])('in %s of %s is %s', (timeZone, instant, day) => {
    expect(createLocalDay(timeZone)(Date.parse(instant))).toBe(day);
  });

  const anyInstant = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2100, 0, 1) });

  it('in UTC is what its ISO form begins with', () => {
    const utc = createLocalDay('UTC');
    fc.assert(
      fc.property(anyInstant, (atMs) => {
        expect(utc(atMs)).toBe(new Date(atMs).toISOString().slice(0, 10));
      }),
    );
  });

  it.each(['Europe/Berlin', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Pacific/Apia'])(
    'in %s has its form, and never goes back as time goes on',
    (timeZone) => {
      const day = createLocalDay(timeZone);
      fc.assert(
        fc.property(anyInstant, fc.nat(48 * hourMs), (atMs, laterMs) => {
          expect(day(atMs)).toMatch(/^\d{4}-\d{2}-\d{2}$/);
          expect(day(atMs + laterMs) >= day(atMs)).toBe(true);
        }),
      );
    },
  );
});
