import { describe, expect, it, vi } from 'vitest';
import type { JournalRecord } from '#core/journal-record.ts';
import { foldName } from '#core/safe-name.ts';
import { dumpTables, projectedColumns, useCatalogue } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());
const dump = () =>
  dumpTables(open.database, { ...projectedColumns, copies: 'digest, location, state, proven_at_ms' });

const rome = [recordOf(videoFacts('rome'), 1), recordOf(versionFacts('rome'), 2)];
const romeAgain = [recordOf(versionFacts('rome', 2), 3)];
const oslo = [recordOf(videoFacts('oslo'), 4), recordOf(versionFacts('oslo'), 5)];
const trashed = [recordOf({ kind: 'trash', video: 'rome', trashed: true }, 6)];

/** Applies segments one after the other, as they come. */
function apply(...segments: readonly (readonly JournalRecord[])[]): void {
  const { archive } = open.catalogue;
  for (const records of segments) open.catalogue.together(() => archive.apply(segmentOf(records)));
}

describe('a segment', () => {
  it('is applied once, and known from then on', () => {
    const { archive } = open.catalogue;
    const segment = segmentOf(rome);
    archive.apply(segment);
    const after = dump();
    archive.apply(segment);
    expect([...archive.segments()]).toEqual([{ name: segment.name, state: 'whole' }]);
    expect(dump()).toEqual(after);
  });

  it('under another name changes nothing but the list of segments: every record may come twice', () => {
    apply(rome, romeAgain, oslo, trashed);
    const { segments: _, ...after } = dump();
    apply(rome, romeAgain, oslo, trashed, [...rome, ...oslo]);
    const { segments, ...again } = dump();
    expect(again).toEqual(after);
    expect(segments).toHaveLength(5);
  });

  it('moves the largest sequence on, and never back', () => {
    const { archive } = open.catalogue;
    expect(archive.lastSeq()).toBe(0);
    apply(oslo);
    expect(archive.lastSeq()).toBe(5);
    apply(rome);
    expect(archive.lastSeq()).toBe(5);
  });

  it('of records that nobody knows yet still moves the sequence on', () => {
    open.catalogue.archive.apply(segmentOf([], '{"seq":90,"writer":"w","at":"","kind":"later"}'));
    expect(open.catalogue.archive.lastSeq()).toBe(90);
  });

  it('that fails half-way leaves nothing of it', () => {
    const before = dump();
    open.database.sqlite.exec(`CREATE TEMP TRIGGER full BEFORE INSERT ON versions WHEN new.number = 2
      BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
    expect(() => apply([...rome, ...romeAgain])).toThrow('the disk is full');
    expect(dump()).toEqual(before);
  });
});

describe('a journal with holes', () => {
  it('whose record of a video is lost still shows what is known of its versions', () => {
    apply([recordOf(versionFacts('rome', 1, { name: 'Summer: Rome?.mp4' }), 2)]);
    expect(open.catalogue.archive.video('rome')).toMatchObject({
      title: 'Summer: Rome?',
      folder: '2026/2026-11-22 Summer - Rome',
      versions: [{ number: 1, digest: digestOf('rome.1') }],
    });
  });

  it('whose record of a video is lost still shows its parts', () => {
    const { version: _, number: __, role: ___, how: ____, ...file } = versionFacts('rome');
    apply([recordOf({ ...file, kind: 'part', part: 'p', partKind: 'raw', name: 'Take.mov' }, 2)]);
    expect(open.catalogue.archive.video('rome')).toMatchObject({ title: 'Take', parts: [{ kind: 'raw' }] });
  });

  it('that trashes a video nobody knows is fine', () => {
    apply(trashed);
    expect(open.catalogue.archive.video('rome')).toBeNull();
  });

  it('of two installations that gave one folder to two videos keeps both apart', () => {
    const other = { ...videoFacts('other'), folder: videoFacts('rome').folder.toUpperCase() };
    apply(rome, [recordOf(other, 2, 'ba9876543210'), recordOf(versionFacts('other'), 3, 'ba9876543210')]);
    expect(open.catalogue.archive.video('other')).toMatchObject({ folder: '2026/2026-11-22 ROME (2)' });
    expect(open.catalogue.archive.isHeld(digestOf('other.1'))).toBe(true);
  });

  it.each(['', 'yesterday', '2026-13-45T99:00:00Z'])(
    'with a time that cannot be read is applied: %j',
    (at) => {
      apply([...rome, { ...recordOf(versionFacts('rome', 2, { modifiedAt: at }), 3), at }]);
      expect(open.catalogue.archive.heldVersion(digestOf('rome.2'))).toMatchObject({ takenAtMs: 0 });
    },
  );

  it('never stops the rest, whatever a line says', () => {
    const anyFacts = fc.record(
      {
        kind: fc.constantFrom('video', 'version', 'part', 'trash', 'event', 'constructor'),
        video: fc.oneof(fc.constantFrom('rome', 'oslo'), fc.string()),
        version: fc.string(),
        part: fc.string(),
        title: fc.string(),
        folder: fc.constantFrom('2026/a', '2026/A', '2026/b', '../x'),
        number: fc.integer(),
        digest: fc.constantFrom(digestOf('rome.1'), digestOf('x'), 'x'),
        digests: fc.array(fc.constantFrom(digestOf('rome.1'), digestOf('x'))),
        sizeBytes: fc.integer(),
        ext: fc.constantFrom('mp4', '', '/..'),
        name: fc.string(),
        role: fc.string(),
        how: fc.string(),
        partKind: fc.constantFrom('raw', '..'),
        trashed: fc.boolean(),
        event: fc.constantFrom('fixity check', 'recovery'),
        location: fc.constantFrom('vault', 'drive'),
        outcome: fc.constantFrom('success', 'failure'),
        modifiedAt: fc.oneof(fc.string(), fc.integer()),
        seq: fc.integer({ min: 1, max: 20 }),
        writer: fc.constantFrom('0123456789ab', 'ba9876543210'),
        at: fc.oneof(fc.string(), fc.date().map(String)),
      },
      { requiredKeys: ['kind', 'seq', 'writer', 'at', 'video', 'name', 'digest'] },
    );
    let segment = 0;
    fc.assert(
      fc.property(fc.array(anyFacts, { minLength: 1, maxLength: 10 }), (lines) => {
        segment += 1;
        const { catalogue } = open;
        const made = segmentOf([], `${segment}`, ...lines.map((facts) => JSON.stringify(facts)));
        catalogue.together(() => catalogue.archive.apply(made));
      }),
      { numRuns: 200 },
    );
    expect(open.database.sqlite.pragma('foreign_key_check')).toEqual([]);
  });
});

describe('what is held', () => {
  it('is found by its bytes, with its video and when it came', () => {
    apply(rome, romeAgain);
    const { archive } = open.catalogue;
    expect(archive.heldVersion(digestOf('rome.2'))).toEqual({
      video: 'rome',
      version: 'rome.2',
      trashed: false,
      takenAtMs: Date.UTC(2026, 10, 22, 3),
      foundAs: null,
    });
    expect(archive.heldVersion(digestOf('nothing'))).toBeNull();
    expect([archive.isHeld(digestOf('rome.1')), archive.isHeld(digestOf('nothing'))]).toEqual([true, false]);
    expect(archive.blobRef(digestOf('rome.1'))).toEqual({ digest: digestOf('rome.1'), ext: 'mp4' });
    expect(archive.blobRef(digestOf('nothing'))).toBeNull();
    expect([...archive.allDigests()].sort()).toEqual([digestOf('rome.1'), digestOf('rome.2')].sort());
  });

  it('is found by the name of the latest that had it, never in the trash unless it was just brought back', () => {
    const later = [
      recordOf(videoFacts('later'), 7),
      recordOf(versionFacts('later', 1, { name: 'ROME.mov' }), 8),
    ];
    const { archive } = open.catalogue;
    apply(rome, later);
    expect(archive.videoOfName('rome', [])).toBe('later');
    apply([recordOf({ kind: 'trash', video: 'later', trashed: true }, 9)]);
    expect(archive.videoOfName('rome', [])).toBe('rome');
    expect(archive.videoOfName('rome', ['x', 'later'])).toBe('later');
    expect(archive.videoOfName('nothing', [])).toBeNull();
  });

  it('and trashed says so, and stands in the folder still', () => {
    apply(rome, trashed);
    const { archive } = open.catalogue;
    expect(archive.heldVersion(digestOf('rome.1'))).toMatchObject({ trashed: true });
    expect(archive.video('rome')).toMatchObject({ trashed: true });
    expect(archive.standing('rome')).toEqual({ id: 'rome', trashed: true });
    expect(archive.standing('oslo')).toEqual({ id: 'oslo', trashed: false });
    expect(archive.isFolderTaken(foldName('2026/2026-11-22 ROME'))).toBe(true);
    expect(archive.isFolderTaken(foldName('2026/2026-11-22 Oslo'))).toBe(false);
  });

  it('and seen again is counted', () => {
    apply(rome);
    open.catalogue.archive.countSeenAgain('rome.1');
    open.catalogue.archive.countSeenAgain('rome.1');
    expect(open.database.sqlite.prepare('SELECT seen_again FROM versions').pluck().all()).toEqual([2]);
  });
});

describe('a copy', () => {
  const location = 'vault';
  const digest = digestOf('rome.1');
  const check = (
    outcome: 'success' | 'failure',
    seq: number,
    event: 'fixity check' | 'recovery' = 'fixity check',
  ) => [recordOf({ kind: 'event', event, location, outcome, digests: [digest] }, seq)];
  const provenAt = () => open.catalogue.archive.copy(digest, location)?.provenAtMs;

  it('is kept as it was last set', () => {
    const { archive } = open.catalogue;
    const copy = { digest, location, state: 'present', listedAtMs: 5, provenAtMs: null } as const;
    archive.setCopy(copy);
    archive.setCopy({ ...copy, state: 'corrupt', listedAtMs: 9 });
    expect(archive.copy(digest, location)).toEqual({ ...copy, state: 'corrupt', listedAtMs: 9 });
    expect(archive.copy(digest, 'elsewhere')).toBeNull();
  });

  it('is proven by a successful check, dated as it was, and says nothing of whether it is there', () => {
    apply(rome, check('success', 10));
    expect(open.catalogue.archive.copy(digest, location)).toMatchObject({ state: 'unknown' });
    expect(provenAt()).toBe(Date.UTC(2026, 10, 22, 10));
  });

  it('is not proven by a check that failed, nor by anything else that happened to it', () => {
    apply(rome, check('failure', 10));
    expect(open.catalogue.archive.copy(digest, location)).toMatchObject({
      state: 'corrupt',
      provenAtMs: null,
    });
    apply(check('success', 11, 'recovery'));
    expect(open.catalogue.archive.copy(digest, location)).toMatchObject({
      state: 'unknown',
      provenAtMs: null,
    });
  });

  it('keeps its latest proof, in whatever order the checks become known', () => {
    apply(rome, check('success', 12));
    open.catalogue.archive.keep({ ...segmentOf(check('success', 11)), isWhole: true });
    open.catalogue.archive.catchUp();
    expect(provenAt()).toBe(Date.UTC(2026, 10, 22, 12));
  });
});

describe('what is asked of each file', () => {
  it('needs no new statement each time: their memory is not freed while a loop goes on', () => {
    apply(rome);
    const { archive, ciphers } = open.catalogue;
    const prepared = vi.spyOn(open.database.sqlite, 'prepare');
    for (const digest of [digestOf('rome.1'), digestOf('nobody')]) {
      const copy = { digest, location: 'here', state: 'present', listedAtMs: 1, provenAtMs: null } as const;
      archive.setCopy(copy);
      expect(archive.copy(digest, 'here')).toEqual(copy);
      archive.blobRef(digest);
      archive.isHeld(digest);
      ciphers.find('here', digest);
      ciphers.findByCipherPath('here', digest);
    }
    expect(prepared).not.toHaveBeenCalled();
  });

  it('tells what is known of a place’s copy of all that is held', () => {
    apply(rome, romeAgain);
    const { archive } = open.catalogue;
    const known = { digest: digestOf('rome.1'), state: 'present', provenAtMs: 7 } as const;
    archive.setCopy({ ...known, location: 'here', listedAtMs: 9 });
    archive.setCopy({ ...known, location: 'there', listedAtMs: 9, digest: digestOf('rome.2') });
    expect(archive.copiesAt('here')).toHaveLength(2);
    expect(archive.copiesAt('here')).toEqual(
      expect.arrayContaining([known, { digest: digestOf('rome.2'), state: null, provenAtMs: null }]),
    );
  });
});
