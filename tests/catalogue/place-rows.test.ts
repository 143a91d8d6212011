import { beforeEach, describe, expect, it } from 'vitest';
import type { RecordFacts, VersionFacts } from '#core/journal-record.ts';
import type { LocationFacts } from '#core/place-records.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { placeFacts } from '#tests/support/places.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const all = ['final', 'published', 'draft', 'raw', 'other'] as const;

describe('the rows of places', () => {
  const open = useCatalogue(useTempFolder());
  let seq = 0;
  beforeEach(() => {
    seq = 0;
  });
  const apply = (...facts: readonly RecordFacts[]) => {
    const records = facts.map((one, index) => recordOf(one, seq + index + 1));
    seq += facts.length;
    open.catalogue.together(() => open.catalogue.archive.apply(segmentOf(records)));
  };
  const hold = (name: string, change: Partial<VersionFacts> = {}) => {
    const version = versionFacts(name, 1, change);
    apply(videoFacts(name), version);
    set(version, 'vault', 'present', 1);
    return version;
  };
  const set = (
    { digest }: Pick<VersionFacts, 'digest'>,
    location: string,
    state: 'present' | 'missing' | 'corrupt',
    provenAtMs: number | null,
  ) => open.catalogue.archive.setCopy({ digest, location, state, listedAtMs: null, provenAtMs });
  const rows = () => open.catalogue.places;
  const lacking = (roles: readonly (typeof all)[number][] = all) =>
    rows()
      .lacking('drive', roles, 'vault', 100)
      .map(({ digest }) => digest);

  it('say of a place what its last record said, and forget none that was removed', () => {
    const facts: LocationFacts = placeFacts('drive', { roles: ['final', 'raw'], set: 'monthly' });
    apply(facts, { ...facts, name: 'Blue drive', promiseDays: 90 });
    const { kind: _, ...settings } = facts;
    expect(rows().list()).toEqual([{ ...settings, name: 'Blue drive', promiseDays: 90 }]);
    apply({ ...facts, removed: true });
    expect(rows().list()).toEqual([]);
    expect(rows().find('drive')).toEqual({ ...settings, removed: true });
  });

  it('name what a place lacks: finals first, then the newest, and only what the vault has proven', () => {
    const draft = hold('draft', { role: 'draft' });
    const old = hold('old');
    const young = hold('young');
    apply(videoFacts('unproven'), versionFacts('unproven'));
    expect(lacking()).toEqual([young.digest, old.digest, draft.digest]);
    expect(lacking(['draft'])).toEqual([draft.digest]);
    expect(rows().countLacking('drive', all, 'vault')).toEqual({ files: 3, bytes: 3 * 1001 });
  });

  it('say how much of each role a place lacks, what the vault has yet to prove too, and the trash last', () => {
    for (const name of ['one', 'two']) hold(name);
    hold('draft', { role: 'draft', sizeBytes: 5 });
    apply(videoFacts('unproven'), versionFacts('unproven', 1, { sizeBytes: 7 }));
    apply({ kind: 'trash', video: hold('gone').video, trashed: true });
    set(hold('there'), 'drive', 'present', 5);
    expect(rows().loads('drive', all)).toEqual([
      { role: 'final', trashed: false, files: 3, bytes: 2 * 1001 + 7, largestBytes: 1001 },
      { role: 'draft', trashed: false, files: 1, bytes: 5, largestBytes: 5 },
      { role: 'final', trashed: true, files: 1, bytes: 1001, largestBytes: 1001 },
    ]);
    expect(rows().loads('drive', ['draft'])).toHaveLength(1);
    expect(rows().loads('drive', ['raw'])).toEqual([]);
  });

  it('count the videos of which a place may have the only good copy, or the only one outside of the vault', () => {
    apply(placeFacts('drive'), placeFacts('other'), { ...placeFacts('gone'), removed: true });
    const counts = () => rows().soleCopies('drive', 'vault');
    const video = hold('here');
    set(video, 'drive', 'present', 5);
    expect(counts()).toEqual({ onlyGood: 0, onlyOutside: 1 });
    set(video, 'gone', 'present', 5);
    set(video, 'other', 'present', null);
    expect(counts()).toEqual({ onlyGood: 0, onlyOutside: 1 });
    set(video, 'vault', 'corrupt', 5);
    apply({ kind: 'trash', video: video.video, trashed: true });
    expect(counts()).toEqual({ onlyGood: 1, onlyOutside: 1 });
    set(video, 'other', 'present', 6);
    expect(counts()).toEqual({ onlyGood: 0, onlyOutside: 0 });
    set(video, 'other', 'missing', null);
    set(video, 'drive', 'corrupt', 5);
    expect(counts()).toEqual({ onlyGood: 0, onlyOutside: 0 });
  });

  it('no longer name what stands there proven, but what is missing or was never read back', () => {
    const [good, missing, unread, corrupt] = ['good', 'missing', 'unread', 'corrupt'].map((name) =>
      hold(name),
    );
    if (!good || !missing || !unread || !corrupt) throw new Error('there are four');
    set(good, 'drive', 'present', 5);
    set(missing, 'drive', 'missing', null);
    set(unread, 'drive', 'present', null);
    set(corrupt, 'drive', 'corrupt', null);
    expect(new Set(lacking())).toEqual(new Set([missing.digest, unread.digest]));
  });

  it('take from a whole list what is there, what is gone and what is not as it was', () => {
    const [same, shorter, gone] = ['same', 'shorter', 'gone'].map((name) => hold(name));
    if (!same || !shorter || !gone) throw new Error('there are three');
    for (const one of [same, shorter, gone]) set(one, 'drive', 'present', 5);
    rows().setHashes('drive', same.digest, { md5: 'aa' });
    const list = (md5: string, sizeBytes: number) =>
      rows().markListed(
        'drive',
        [
          { digest: same.digest, sizeBytes: 1001, hashes: { md5 } },
          { digest: shorter.digest, sizeBytes, hashes: {} },
          { digest: digestOf('nobody knows it'), sizeBytes: 1, hashes: {} },
        ],
        7,
      );
    expect(list('aa', 1001)).toEqual([]);
    expect(list('aa', 1000)).toEqual([shorter.digest]);
    expect(list('bb', 1001)).toEqual([same.digest]);
    expect(rows().unlisted('drive', 7)).toEqual([gone.digest]);
    expect(open.catalogue.archive.copy(same.digest, 'drive')).toMatchObject({ listedAtMs: 7, provenAtMs: 5 });
  });

  it('take a copy that is listed again for one to be read back, and a corrupt one for nothing better', () => {
    const [missing, corrupt, fresh] = ['missing', 'corrupt', 'fresh'].map((name) => hold(name));
    if (!missing || !corrupt || !fresh) throw new Error('there are three');
    set(missing, 'drive', 'missing', 5);
    set(corrupt, 'drive', 'corrupt', 5);
    const listed = [missing, corrupt, fresh].map(({ digest }) => ({ digest, sizeBytes: 1001, hashes: {} }));
    expect(rows().markListed('drive', listed, 7)).toEqual([]);
    const copy = ({ digest }: VersionFacts) => open.catalogue.archive.copy(digest, 'drive');
    expect(copy(missing)).toMatchObject({ state: 'present', listedAtMs: 7, provenAtMs: null });
    expect(copy(corrupt)).toMatchObject({ state: 'corrupt', listedAtMs: 7, provenAtMs: 5 });
    expect(copy(fresh)).toMatchObject({ state: 'present', listedAtMs: 7, provenAtMs: null });
  });

  it('find a copy again that only the journal knew, with the date of its proof', () => {
    const version = hold('known');
    const event = { kind: 'event', event: 'fixity check', outcome: 'success' } as const;
    apply({ ...event, location: 'drive', digests: [version.digest] });
    expect(rows().hasUnknown('drive')).toBe(true);
    rows().markListed('drive', [{ digest: version.digest, sizeBytes: 1001, hashes: {} }], 7);
    expect(rows().hasUnknown('drive')).toBe(false);
    const copy = open.catalogue.archive.copy(version.digest, 'drive');
    expect(copy).toMatchObject({ state: 'present', listedAtMs: 7 });
    expect(copy?.provenAtMs).not.toBeNull();
  });

  it('name where good bytes may be found, the last proven first', () => {
    const version = hold('wanted');
    set(version, 'drive', 'present', 5);
    set(version, 'cloud', 'present', 9);
    set(version, 'unread', 'present', null);
    set(version, 'bad', 'corrupt', null);
    const found = rows().goodCopies(version.digest, 'vault');
    expect(found.map(({ location }) => location)).toEqual(['cloud', 'drive', 'unread']);
  });

  describe('after a video was deleted everywhere', () => {
    const deletion = (location: string, version: VersionFacts): RecordFacts => ({
      ...{ kind: 'event', event: 'deletion', outcome: 'success' },
      ...{ location, digests: [version.digest] },
    });

    it('name the places where it still is, until it is gone there', () => {
      const version = hold('gone');
      set(version, 'drive', 'present', 5);
      apply({ kind: 'tombstone', video: 'gone', digests: [version.digest] });
      expect(
        rows()
          .pendingErasures()
          .map(({ location }) => location)
          .sort(),
      ).toEqual(['drive', 'vault']);
      expect(rows().erasable('drive')).toEqual([{ digest: version.digest, ext: 'mp4', sizeBytes: 1001 }]);
      expect(rows().isErased(version.digest)).toBe(true);
      expect(lacking()).toEqual([]);
      apply(deletion('vault', version));
      expect(
        rows()
          .pendingErasures()
          .map(({ location }) => location),
      ).toEqual(['drive']);
      apply(deletion('drive', version));
      expect(rows().pendingErasures()).toEqual([]);
    });

    it('hold its bytes again where they are brought again', () => {
      const version = hold('gone');
      apply({ kind: 'tombstone', video: 'gone', digests: [version.digest] });
      apply(videoFacts('again'), { ...version, video: 'again', version: 'again.1' });
      expect(rows().isErased(version.digest)).toBe(false);
      expect(open.catalogue.archive.isHeld(version.digest)).toBe(true);
    });

    it('say the same when they are made again from the journal', () => {
      const version = hold('gone');
      const other = hold('kept');
      apply({ kind: 'tombstone', video: 'gone', digests: [version.digest] });
      open.catalogue.together(() => open.catalogue.archive.startAgain());
      expect(rows().isErased(version.digest)).toBe(true);
      expect(rows().isErased(other.digest)).toBe(false);
      expect(open.catalogue.archive.count()).toEqual({ videos: 1, versions: 1, parts: 0 });
    });
  });
});
