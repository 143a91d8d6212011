import { describe, expect, it } from 'vitest';
import { splitExtension } from '#core/file-name.ts';
import type { PartKind, Role } from '#core/journal-record.ts';
import {
  type LibraryFile,
  type LibraryVideo,
  libraryFiles,
  libraryFolder,
  planLibrary,
} from '#core/library-path.ts';
import { foldName, titleOf } from '#core/safe-name.ts';
import { anyDigest, anyExt, digestOf } from '#tests/support/digests.ts';
import { anyFileName } from '#tests/support/names.ts';
import fc from '#tests/support/properties.ts';

const none = () => false;
const pathsOf = (some: LibraryVideo) => libraryFiles(some).map(({ path }) => path);
const bytesOf = (text: string) => new TextEncoder().encode(text).length;
const partKinds: readonly PartKind[] = ['raw', 'project', 'sound', 'subtitle', 'sidecar', 'still', 'other'];

const video = (change: Partial<LibraryVideo> = {}): LibraryVideo => ({
  title: 'Rome',
  folder: '2026/2026-11-22 Rome',
  versions: [{ digest: digestOf('1'), ext: 'mp4', number: 1, role: 'master' }],
  parts: [],
  ...change,
});

const anyRole = fc.constantFrom<Role>('master', 'published', 'draft');

/** Any video as intake makes it: a title from any file name, in a folder of its own. */
const anyVideo: fc.Arbitrary<LibraryVideo> = fc
  .record({
    title: anyFileName.map(titleOf),
    versions: fc.array(fc.record({ digest: anyDigest, ext: anyExt, role: anyRole }), {
      minLength: 1,
      maxLength: 5,
    }),
    parts: fc.array(
      fc.record({
        part: fc.uuid(),
        digest: anyDigest,
        ext: anyExt,
        kind: fc.constantFrom(...partKinds),
        name: fc.oneof(anyFileName, fc.constantFrom('clip.MP4', 'CLIP.mp4', 'clip (version 1).mp4')),
        path: fc.option(fc.constantFrom('', 'raw/day 1', 'RAW/Day 1', 'older versions', ' a:b /?')),
      }),
      { maxLength: 5 },
    ),
  })
  .map((facts) => ({
    ...facts,
    folder: libraryFolder(facts.title, '2026-11-22', none),
    versions: facts.versions.map((version, index) => ({ ...version, number: index + 1 })),
  }));

describe("a video's folder", () => {
  it.each([
    ['Rome', '2026/2026-11-22 Rome'],
    ['Part 1: Rome?', '2026/2026-11-22 Part 1 - Rome'],
    ['../../etc/passwd', '2026/2026-11-22 etc-passwd'],
    ['', '2026/2026-11-22 Untitled'],
  ])('is named by its day and its title: %j', (title, folder) => {
    expect(libraryFolder(title, '2026-11-22', none)).toBe(folder);
  });

  it('gets a number where another video has it, also in another case or another form of Unicode', () => {
    const taken = new Set(['2026/2026-11-22 café', '2026/2026-11-22 café (2)']);
    expect(libraryFolder('CAFE\u0301', '2026-11-22', (key) => taken.has(key))).toBe(
      '2026/2026-11-22 CAFÉ (3)',
    );
  });

  it('is another for each of many videos of one day', () => {
    fc.assert(
      fc.property(fc.array(anyFileName, { maxLength: 20 }), (names) => {
        const taken = new Set<string>();
        for (const name of names) {
          const folder = libraryFolder(titleOf(name), '2026-11-22', (key) => taken.has(key));
          expect(taken.has(foldName(folder))).toBe(false);
          taken.add(foldName(folder));
        }
      }),
    );
  });
});

describe('the files of a video', () => {
  it('are the newest version on top and the older ones below', () => {
    const versions = [1, 2, 3].map((number) => ({
      digest: digestOf(`${number}`),
      ext: number === 1 ? 'mov' : 'mp4',
      number,
      role: 'master' as const,
    }));
    expect(libraryFiles(video({ versions })).map(({ path }) => path)).toEqual([
      '2026/2026-11-22 Rome/older versions/Rome (version 1).mov',
      '2026/2026-11-22 Rome/older versions/Rome (version 2).mp4',
      '2026/2026-11-22 Rome/Rome.mp4',
    ]);
  });

  it('keep their parts in folders by kind, and two of one name apart', () => {
    const part = (name: string, kind: PartKind) => ({
      digest: digestOf(name + kind),
      ext: 'wav',
      kind,
      name,
      part: name + kind,
      path: null,
    });
    const parts = [part('Voice.wav', 'sound'), part('voice.WAV', 'sound'), part('Voice.wav', 'raw')];
    expect(pathsOf(video({ parts })).slice(1)).toEqual([
      '2026/2026-11-22 Rome/older versions/sound/Voice (version 1).wav',
      '2026/2026-11-22 Rome/sound/voice.WAV',
      '2026/2026-11-22 Rome/raw/Voice.wav',
    ]);
  });

  it('keep the folders of a project as they came, each made safe, the newest of one place in it', () => {
    const part = (path: string, name: string, bytes: string) => ({
      ...{ part: bytes, digest: digestOf(bytes), ext: splitExtension(name).ext, kind: 'raw' as const },
      ...{ name, path },
    });
    const parts = [
      part('', 'Rome.prproj', '1'),
      part('raw/Card: A', 'C0001.MP4', '2'),
      part('', 'Rome.prproj', '3'),
      part('', 'rome.PRPROJ', '4'),
      part('licences', 'README', '5'),
    ];
    expect(pathsOf(video({ parts })).slice(1)).toEqual([
      '2026/2026-11-22 Rome/older versions/as it came/Rome (version 1).prproj',
      '2026/2026-11-22 Rome/as it came/raw/Card - A/C0001.MP4',
      '2026/2026-11-22 Rome/older versions/as it came/Rome (version 2).prproj',
      '2026/2026-11-22 Rome/as it came/rome.PRPROJ',
      '2026/2026-11-22 Rome/as it came/licences/README',
    ]);
  });

  it('have the newest that is final on top, and else what was published, and else a draft', () => {
    const roles = (...of: readonly Role[]) =>
      pathsOf(
        video({
          versions: of.map((role, index) => ({
            ...{ digest: digestOf(`${index}`), ext: 'mp4', number: index + 1, role },
          })),
        }),
      ).indexOf('2026/2026-11-22 Rome/Rome.mp4');
    expect(roles('master', 'master', 'draft')).toBe(1);
    expect(roles('draft', 'published', 'draft')).toBe(1);
    expect(roles('draft', 'draft')).toBe(1);
    expect(roles('master', 'published')).toBe(0);
  });

  it('are none where there is no version and no part', () => {
    expect(libraryFiles(video({ versions: [] }))).toEqual([]);
  });

  it.each(['older versions', 'Raw', 'SOUND', 'As it came'])(
    'never take the name of a sub-folder: %j without an extension',
    (title) => {
      const versions = [1, 2].map((number) => ({
        ...{ digest: digestOf(`${number}`), ext: '', number, role: 'master' as const },
      }));
      const folder = libraryFolder(title, '2026-11-22', none);
      const [, newest] = libraryFiles(video({ title, folder, versions }));
      expect(newest?.path).toBe(`${folder}/${title}_`);
    },
  );
});

describe('the path of any file', () => {
  it('has parts of at most 143 bytes that every file system takes', () => {
    fc.assert(
      fc.property(anyVideo, (some) => {
        for (const { path } of libraryFiles(some)) {
          for (const part of path.split('/')) {
            expect(bytesOf(part)).toBeLessThanOrEqual(143);
            expect(part).not.toMatch(/^\.\.|^$|[\\:*?"<>|\p{Cc}]|[. ]$/u);
          }
          // Of what came in a project, what was hidden is hidden again.
          expect(path.split('/as it came/')[0]).not.toMatch(/(^|\/)\./);
          expect(path).not.toMatch(/\/\.(reelhold|restoring)-/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is its own, and no folder of another, on a disk that ignores case', () => {
    fc.assert(
      fc.property(anyVideo, (some) => {
        const paths = libraryFiles(some).map(({ path }) => foldName(path));
        expect(new Set(paths).size).toBe(paths.length);
        // What came as a file at one time and as a folder at another is shown as one of the two.
        const isOnce = (path: string) => !path.includes('/as it came/');
        for (const path of paths.filter(isOnce)) {
          expect(paths.some((other) => other.startsWith(`${path}/`))).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('stays in the folder of its video', () => {
    fc.assert(
      fc.property(anyVideo, (some) => {
        for (const { path } of libraryFiles(some)) {
          expect(path.startsWith(`${some.folder}/`)).toBe(true);
          expect(path.split('/')).not.toContain('..');
        }
      }),
    );
  });
});

const anyTree = fc.uniqueArray(
  fc.record({
    path: fc.constantFrom('a', 'b', 'c', 'd'),
    digest: fc.constantFrom(...['1', '2'].map(digestOf)),
  }),
  { selector: ({ path }) => path },
);

/** The tree after a plan was carried out. */
function carryOut(
  present: readonly { path: string; digest: string }[],
  plan: ReturnType<typeof planLibrary>,
): Map<string, string> {
  const tree = new Map(present.map(({ path, digest }) => [path, digest]));
  for (const path of plan.remove) tree.delete(path);
  for (const file of plan.make) tree.set(file.path, file.digest);
  return tree;
}

describe('the plan for the tree', () => {
  const wantedOf = (tree: readonly { path: string; digest: LibraryFile['digest'] }[]): LibraryFile[] =>
    tree.map((entry) => ({ ...entry, ext: 'mp4' }));

  it('makes what is missing or other, and removes what is too much', () => {
    const [one, two] = [digestOf('1'), digestOf('2')];
    const wanted = wantedOf([
      { path: 'same', digest: one },
      { path: 'other', digest: two },
      { path: 'new', digest: two },
    ]);
    const present = [
      { path: 'same', digest: one },
      { path: 'other', digest: one },
      { path: 'old', digest: one },
    ];
    const plan = planLibrary(wanted, present);
    expect(plan.make.map(({ path }) => path)).toEqual(['other', 'new']);
    expect(plan.remove).toEqual(['old']);
  });

  it('leads to the wanted tree from any other, and then to nothing more', () => {
    fc.assert(
      fc.property(anyTree, anyTree, (target, present) => {
        const wanted = wantedOf(target);
        const tree = carryOut(present, planLibrary(wanted, present));
        expect(tree).toEqual(new Map(target.map(({ path, digest }) => [path, digest])));
        expect(planLibrary(wanted, target)).toEqual({ make: [], remove: [] });
      }),
    );
  });
});
