import { describe, expect, it } from 'vitest';
import { createQueries } from '#catalogue/queries.ts';
import type { PartFacts, RecordFacts } from '#core/journal-record.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());

function apply(...facts: readonly RecordFacts[]) {
  const records = facts.map((one, index) => recordOf(one, index + 1));
  open.catalogue.together(() => open.catalogue.archive.apply(segmentOf(records)));
}

const partOf = (video: string, name: string, path?: string): PartFacts => ({
  ...{ kind: 'part', part: `${video}.${name}`, video, partKind: 'raw', ext: 'mov', name },
  ...{ digest: digestOf(name), sizeBytes: 4, ...(path === undefined ? {} : { path }) },
});

const lines = () =>
  createQueries(open.database, () => 0)
    .report()
    .map(({ title, number, name }) => ({ title, number, name }));

describe('the report on what is held', () => {
  it('names every version and every part, a part with the folders that it came in', () => {
    apply(videoFacts('Rome'), versionFacts('Rome'), partOf('Rome', 'clip.mov', 'raw/day 1'));
    apply(partOf('Rome', 'notes.txt'));
    expect(lines()).toEqual(
      expect.arrayContaining([
        { title: 'Rome', number: 1, name: 'Rome.mp4' },
        { title: 'Rome', number: null, name: 'raw/day 1/clip.mov' },
        { title: 'Rome', number: null, name: 'notes.txt' },
      ]),
    );
    expect(lines()).toHaveLength(3);
  });

  it('names what two projects share in each of them', () => {
    apply(videoFacts('Rome'), partOf('Rome', 'song.wav'), videoFacts('Oslo'), partOf('Oslo', 'song.wav'));
    expect(lines().map(({ title }) => title)).toEqual(expect.arrayContaining(['Rome', 'Oslo']));
  });

  it('keeps what is of one video together, though others came in between, the video first that has the oldest file', () => {
    apply(
      ...[videoFacts('Oslo'), versionFacts('Oslo'), videoFacts('Bern'), versionFacts('Bern')],
      ...[partOf('Oslo', 'late.mov'), versionFacts('Bern', 2), versionFacts('Oslo', 2)],
      partOf('Bern', 'later.mov'),
    );
    expect(lines().map(({ title, number, name }) => [title, number ?? name])).toEqual([
      ['Oslo', 1],
      ['Oslo', 'late.mov'],
      ['Oslo', 2],
      ['Bern', 1],
      ['Bern', 2],
      ['Bern', 'later.mov'],
    ]);
  });

  it('leaves out what is in the trash', () => {
    apply(videoFacts('Rome'), versionFacts('Rome'), partOf('Rome', 'clip.mov'));
    apply({ kind: 'trash', video: 'Rome', trashed: true });
    expect(lines()).toEqual([]);
  });
});
