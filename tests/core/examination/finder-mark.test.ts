import { describe, expect, it } from 'vitest';
import { isBusyDate, isMarkedBusy } from '#core/examination/finder-mark.ts';
import { appleDouble } from '#tests/support/apple-double.ts';

describe('the Finder’s mark', () => {
  it('is a type and a creator in the companion', () => {
    expect(isMarkedBusy(appleDouble({ typeAndCreator: 'brokMACS' }))).toBe(true);
    expect(isMarkedBusy(appleDouble({ typeAndCreator: 'MooVTVOD' }))).toBe(false);
    expect(isMarkedBusy(appleDouble({}))).toBe(false);
  });

  it('is a date of creation from before there were such files', () => {
    const dated = (createdAt: string) => isMarkedBusy(appleDouble({ createdAt: new Date(createdAt) }));
    expect(dated('1946-02-14T08:34:56Z')).toBe(true);
    expect(dated('1984-01-24T08:00:00Z')).toBe(true);
    expect(dated('2026-11-27T08:00:00Z')).toBe(false);
    expect(isBusyDate(Date.UTC(1904, 0, 1) + 0x4f3afdb0 * 1000)).toBe(true);
    expect(isBusyDate(Number.NaN)).toBe(false);
  });

  it('is none where the companion is cut off, or is something else', () => {
    const companion = appleDouble({ typeAndCreator: 'brokMACS' });
    for (let end = 0; end < companion.length - 24; end += 1) {
      expect(isMarkedBusy(companion.subarray(0, end))).toBe(false);
    }
    expect(isMarkedBusy(Buffer.from('brokMACS'))).toBe(false);
  });
});
