import { describe, expect, it } from 'vitest';
import { formatMark, formatVersion } from '#core/archive-format.ts';
import { awayError, isFitToPrepare, isReadable, judgePlace, type PlaceFacts } from '#core/judge-place.ts';

const identity = { archive: 'archive-1', location: 'place-1', generation: 2, writer: '0123456789ab' };
const archive = (change = {}) =>
  formatMark({
    format: formatVersion,
    archive: 'archive-1',
    createdAt: '2026-11-22T17:00:00.000Z',
    ...change,
  });
const location = (change = {}) =>
  formatMark({ location: 'place-1', role: 'drive', generation: 2, writer: '0123456789ab', ...change });
const marks = { archive: archive(), location: location() };
const noMarks = { archive: null, location: null };
const traits = { isMountPoint: true, isApart: true, ids: { uuid: 'EFCF-1F8D', fsid: '12ab' } };

const facts = (change: Partial<PlaceFacts> = {}): PlaceFacts => ({
  identity,
  known: traits,
  failure: null,
  isDiskGone: false,
  isShutDown: false,
  isReadOnly: false,
  traits,
  marks,
  ...change,
});

const cases: readonly (readonly [string, string, Partial<PlaceFacts>])[] = [
  ['present', 'all fits', {}],
  ['present', 'nothing was noted of its file system', { known: null }],
  ['present', 'its file system’s id cannot be learned today', { traits: { ...traits, ids: {} } }],
  [
    'present',
    'the id is learned in another way',
    { known: { ...traits, ids: { uuid: 'EFCF-1F8D' } }, traits: { ...traits, ids: { fsid: '99' } } },
  ],
  [
    'present',
    'it was a folder of a disk and is now mounted there itself',
    { known: { ...traits, isMountPoint: false } },
  ],
  ['not-connected', 'there is no such folder', { failure: 'missing', traits: null, marks: noMarks }],
  [
    'not-connected',
    'the program that serves it is gone',
    { failure: 'unreachable', traits: null, marks: noMarks },
  ],
  ['not-connected', 'the disk below the mount was pulled', { isDiskGone: true }],
  ['not-connected', 'the disk is gone and what is cached fails', { isDiskGone: true, failure: 'io' }],
  ['failing', 'it gives errors', { failure: 'io', traits: null, marks: noMarks }],
  ['failing', 'the file system has given up, though its cache has the marks', { isShutDown: true }],
  ['denied', 'it may not be looked at', { failure: 'denied', traits: null, marks: noMarks }],
  [
    'empty-mount-point',
    'no file system is mounted where one was',
    { marks: noMarks, traits: { ...traits, isMountPoint: false } },
  ],
  [
    'empty-mount-point',
    'it is on the system’s own disk, and was not',
    { marks: noMarks, traits: { ...traits, isApart: false } },
  ],
  ['not-prepared', 'a disk without marks is mounted there', { marks: noMarks }],
  [
    'not-prepared',
    'nothing was ever noted of it',
    { marks: noMarks, known: null, traits: { ...traits, isMountPoint: false } },
  ],
  ['not-prepared', 'preparing it was cut off', { marks: { ...marks, archive: null } }],
  [
    'another-archive',
    'another archive stands there',
    { marks: { ...marks, archive: archive({ archive: 'archive-2' }) } },
  ],
  [
    'another-place',
    'another copy of the archive stands there',
    { marks: { ...marks, location: location({ location: 'place-2' }) } },
  ],
  [
    'another-place',
    'that copy is on another disk too',
    {
      marks: { ...marks, location: location({ location: 'place-2' }) },
      traits: { ...traits, ids: { uuid: 'other' } },
    },
  ],
  ['clone', 'its marks stand on another file system', { traits: { ...traits, ids: { uuid: '0000-0001' } } }],
  ['clone', 'one of two ids differs', { traits: { ...traits, ids: { uuid: 'EFCF-1F8D', fsid: '99' } } }],
  [
    'clone',
    'the copy was written to by another installation',
    {
      marks: { ...marks, location: location({ writer: 'ba9876543210' }) },
      traits: { ...traits, ids: { uuid: 'other' } },
    },
  ],
  [
    'another-writer',
    'another installation wrote there last',
    { marks: { ...marks, location: location({ writer: 'ba9876543210' }) } },
  ],
  [
    'another-writer',
    'it was taken over since',
    { marks: { ...marks, location: location({ generation: 3 }) } },
  ],
  [
    'newer-format',
    'a newer Reelhold wrote it',
    { marks: { ...marks, archive: archive({ format: formatVersion + 1 }) } },
  ],
  ['unreadable-mark', 'a mark is damaged', { marks: { ...marks, location: '{' } }],
  ['read-only', 'it can only be read', { isReadOnly: true }],
  [
    'another-archive',
    'somebody else’s can only be read',
    { isReadOnly: true, marks: { ...marks, archive: archive({ archive: 'archive-2' }) } },
  ],
];

describe('what is found where a drive should be', () => {
  it.each(cases)('is %s where %s', (expected, _, change) => {
    const judgement = judgePlace(facts(change));
    expect(judgement.kind === 'away' ? judgement.reason : judgement.kind).toBe(expected);
  });

  it('is read only where it is the one that is meant, and prepared only where nothing but its marks is in the way', () => {
    const judged = cases.map(([expected, , change]) => [expected, judgePlace(facts(change))] as const);
    const namesOf = (accept: (judgement: ReturnType<typeof judgePlace>) => boolean) =>
      [...new Set(judged.filter(([, judgement]) => accept(judgement)).map(([name]) => name))].sort();
    expect(namesOf(isReadable)).toEqual(['present', 'read-only']);
    expect(namesOf(isFitToPrepare)).toEqual([
      'another-archive',
      'another-place',
      'another-writer',
      'not-prepared',
      'present',
      'unreadable-mark',
    ]);
  });

  it.each([
    ['read-only', 'read-only', true],
    ['failing', 'io', true],
    ['denied', 'denied', true],
    ['not-connected', 'unreachable', true],
    ['empty-mount-point', 'unreachable', true],
    ['newer-format', 'unsupported', false],
  ] as const)('fails what is asked of it as %s by the kind %s', (reason, kind, retryable) => {
    expect(awayError(reason, 'copy', 'a file')).toMatchObject({ kind, retryable });
  });
});
