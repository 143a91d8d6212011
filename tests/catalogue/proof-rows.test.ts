import { beforeEach, describe, expect, it } from 'vitest';
import type { CopyState } from '#core/assess.ts';
import type { JournalRecord } from '#core/journal-record.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());
const believedMs = 1000;

/** Versions `film.1` to `film.5`, of 1001 to 1005 bytes, and a part of 70 bytes. */
beforeEach(() => {
  const versions = [1, 2, 3, 4, 5].map((number) => recordOf(versionFacts('film', number), number + 1));
  const part: JournalRecord = recordOf(
    {
      ...{ kind: 'part', part: 'p', video: 'film', partKind: 'sound', digest: digestOf('part') },
      ...{ sizeBytes: 70, ext: 'wav', name: 'part.wav' },
    },
    9,
  );
  const segment = segmentOf([recordOf(videoFacts('film'), 1), ...versions, part]);
  open.catalogue.together(() => open.catalogue.archive.apply(segment));
});

const set = (bytes: string, provenAtMs: number | null, state: CopyState = 'present', listedAtMs = 1) =>
  open.catalogue.archive.setCopy({
    ...{ digest: digestOf(bytes), location: 'vault', state },
    ...{ listedAtMs, provenAtMs },
  });
const longestUnread = (limit = 9, location = 'vault') =>
  open.catalogue.proofs.longestUnread(location, believedMs, limit);
const names = ['film.1', 'film.2', 'film.3', 'film.4', 'film.5', 'part'];
const namesOf = (copies: readonly { readonly digest: string }[]) =>
  copies.map(({ digest }) => names.find((name) => digestOf(name) === digest));

describe('the longest unread copies', () => {
  it('are those never read, then those dated ahead, then the oldest', () => {
    set('film.1', 50);
    set('film.2', 1001);
    set('film.3', null);
    set('film.4', 20);
    set('film.5', 1000);
    expect(namesOf(longestUnread())).toEqual(['film.3', 'film.2', 'film.4', 'film.1', 'film.5']);
    expect(namesOf(longestUnread(3))).toEqual(['film.3', 'film.2', 'film.4']);
    expect(namesOf(longestUnread(1))).toEqual(['film.3']);
    expect(longestUnread(0)).toEqual([]);
    expect(longestUnread(9, 'elsewhere')).toEqual([]);
  });

  it('are there with what it takes to read them, parts too', () => {
    set('film.1', 50);
    set('part', null);
    expect(longestUnread()).toEqual([
      { digest: digestOf('part'), ext: 'wav', sizeBytes: 70, provenAtMs: null },
      { digest: digestOf('film.1'), ext: 'mp4', sizeBytes: 1001, provenAtMs: 50 },
    ]);
  });

  it.each<CopyState>(['missing', 'corrupt', 'unreachable', 'unknown'])('are none that is %s', (state) => {
    set('film.1', null, state);
    expect(longestUnread()).toEqual([]);
  });

  it('are none that no record names', () => {
    set('nobody knows', null);
    expect(longestUnread()).toEqual([]);
    expect(open.catalogue.proofs.heldBytes('vault')).toBe(0);
  });
});

describe('troubled copies', () => {
  it('are those that are not as they should be, the longest untried first, and what is gone costs nothing', () => {
    set('film.1', null, 'corrupt', 30);
    set('film.2', null, 'missing', 10);
    set('film.3', null, 'unreachable', 20);
    set('film.4', null, 'unknown', 5);
    set('film.5', 7);
    expect(open.catalogue.proofs.troubled('vault', 9)).toEqual([
      { digest: digestOf('film.2'), sizeBytes: 0 },
      { digest: digestOf('film.3'), sizeBytes: 1003 },
      { digest: digestOf('film.1'), sizeBytes: 1001 },
    ]);
    expect(open.catalogue.proofs.troubled('vault', 1)).toHaveLength(1);
    expect(open.catalogue.proofs.troubled('elsewhere', 9)).toEqual([]);
  });
});

describe('bytes', () => {
  it('that are held, and that were read between two times', () => {
    set('film.1', 50);
    set('film.2', 60);
    set('film.3', null);
    set('film.4', 70, 'corrupt');
    set('part', 70);
    const { proofs } = open.catalogue;
    expect(proofs.heldBytes('vault')).toBe(1001 + 1002 + 1003 + 70);
    expect(proofs.bytesProvenBetween('vault', 60, 70)).toBe(1002 + 70);
    expect(proofs.bytesProvenBetween('vault', 60, 69)).toBe(1002);
    expect(proofs.bytesProvenBetween('vault', 71, 99)).toBe(0);
    expect(proofs.heldBytes('elsewhere')).toBe(0);
  });
});

describe('copies that should be there, and are not there or not good', () => {
  const notThere = (beforeMs = 100, limit = 9) =>
    open.catalogue.proofs.notThere('vault', { beforeMs, believedMs }, limit);

  it('are those of every other state, those first that were looked at longest ago', () => {
    set('film.1', null, 'corrupt', 50);
    set('film.2', null, 'missing', 20);
    set('film.3', null, 'unreachable', 40);
    set('film.4', 50);
    set('part', null, 'unknown', 30);
    expect(namesOf(notThere())).toEqual(['film.2', 'part', 'film.3', 'film.1']);
    expect(namesOf(notThere(100, 2))).toEqual(['film.2', 'part']);
    expect(notThere()[0]).toEqual({
      digest: digestOf('film.2'),
      ext: 'mp4',
      sizeBytes: 1002,
      provenAtMs: null,
    });
  });

  it('are none that were looked at since, but where the date of that is not believed', () => {
    set('film.1', null, 'corrupt', 99);
    set('film.2', null, 'corrupt', 100);
    set('film.3', null, 'corrupt', 1001);
    expect(namesOf(notThere())).toEqual(['film.1', 'film.3']);
  });

  it('count as bad unless nobody knows; what is held no longer does not', () => {
    set('film.1', null, 'corrupt');
    set('film.2', null, 'missing');
    set('film.3', null, 'unreachable');
    set('film.4', null, 'unknown');
    set('erased', null, 'missing');
    set('part', 5);
    expect(open.catalogue.proofs.bad('vault')).toEqual({ files: 3, bytes: 3006 });
    expect(open.catalogue.proofs.bad('elsewhere')).toEqual({ files: 0, bytes: 0 });
    expect(namesOf(notThere())).not.toContain(undefined);
  });
});
