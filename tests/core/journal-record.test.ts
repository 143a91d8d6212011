import { describe, expect, it } from 'vitest';
import { compareRecords, formatRecord, type JournalRecord, parseRecord } from '#core/journal-record.ts';
import { largestSeq } from '#core/segment-name.ts';
import { anyDigest, anyExt, digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';

const stamp = { seq: 7, writer: '0123456789ab', at: '2026-11-22T18:00:00.000Z' };
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  // Lone surrogates, line breaks of all kinds, quotes, controls.
  fc
    .array(
      fc.constantFrom(
        '"',
        '\\',
        '\n',
        '\r',
        '\u2028',
        '\u2029',
        '\0',
        '\uDC80',
        '\uD800',
        '🎂',
        '\uFFFD',
        'a',
      ),
    )
    .map((pieces) => pieces.join('')),
);
const anyStamp = fc.record({
  seq: fc.integer({ min: 1, max: largestSeq }),
  writer: fc.stringMatching(/^[0-9a-f]{12}$/),
  at: fc.constantFrom(stamp.at, '1970-01-01T00:00:00.000Z'),
});
const file = { digest: anyDigest, sizeBytes: fc.nat(), ext: anyExt, name: anyText };
const anyFolder = fc.constantFrom('2026/2026-11-22 Rome', '0001/0001-01-01 …', '2026/2026-11-22 .. (2)');

const anyRecord: fc.Arbitrary<JournalRecord> = fc
  .tuple(
    anyStamp,
    fc.oneof(
      fc.record({ kind: fc.constant('video' as const), video: anyText, title: anyText, folder: anyFolder }),
      fc.record(
        {
          kind: fc.constant('version' as const),
          version: anyText,
          video: anyText,
          number: fc.integer({ min: 1, max: 1e6 }),
          ...file,
          role: fc.constantFrom('master' as const, 'published' as const, 'draft' as const),
          how: fc.constantFrom('taken' as const, 'found' as const),
          nameBase64: fc.base64String(),
          modifiedAt: fc.constant('2026-11-21T10:00:00.000Z'),
          damaged: fc.constantFrom('cut-off' as const, 'differs-from-list' as const),
        },
        {
          requiredKeys: [
            'kind',
            'version',
            'video',
            'number',
            'digest',
            'sizeBytes',
            'ext',
            'name',
            'role',
            'how',
          ],
        },
      ),
      fc.record(
        {
          kind: fc.constant('part' as const),
          part: fc.oneof(fc.uuid(), fc.stringMatching(/^[0-9A-Za-z._-]{1,64}$/)),
          video: anyText,
          path: fc.constantFrom('', 'raw', 'raw/Card A'),
          damaged: fc.constantFrom('cut-off' as const, 'empty-end' as const),
          partKind: fc.constantFrom('raw' as const, 'sidecar' as const, 'other' as const),
          ...file,
        },
        { requiredKeys: ['kind', 'part', 'video', 'partKind', 'digest', 'sizeBytes', 'ext', 'name'] },
      ),
      fc.record({ kind: fc.constant('trash' as const), video: anyText, trashed: fc.boolean() }),
      fc.record({
        kind: fc.constant('event' as const),
        event: fc.constantFrom('fixity check' as const, 'recovery' as const),
        location: anyText,
        outcome: fc.constantFrom('success' as const, 'failure' as const),
        digests: fc.array(anyDigest, { maxLength: 3 }),
      }),
      fc.record({
        kind: fc.constant('cipher' as const),
        location: anyText,
        files: fc.array(
          fc.record({
            path: fc.constant('blobs/sha256/ab/abcd.mp4'),
            cipherPath: fc.constantFrom('a/b', 'q7v/0k'),
            cipherSizeBytes: fc.nat(),
            cipherDigest: anyDigest,
            cipherHashes: fc.constantFrom({}, { md5: '00' }),
          }),
          { maxLength: 3 },
        ),
      }),
    ),
  )
  .map(([when, facts]) => ({ ...when, ...facts }));

describe('a record', () => {
  it('comes back from its line as it was, whatever is in its texts', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(parseRecord(formatRecord(record))).toEqual(record);
      }),
      { numRuns: 1000 },
    );
  });

  it('is one line of well-formed text', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const line = formatRecord(record);
        expect(line).not.toMatch(/[\n\r\0]/);
        expect(line.isWellFormed()).toBe(true);
      }),
    );
  });

  it('begins with its sequence, its writer and its time, so that people find their way', () => {
    expect(formatRecord({ kind: 'trash', video: 'v', trashed: true, ...stamp })).toBe(
      '{"seq":7,"writer":"0123456789ab","at":"2026-11-22T18:00:00.000Z","kind":"trash","video":"v","trashed":true}',
    );
  });
});

const line = (facts: object) => JSON.stringify({ ...stamp, ...facts });
const version = {
  kind: 'version',
  version: 'n1',
  video: 'v1',
  number: 1,
  digest: digestOf('a'),
  sizeBytes: 1,
  ext: 'mp4',
  name: 'Rome.mp4',
  role: 'master',
  how: 'taken',
};

const part = {
  ...{ kind: 'part', part: 'p', video: 'v1', partKind: 'raw', digest: digestOf('a'), sizeBytes: 1 },
  ...{ ext: 'mp4', name: 'Rome.mp4' },
};

const kit = {
  ...{ kind: 'kit', version: 1, places: [], phrase: { salt: '00', hash: '00' } },
  ...{ confirmedAt: null, keptAt: null },
};

const cipherOf = (change: object) => ({
  ...{ kind: 'cipher', location: 'l' },
  files: [
    {
      ...{ path: 'blobs/sha256/ab/ab.mp4', cipherPath: 'x/y', cipherSizeBytes: 48 },
      ...{ cipherDigest: digestOf('a'), cipherHashes: {}, ...change },
    },
  ],
});

describe('a record that this version does not understand', () => {
  it.each([
    ['a kind of a later version', { kind: 'link', post: 'p', video: 'v' }],
    ['a kind that every object has by birth', { kind: 'constructor' }],
    ['another such', { kind: 'toString' }],
    ['and another', { kind: '__proto__' }],
    ['a field that is missing', { kind: 'trash', video: 'v' }],
    ['a field of another type', { ...version, sizeBytes: '1' }],
    ['a digest that is none', { ...version, digest: 'md5:00' }],
    [
      'digests of which one is none',
      { kind: 'event', event: 'fixity check', location: 'l', outcome: 'success', digests: ['x'] },
    ],
    ['an extension that leads out of the store', { ...version, ext: '/../../../etc/passwd' }],
    [
      'a folder that leads out of the library',
      { kind: 'video', video: 'v', title: 't', folder: '../../etc' },
    ],
    ['a folder from the root', { kind: 'video', video: 'v', title: 't', folder: '/etc' }],
    [
      'a folder with a line break, which an index has no place for',
      { kind: 'video', video: 'v', title: 't', folder: 'a\nb' },
    ],
    ['a part whose path leads out of its folder', { ...part, path: '../..' }],
    ['a part whose id would be more than one column of the index', { ...part, part: 'p\t7' }],
    ['an encrypted file whose path leads out of the spool', cipherOf({ cipherPath: '../../etc/passwd' })],
    ['an encrypted file without a digest', cipherOf({ cipherDigest: '' })],
    ['an encrypted file with a hash that is no text', cipherOf({ cipherHashes: { md5: 7 } })],
    ['a kit without a hash of its words', { ...kit, phrase: { salt: '00', hash: 'x' } }],
    ['a kit of places that are none', { ...kit, places: [{ location: 'l' }] }],
    ['a kind of part that is none, and would be a folder', { ...part, partKind: '../..' }],
  ])('is kept as its line stands: %s', (_, facts) => {
    const text = line(facts);
    expect(parseRecord(text)).toEqual({ kind: 'unknown', ...stamp, line: text });
  });

  it('keeps what a later version added to a kind it knows', () => {
    expect(parseRecord(line({ ...version, caption: 'later' }))).toEqual({
      ...stamp,
      ...version,
      caption: 'later',
    });
  });
});

describe('a line that is no record', () => {
  it.each([
    '',
    ' ',
    'null',
    '7',
    '"text"',
    '[]',
    '{}',
    '{"seq":1,"writer":"0123456789ab"',
    '{"seq":"1","writer":"0123456789ab","at":"","kind":"trash"}',
    '{"seq":1.5,"writer":"0123456789ab","at":"","kind":"trash"}',
    '{"seq":1e300,"writer":"0123456789ab","at":"","kind":"trash"}',
    '{"seq":1000000000000,"writer":"0123456789ab","at":"","kind":"trash"}',
    '{"seq":0,"writer":"0123456789ab","at":"","kind":"trash"}',
    '{"seq":-1,"writer":"0123456789ab","at":"","kind":"trash"}',
    '{"seq":1,"writer":5,"at":"","kind":"trash"}',
    '{"seq":1,"writer":"0123456789ab","kind":"trash"}',
    '{"seq":1,"writer":"0123456789ab","at":"","kind":7}',
    '\0\0\0\0',
  ])('is left aside: %j', (text) => {
    expect(parseRecord(text)).toBeNull();
  });

  it('is what every torn record is', () => {
    fc.assert(
      fc.property(
        anyRecord,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (record, share) => {
          const whole = formatRecord(record);
          expect(parseRecord(whole.slice(0, Math.floor(whole.length * share)))).toBeNull();
        },
      ),
    );
  });

  it('never stops the reading, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseRecord(text)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

const anyOrder = fc.record({ seq: fc.integer({ min: 1, max: 4 }), writer: fc.constantFrom('a', 'b', 'c') });

describe('the order of records', () => {
  it('is by sequence, then by writer', () => {
    const sorted = [
      { seq: 2, writer: 'a' },
      { seq: 1, writer: 'b' },
      { seq: 10, writer: 'a' },
      { seq: 1, writer: 'a' },
    ].sort(compareRecords);
    expect(sorted.map(({ seq, writer }) => `${seq}${writer}`)).toEqual(['1a', '1b', '2a', '10a']);
  });

  it('is total', () => {
    fc.assert(
      fc.property(anyOrder, anyOrder, anyOrder, (a, b, c) => {
        expect(compareRecords(a, b)).toBe(-compareRecords(b, a) + 0);
        expect(compareRecords(a, b) === 0).toBe(a.seq === b.seq && a.writer === b.writer);
        if (compareRecords(a, b) <= 0 && compareRecords(b, c) <= 0) {
          expect(compareRecords(a, c)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
