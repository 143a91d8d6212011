import { describe, expect, it } from 'vitest';
import { forecastImport } from '#core/import-forecast.ts';

const gigabyte = 1e9;
const space = { totalBytes: 1000 * gigabyte, freeBytes: 500 * gigabyte };
/** Of a disk of that size 2 GiB stay free. */
const roomBytes = 500 * gigabyte - 2 * 1024 ** 3;
const work = { files: 1000, bytes: 400 * gigabyte, knownBytes: 0 };

describe('the forecast of an import', () => {
  it('says that it fits, and how long it takes', () => {
    expect(forecastImport(work, space, 1, 100e6)).toEqual({
      neededBytes: 400 * gigabyte,
      roomBytes,
      missingBytes: 0,
      durationMs: 4_000_000 + 5000,
    });
  });

  it('says how much is lacking where it does not fit', () => {
    const { missingBytes } = forecastImport({ ...work, bytes: 600 * gigabyte }, space, 1, null);
    expect(missingBytes).toBe(600 * gigabyte - roomBytes);
  });

  it('wants twice the room where the library has bytes of its own', () => {
    expect(forecastImport(work, space, 2, null).neededBytes).toBe(800 * gigabyte);
  });

  it('wants no room for what is known already, but the time to read it', () => {
    const known = { ...work, knownBytes: 400 * gigabyte };
    expect(forecastImport(known, space, 1, 100e6)).toMatchObject({
      neededBytes: 0,
      durationMs: 4_005_000,
    });
  });

  it.each([null, 0])('does not guess the time where the speed is %s', (speed) => {
    expect(forecastImport(work, space, 1, speed).durationMs).toBeNull();
  });

  it('has no room below the reserve', () => {
    expect(forecastImport(work, { ...space, freeBytes: 1000 }, 1, null)).toMatchObject({
      roomBytes: 0,
      missingBytes: 400 * gigabyte,
    });
  });
});
