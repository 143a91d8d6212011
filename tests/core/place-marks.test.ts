import { describe, expect, it } from 'vitest';
import { type ArchiveMark, formatMark, formatVersion, type LocationMark } from '#core/archive-format.ts';
import { judgeMarks, mayPrepare } from '#core/place-marks.ts';

const identity = { archive: 'archive-1', location: 'place-1', generation: 2, writer: '0123456789ab' };
const archive = (change: Partial<ArchiveMark> = {}) =>
  formatMark({
    format: formatVersion,
    archive: 'archive-1',
    createdAt: '2026-11-22T17:00:00.000Z',
    ...change,
  });
const location = (change: Partial<LocationMark> = {}) =>
  formatMark({ location: 'place-1', role: 'drive', generation: 2, writer: '0123456789ab', ...change });

describe('the marks of a place', () => {
  it.each([
    ['not-prepared', null, null],
    ['not-prepared', archive(), null],
    ['not-prepared', null, location()],
    ['unreadable-mark', 'torn', location()],
    ['unreadable-mark', archive(), location().slice(0, 20)],
    ['newer-format', archive({ format: formatVersion + 1 }), location()],
    ['another-archive', archive({ archive: 'archive-2' }), location()],
    ['another-place', archive(), location({ location: 'place-2' })],
    ['another-place', archive(), location({ role: 'vault' })],
    ['another-writer', archive(), location({ writer: 'ba9876543210' })],
    ['another-writer', archive(), location({ generation: 3 })],
    ['another-writer', archive(), location({ generation: 1 })],
  ])('say %s', (reason, archiveText, locationText) => {
    const finding = judgeMarks({ archive: archiveText, location: locationText }, identity);
    expect(finding).toMatchObject({ kind: 'other', reason });
  });

  it('say that it is the one that is meant only where all of it fits', () => {
    const finding = judgeMarks({ archive: archive(), location: location() }, identity);
    expect(finding).toMatchObject({ kind: 'meant', mark: { location: 'place-1' } });
  });

  it.each([
    [true, null, null],
    [true, null, location()],
    [true, archive(), location({ generation: 1 })],
    [false, archive({ archive: 'archive-2' }), null],
    [false, 'torn', location()],
    [false, archive(), location({ location: 'place-2' })],
    [false, archive(), location({ writer: 'ba9876543210' })],
  ])('allow to prepare it: %s', (isAllowed, archiveText, locationText) => {
    expect(mayPrepare({ archive: archiveText, location: locationText }, identity)).toBe(isAllowed);
  });
});
