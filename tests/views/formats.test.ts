import { describe, expect, it } from 'vitest';
import { createFormats } from '#views/formats.ts';

const formats = createFormats('en-GB', 'Europe/Berlin');
const atMs = Date.UTC(2026, 10, 22, 23, 30);

describe('a size', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1234, '1.2 kB'],
    [12_345, '12 kB'],
    [2_730_000_000, '2.7 GB'],
    [4_000_000_000_000, '4 TB'],
    [9e18, '9,000 PB'],
  ])('of %d is %s', (sizeBytes, text) => {
    expect(formats.bytes(sizeBytes)).toBe(text);
  });
});

describe('a length', () => {
  it.each([
    [0, '0:00'],
    [400, '0:00'],
    [7_499, '0:07'],
    [59_600, '1:00'],
    [3_723_000, '1:02:03'],
    [360_000_000, '100:00:00'],
  ])('of %d ms is %s', (durationMs, text) => {
    expect(formats.duration(durationMs)).toBe(text);
  });
});

describe('a time', () => {
  it('is told in the owner’s time zone', () => {
    expect(formats.exact(atMs)).toBe('23 Nov 2026, 00:30');
    expect(formats.day(atMs)).toBe('23 Nov 2026');
  });

  it.each([
    [0, 'now'],
    [12_000, '12 seconds ago'],
    [100_000, '2 minutes ago'],
    [3 * 3_600_000, '3 hours ago'],
    [26 * 3_600_000, 'yesterday'],
    [45 * 86_400_000, 'last month'],
    [800 * 86_400_000, '2 years ago'],
    [-5000, 'in 5 seconds'],
  ])('%d ms ago is %s', (agoMs, text) => {
    expect(formats.ago(atMs - agoMs, atMs)).toBe(text);
  });
});
