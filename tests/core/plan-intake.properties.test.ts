import { describe, expect, it } from 'vitest';
import type { Digest } from '#core/digest.ts';
import { isGenericName } from '#core/generic-names.ts';
import { libraryFiles } from '#core/library-path.ts';
import type { TakenFile, TakeOutcome } from '#core/plan-intake.ts';
import { foldName } from '#core/safe-name.ts';
import { createModelArchive, type ModelArchive } from '#tests/support/model-archive.ts';
import { anyFileName } from '#tests/support/names.ts';
import fc from '#tests/support/properties.ts';
import { countedIds, file, projectFile, takeAll } from '#tests/support/taken-files.ts';

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
const anyProjectFile = fc
  .record({
    folder: fc.constantFrom('Rome', 'Rome', 'Oslo', 'DCIM'),
    path: fc.constantFrom('', 'raw', 'RAW', 'final', 'draft', 'Musik', 'PRIVATE/M4ROOT/CLIP'),
    name: fc.constantFrom(
      'Rome.mp4',
      'rome.MP4',
      'C0001.MP4',
      'C0001M01.XML',
      'song.wav',
      'Rome.prproj',
      'x',
    ),
    bytes: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  })
  .map(({ folder, path, name, bytes }) =>
    projectFile(`${folder}/${path === '' ? '' : `${path}/`}${name}`, bytes),
  );
const anySidecar = fc
  .record({ bytes: fc.constantFrom('a', 'x', 'y'), video: fc.constantFrom('id-1', 'id-3', 'gone') })
  .map(({ bytes, video }) =>
    file('Rome.srt', bytes, { belongs: { kind: 'beside', video, partKind: 'subtitle' } }),
  );
const anyBatch = fc.array(
  fc.oneof({ arbitrary: anyFile, weight: 3 }, { arbitrary: anyProjectFile, weight: 3 }, anySidecar),
  {
    minLength: 1,
    maxLength: 6,
  },
);
/** Batches that were taken before, and which of their videos went to the trash then. */
const anyPast = fc.record({
  batches: fc.array(anyBatch, { maxLength: 3 }),
  trashed: fc.array(fc.nat(5), { maxLength: 2 }),
});

function digestNamed(archive: ModelArchive, outcome: TakeOutcome) {
  const video = archive.videos().find(({ id }) => id === outcome.video);
  if ('part' in outcome) return video?.parts.find(({ part }) => part === outcome.part)?.digest;
  return video?.versions.find(({ version }) => version === outcome.version)?.digest;
}

function placeOf({ digest, part }: { readonly digest: Digest; readonly part?: string }): string {
  return `${digest} ${part ?? ''}`;
}

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
        const named = plan?.outcomes.map((outcome) => digestNamed(archive, outcome));
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
        const parts = archive.videos().flatMap((video) => video.parts.map(({ digest }) => digest));
        expect(new Set([...digests, ...parts])).toEqual(new Set(batches.flat().map(({ digest }) => digest)));
      }),
    );
  });

  it('a name that says nothing never leads to a video, unless the file goes on from it', () => {
    fc.assert(
      fc.property(fc.array(anyBatch, { maxLength: 4 }), (batches) => {
        const archive = createModelArchive();
        const plans = takeAll(
          archive,
          batches.map((files) =>
            files
              .map((one) => ({ ...one, continues: null }))
              .filter(({ belongs }) => belongs?.kind !== 'project'),
          ),
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

  it('the last row of each place in the index says where the library shows it', () => {
    fc.assert(
      fc.property(anyPast, anyBatch, (past, files) => {
        const archive = createModelArchive();
        const plans = takeAll(archive, [...past.batches, files]);
        const rows = plans.flatMap(({ drafts }) => drafts.flatMap(({ index }) => index));
        const shown = archive.videos().flatMap((video) => libraryFiles(video));
        expect(new Map(rows.map((row) => [placeOf(row), row.readablePath]))).toEqual(
          new Map(shown.map((file) => [placeOf(file), file.path])),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('every order in which the files of projects come leaves the same projects, with every file in them', () => {
    const anyOrders = fc
      .uniqueArray(anyProjectFile, { maxLength: 8, selector: ({ belongs, name }) => placeKey(belongs, name) })
      .chain((files) =>
        fc.tuple(fc.constant(files), fc.shuffledSubarray(files, { minLength: files.length })),
      );
    fc.assert(
      fc.property(anyOrders, ([files, shuffled]) => {
        const [one, other] = [createModelArchive(), createModelArchive()];
        takeAll(one, [files]);
        takeAll(
          other,
          shuffled.map((each) => [each]),
        );
        expect(accountOf(other)).toEqual(accountOf(one));
        const taken = files.map(({ digest, belongs }) => `${keyOf(belongs)} ${digest}`);
        const held = one
          .videos()
          .flatMap((video) =>
            [...video.versions, ...video.parts].map(({ digest }) => `${video.project} ${digest}`),
          );
        expect(new Set(held)).toEqual(new Set(taken));
      }),
      { numRuns: 500 },
    );
  });
});

const keyOf = (belongs: TakenFile['belongs']) => (belongs?.kind === 'project' ? belongs.key : '');
const placeKey = (belongs: TakenFile['belongs'], name: string) =>
  foldName(`${keyOf(belongs)}/${belongs?.kind === 'project' ? belongs.path : ''}/${name}`);

/** What an archive holds of each project, whatever came first: bytes that are in two projects are a version of one. */
function accountOf(archive: ModelArchive) {
  const accounts = archive.videos().map((video) => ({
    project: video.project,
    title: video.title,
    digests: [...new Set([...video.versions, ...video.parts].map(({ digest }) => digest))].sort(),
    parts: video.parts
      .filter(({ kind }) => kind !== 'other')
      .map(({ path, name, digest }) => `${path}/${name} ${digest}`)
      .sort(),
  }));
  return accounts.sort((a, b) => ((a.project ?? '') < (b.project ?? '') ? -1 : 1));
}
