import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGenericName } from '#core/generic-names.ts';
import { libraryFiles } from '#core/library-path.ts';
import type { TakenFile } from '#core/plan-intake.ts';
import { foldName } from '#core/safe-name.ts';
import { createModelArchive } from '#tests/support/model-archive.ts';
import { anyFileName } from '#tests/support/names.ts';
import { countedIds, file, takeAll } from '#tests/support/taken-files.ts';

const anyName = fc.oneof(
  fc.constantFrom(
    'Rome.mp4',
    'ROME.mov',
    'Rome:.mp4',
    'rome',
    'Rome (2).mp4',
    'IMG_0001.mp4',
    'final.mov',
    'Cafe\u0301.mp4',
    'CAFÉ.mp4',
  ),
  anyFileName,
);
const anyFile = fc
  .record({
    name: anyName,
    bytes: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    day: fc.constantFrom('2026-11-21', '2026-11-22'),
    continues: fc.option(fc.constantFrom('id-1', 'id-3', 'gone'), { freq: 6 }),
  })
  .map(({ name, bytes, ...change }) => file(name, bytes, change));
const anyBatch = fc.array(anyFile, { minLength: 1, maxLength: 6 });
/** Batches that were taken before, and which of their videos went to the trash then. */
const anyPast = fc.record({
  batches: fc.array(anyBatch, { maxLength: 3 }),
  trashed: fc.array(fc.nat(5), { maxLength: 2 }),
});

function archiveOf({ batches, trashed }: { batches: readonly TakenFile[][]; trashed: readonly number[] }) {
  const archive = createModelArchive();
  const newId = countedIds();
  takeAll(archive, batches, newId);
  for (const index of trashed) {
    const video = archive.videos()[index];
    if (video !== undefined) archive.trash(video.id);
  }
  return { archive, newId };
}

describe('whatever is taken', () => {
  it('a batch becomes what its files would become one by one', () => {
    fc.assert(
      fc.property(anyPast, anyBatch, (past, files) => {
        const together = archiveOf(past);
        const apart = archiveOf(past);
        const [plan] = takeAll(together.archive, [files], together.newId);
        const steps = takeAll(
          apart.archive,
          files.map((one) => [one]),
          apart.newId,
        );
        expect(plan?.outcomes).toEqual(steps.flatMap(({ outcomes }) => outcomes));
        expect(plan?.drafts).toEqual(steps.flatMap(({ drafts }) => drafts));
      }),
      { numRuns: 1000 },
    );
  });

  it('there is one outcome for each file, and each outcome names a version that holds these bytes', () => {
    fc.assert(
      fc.property(anyPast, anyBatch, (past, files) => {
        const { archive, newId } = archiveOf(past);
        const [plan] = takeAll(archive, [files], newId);
        const named = plan?.outcomes.map(
          ({ video, version }) =>
            archive
              .videos()
              .find(({ id }) => id === video)
              ?.versions.find((one) => one.version === version)?.digest,
        );
        expect(named).toEqual(files.map(({ digest }) => digest));
      }),
    );
  });

  it('the versions of a video are numbered without a gap, and the same bytes never stand twice', () => {
    fc.assert(
      fc.property(fc.array(anyBatch, { maxLength: 4 }), (batches) => {
        const archive = createModelArchive();
        takeAll(archive, batches);
        for (const { versions } of archive.videos()) {
          expect(versions.map(({ number }) => number)).toEqual(versions.map((_, index) => index + 1));
        }
        const digests = archive.videos().flatMap(({ versions }) => versions.map(({ digest }) => digest));
        expect(new Set(digests).size).toBe(digests.length);
        expect(new Set(digests)).toEqual(new Set(batches.flat().map(({ digest }) => digest)));
      }),
    );
  });

  it('a name that says nothing never leads to a video, unless the file goes on from it', () => {
    fc.assert(
      fc.property(fc.array(anyBatch, { maxLength: 4 }), (batches) => {
        const archive = createModelArchive();
        const plans = takeAll(
          archive,
          batches.map((files) => files.map((one) => ({ ...one, continues: null }))),
        );
        for (const { facts } of plans.flatMap(({ drafts }) => drafts)) {
          if (facts.kind === 'version' && isGenericName(facts.name)) expect(facts.number).toBe(1);
        }
      }),
    );
  });

  it('each video has a folder of its own, also on a disk that ignores case', () => {
    fc.assert(
      fc.property(fc.array(anyBatch, { maxLength: 4 }), (batches) => {
        const archive = createModelArchive();
        takeAll(archive, batches);
        const folders = archive.videos().map(({ folder }) => foldName(folder));
        expect(new Set(folders).size).toBe(folders.length);
      }),
    );
  });

  it('the last row of each digest in the index says where the library shows it', () => {
    fc.assert(
      fc.property(anyPast, anyBatch, (past, files) => {
        const archive = createModelArchive();
        const plans = takeAll(archive, [...past.batches, files]);
        const rows = plans.flatMap(({ drafts }) => drafts.flatMap(({ index }) => index));
        const shown = archive.videos().flatMap((video) => libraryFiles(video));
        expect(new Map(rows.map((row) => [row.digest, row.readablePath]))).toEqual(
          new Map(shown.map(({ digest, path }) => [digest, path])),
        );
      }),
      { numRuns: 500 },
    );
  });
});
