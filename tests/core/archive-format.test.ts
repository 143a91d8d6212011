import { describe, expect, it } from 'vitest';
import {
  type ArchiveMark,
  formatMark,
  formatVersion,
  judgeVault,
  type LocationMark,
  parseArchiveMark,
  parseLocationMark,
  type VaultFacts,
} from '#core/archive-format.ts';
import fc from '#tests/support/properties.ts';

const mark: ArchiveMark = { format: formatVersion, archive: 'ours', createdAt: '2026-11-22T18:00:00.000Z' };
const location: LocationMark = { location: 'here', role: 'vault', generation: 1, writer: '0123456789ab' };
const facts = (change: Partial<VaultFacts> = {}): VaultFacts => ({
  knownArchive: null,
  knownLocation: null,
  writer: location.writer,
  archiveMark: null,
  locationMark: null,
  isEmpty: true,
  ...change,
});
const ours = formatMark(mark);

describe("a vault's folder", () => {
  it.each([
    ['a new installation and an empty folder', facts(), { kind: 'new' }],
    ['a new installation and a folder of something else', facts({ isEmpty: false }), { reason: 'not-empty' }],
    [
      'a new installation and an archive',
      facts({ archiveMark: ours, isEmpty: false }),
      { kind: 'ours', mark, location: null },
    ],
    ['a known archive and an empty folder', facts({ knownArchive: 'ours' }), { reason: 'not-connected' }],
    [
      'a known archive and a folder of something else',
      facts({ knownArchive: 'ours', isEmpty: false }),
      { reason: 'not-connected' },
    ],
    [
      'a known archive and the mark of its place, but not its own',
      facts({ knownArchive: 'ours', locationMark: formatMark(location) }),
      { reason: 'not-connected' },
    ],
    [
      'a known archive that stands there',
      facts({ knownArchive: 'ours', archiveMark: ours }),
      { kind: 'ours', mark },
    ],
    [
      'another archive than the known',
      facts({ knownArchive: 'other', archiveMark: ours }),
      { reason: 'another-archive' },
    ],
    [
      'an archive of a newer format',
      facts({ knownArchive: 'ours', archiveMark: formatMark({ ...mark, format: formatVersion + 1 }) }),
      { reason: 'newer-format' },
    ],
    [
      'another archive, of a newer format',
      facts({ knownArchive: 'other', archiveMark: formatMark({ ...mark, format: 99 }) }),
      { reason: 'newer-format' },
    ],
    ['a mark that cannot be read', facts({ archiveMark: '{"format":1,' }), { reason: 'unreadable-mark' }],
    ['a mark of nothing, as after a power cut', facts({ archiveMark: '' }), { reason: 'unreadable-mark' }],
    ['a mark of zeros', facts({ archiveMark: '\0'.repeat(80) }), { reason: 'unreadable-mark' }],
    [
      'the mark of its place beside its own',
      facts({ archiveMark: ours, locationMark: formatMark(location) }),
      { kind: 'ours', location },
    ],
    [
      'a mark of its place that cannot be read: a new one is made',
      facts({ archiveMark: ours, locationMark: 'torn' }),
      { kind: 'ours', location: null },
    ],
  ])('is judged before anything is written to it: %s', (_, given, finding) => {
    expect(judgeVault(given)).toMatchObject('reason' in finding ? { kind: 'refused', ...finding } : finding);
  });

  const anyMark = fc.option(
    fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ format: fc.integer(), archive: fc.string(), createdAt: fc.string() }).map(formatMark),
    ),
  );
  const anyFacts = fc.record({
    knownArchive: fc.option(fc.string()),
    knownLocation: fc.option(fc.string()),
    writer: fc.constantFrom(location.writer, 'ba9876543210'),
    archiveMark: anyMark,
    locationMark: anyMark,
    isEmpty: fc.boolean(),
  });

  it('is a new archive only where nothing was known and nothing is there', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const isNew = given.knownArchive === null && given.archiveMark === null && given.isEmpty;
        expect(judgeVault(given).kind === 'new').toBe(isNew);
      }),
      { numRuns: 500 },
    );
  });

  it('is ours only where it names the known archive, in a format that can be written', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const finding = judgeVault(given);
        if (finding.kind !== 'ours') return;
        expect(finding.mark.format).toBeLessThanOrEqual(formatVersion);
        if (given.knownArchive !== null) expect(finding.mark.archive).toBe(given.knownArchive);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a damaged mark', () => {
  const known = facts({ knownArchive: 'ours', knownLocation: 'here', isEmpty: false });
  const place = formatMark(location);

  /** Every text that is one bit away from this one. */
  function flips(text: string): readonly string[] {
    const bytes = new TextEncoder().encode(text);
    return Array.from({ length: 8 * bytes.length }, (_, bit) => {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return new TextDecoder().decode(flipped);
    });
  }

  it('of the archive is made again where the place beside it is the vault we last wrote to', () => {
    for (const archiveMark of ['', '\0'.repeat(80), ours.slice(0, 40)]) {
      expect(judgeVault({ ...known, archiveMark, locationMark: place })).toMatchObject({
        ...{ kind: 'ours', mark: { format: formatVersion, archive: 'ours' }, location },
        mended: ['archive.json'],
      });
    }
  });

  it('of the archive is refused where nothing else says that it is ours', () => {
    const drive = formatMark({ ...location, role: 'drive' });
    const others = formatMark({ ...location, writer: 'ba9876543210' });
    for (const locationMark of [null, 'torn', drive, others]) {
      const finding = judgeVault({ ...known, archiveMark: 'torn', locationMark });
      expect(finding).toEqual({ kind: 'refused', reason: 'unreadable-mark' });
    }
    const stranger = judgeVault({ ...known, knownArchive: null, archiveMark: 'torn', locationMark: place });
    expect(stranger).toEqual({ kind: 'refused', reason: 'unreadable-mark' });
  });

  it('of the place is made again where the archive beside it is the one we know', () => {
    for (const locationMark of ['', 'torn', null]) {
      expect(judgeVault({ ...known, archiveMark: ours, locationMark })).toEqual({
        ...{ kind: 'ours', mark, location, mended: ['location.json'] },
      });
    }
  });

  it('is never taken for another archive, a newer format or another place, whichever bit of it flips', () => {
    for (const archiveMark of flips(ours)) {
      const finding = judgeVault({ ...known, archiveMark, locationMark: place });
      expect(finding).toMatchObject({ kind: 'ours', mark: { format: formatVersion, archive: 'ours' } });
    }
    for (const locationMark of flips(place)) {
      expect(judgeVault({ ...known, archiveMark: ours, locationMark })).toMatchObject({ location });
    }
  });
});

describe('a mark', () => {
  it('that was written by hand, or by the first Reelhold, has no checksum and counts', () => {
    expect(parseArchiveMark(JSON.stringify(mark))).toEqual(mark);
    expect(parseLocationMark(JSON.stringify(location))).toEqual(location);
  });

  it('of an archive reads back as it was written', () => {
    const anyArchive = fc.record({ format: fc.integer(), archive: fc.string(), createdAt: fc.string() });
    fc.assert(
      fc.property(anyArchive, (some) => {
        expect(parseArchiveMark(formatMark(some))).toEqual(some);
      }),
    );
  });

  it('of a place reads back as it was written', () => {
    const anyLocation = fc.record({
      location: fc.string(),
      role: fc.constantFrom('vault' as const, 'drive' as const, 'remote' as const),
      generation: fc.nat(),
      writer: fc.string(),
    });
    fc.assert(
      fc.property(anyLocation, (some) => {
        expect(parseLocationMark(formatMark(some))).toEqual(some);
      }),
    );
  });

  it('is text that people can read, with a line break at its end', () => {
    expect(ours).toBe(
      '{\n  "format": 1,\n  "archive": "ours",\n  "createdAt": "2026-11-22T18:00:00.000Z",\n  "check": "62bace1b"\n}\n',
    );
  });

  it.each([
    '',
    'null',
    '7',
    '[]',
    '{}',
    '{"format":"1","archive":"a"}',
    '{"format":1.5,"archive":"a"}',
    '{"format":1}',
  ])('of an archive is not read out of %j', (text) => {
    expect(parseArchiveMark(text)).toBeNull();
  });

  it.each(['', 'null', '{"location":"l"}', '{"location":"l","role":"shed"}', '{"role":"vault"}'])(
    'of a place is not read out of %j',
    (text) => {
      expect(parseLocationMark(text)).toBeNull();
    },
  );
});
