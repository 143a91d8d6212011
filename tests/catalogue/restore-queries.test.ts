import { describe, expect, it } from 'vitest';
import { createRestoreQueries } from '#catalogue/restore-queries.ts';
import type { PartFacts, RecordFacts } from '#core/journal-record.ts';
import type { RestoreAsked } from '#core/plan-restore.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());
const paths = (asked: RestoreAsked) =>
  [...createRestoreQueries(open.database).files(asked)].map(({ path }) =>
    path.replace(/^2026\/2026-11-22 /, ''),
  );

function apply(...facts: readonly RecordFacts[]) {
  const records = facts.map((one, index) => recordOf(one, index + 1));
  open.catalogue.together(() => open.catalogue.archive.apply(segmentOf(records)));
}

const part: PartFacts = {
  ...{ kind: 'part', part: 'p', video: 'Rome', partKind: 'raw', ext: 'mov', name: 'clip.mov' },
  ...{ digest: digestOf('clip'), sizeBytes: 4 },
};

describe('the files that are asked for', () => {
  it('are those of a video, with its older versions and parts, each with its size and date', () => {
    const dated = versionFacts('Rome', 2, { modifiedAt: '2026-01-02T03:04:05.000Z' });
    apply(videoFacts('Rome'), versionFacts('Rome'), dated, part, videoFacts('Oslo'), versionFacts('Oslo'));
    const files = [...createRestoreQueries(open.database).files({ kind: 'video', id: 'Rome' })];
    expect(files).toEqual([
      expect.objectContaining({
        path: expect.stringMatching(/older versions\/Rome \(version 1\)\.mp4$/),
        sizeBytes: 1001,
      }),
      expect.objectContaining({
        path: expect.stringMatching(/Rome\.mp4$/),
        modifiedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      }),
      expect.objectContaining({ path: expect.stringMatching(/raw\/clip\.mov$/), sizeBytes: 4 }),
    ]);
  });

  it('are those of the video that it was merged into', () => {
    apply(videoFacts('Rome'), versionFacts('Rome'), videoFacts('Oslo'), versionFacts('Oslo'));
    open.catalogue.archive.apply(segmentOf([recordOf({ kind: 'merge', from: 'Oslo', into: 'Rome' }, 9)]));
    expect(paths({ kind: 'video', id: 'Oslo' })).toEqual([
      'Rome/older versions/Rome (version 1).mp4',
      'Rome/Rome.mp4',
    ]);
    expect(paths({ kind: 'all' })).toHaveLength(2);
  });

  it('leave out what is in the trash, unless it is asked for by its id', () => {
    apply(videoFacts('Rome'), versionFacts('Rome'), { kind: 'trash', video: 'Rome', trashed: true });
    expect(paths({ kind: 'all' })).toEqual([]);
    expect(paths({ kind: 'query', words: 'rome' })).toEqual([]);
    expect(paths({ kind: 'video', id: 'Rome' })).toEqual(['Rome/Rome.mp4']);
  });

  it('are all of an archive that is larger than a page, and each once', () => {
    const names = Array.from({ length: 450 }, (_, n) => `v${n}`);
    apply(...names.flatMap((name) => [videoFacts(name), versionFacts(name)]));
    expect(paths({ kind: 'all' }).sort()).toEqual(names.map((name) => `${name}/${name}.mp4`).sort());
    expect(paths({ kind: 'query', words: 'V44' })).toHaveLength(11);
    expect(paths({ kind: 'video', id: 'nobody' })).toEqual([]);
  });
});
