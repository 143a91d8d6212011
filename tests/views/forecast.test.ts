import { describe, expect, it } from 'vitest';
import type { PlaceForecast } from '#core/place-forecast.ts';
import { forecastWords, rolesInWords } from '#views/locales/en-forecast.ts';

const forecast = (change: Partial<PlaceForecast> = {}): PlaceForecast => ({
  ...{ files: 3, bytes: 500, fitsBytes: 500, outRoles: [], durationMs: 7, isMeasured: true, spool: null },
  tooLargeFrom: null,
  ...change,
});
const say = (change: Partial<PlaceForecast>, schedule: string | null = null) =>
  forecastWords(forecast(change), schedule, { size: (bytes) => `${bytes} B`, duration: (ms) => `${ms} ms` });

describe('what is said before a place is filled', () => {
  it('is nothing where there is nothing to bring', () => {
    expect(say({ files: 0, bytes: 0, fitsBytes: 0 })).toEqual([]);
  });

  it('is how much it is, and how long it takes', () => {
    expect(say({})).toEqual(['To bring: 3 files, 500 B; that takes 7 ms.']);
    expect(say({ files: 1 }, '22:00-07:00')).toEqual([
      'To bring: 1 file, 500 B; that takes 7 ms (within its hours, 22:00-07:00).',
    ]);
    expect(say({ isMeasured: false })[0]).toContain('(a guess: its speed is not known yet)');
    expect(say({ durationMs: null }, '22:00-22:01')[0]).toContain('takes longer than a few years');
  });

  it('is how much of it fits, and what stays out', () => {
    expect(say({ fitsBytes: 300, outRoles: ['raw'] })[1]).toBe(
      'There is room for 300 B of it, and finals go first. Out stay 200 B: raw footage.',
    );
    expect(say({ fitsBytes: 0, outRoles: ['final', 'raw'] })[0]).toBe('To bring: 3 files, 500 B.');
  });

  it('is that some files are too large for it, and what would take them', () => {
    expect(say({ tooLargeFrom: 42 })[1]).toContain('Files of more than 42 B stay out');
  });

  it('is that there is too little room to encrypt it in, where there is', () => {
    expect(say({ spool: { neededBytes: 9, roomBytes: 9 } })).toHaveLength(1);
    expect(say({ spool: { neededBytes: 9, roomBytes: 8 } })[1]).toContain(
      'takes 9 B at a time; there is room for 8 B',
    );
  });
});

it.each([
  [['raw'], 'raw footage'],
  [['draft', 'raw'], 'drafts and raw footage'],
  [['final', 'draft', 'raw'], 'finals, drafts and raw footage'],
  [[], 'what is in the trash'],
] as const)('names %j as people do', (roles, words) => {
  expect(rolesInWords(roles)).toBe(words);
});
