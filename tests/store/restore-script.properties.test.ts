import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { IndexRow } from '#core/index-row.ts';
import { type PartKind, partKinds } from '#core/journal-record.ts';
import { type LibraryVideo, libraryFiles, libraryFolder } from '#core/library-path.ts';
import { partPlace } from '#core/part-paths.ts';
import { foldName, titleOf } from '#core/safe-name.ts';
import { anyExt } from '#tests/support/digests.ts';
import { anyFileName } from '#tests/support/names.ts';
import { filesBelow, makePlainArchive, type PlainArchive } from '#tests/support/plain-archive.ts';
import fc from '#tests/support/properties.ts';
import { type BareShell, installedShells, makeBareShell, runRestore } from '#tests/support/restore-run.ts';
import { testSeed } from '#tests/support/seed.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const temp = useTempFolder();
const seed = testSeed();
const runs = { numRuns: 8, seed };

interface PlannedVideo {
  readonly name: string;
  readonly versions: readonly string[];
  readonly parts: readonly {
    readonly kind: PartKind;
    readonly name: string;
    readonly ext: string;
    readonly path: string | null;
    readonly bytes: number;
  }[];
  readonly isTrashed: boolean;
}

const anyVideo: fc.Arbitrary<PlannedVideo> = fc.record({
  name: anyFileName,
  versions: fc.array(anyExt, { minLength: 1, maxLength: 3 }),
  parts: fc.array(
    fc.record({
      kind: fc.constantFrom(...partKinds),
      name: fc.oneof(anyFileName, fc.constant('song.wav')),
      ext: anyExt,
      path: fc.option(fc.constantFrom('', 'day 1', 'day 1/Card A', 'Musik')),
      bytes: fc.nat(3),
    }),
    { maxLength: 4 },
  ),
  isTrashed: fc.boolean(),
});

/** Names that hide a file, and those that a restore gives to what it has not finished, in whatever spelling. */
const anyHiddenName: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.constantFrom('.', ' ', '-', '\u202E', '\u200B', '\t', '\uF029'), { maxLength: 4 }),
    fc.constantFrom('reelhold-', '.Reelhold-', 'restoring-', '.restoring-', 'reelhold', 'project', ''),
    fc.oneof(fc.constant(''), anyFileName),
  )
  .map(([dots, word, rest]) => `.${dots.join('')}${word}${rest}`);

/** A line of an index that is none: torn, doubled into one, or noise; never a line break within. */
const anyNoise = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }),
  fc.array(fc.constantFrom('-', '..', '/', '\t', 'blobs/sha256/', 'a'.repeat(64), '7', '$(x)'), {
    minLength: 1,
  }),
);

interface Plan {
  readonly videos: readonly PlannedVideo[];
  readonly noise: readonly (string | readonly string[])[];
  /** In how many files of the index the lines are, and where each of them goes. */
  readonly spread: readonly number[];
}

const anyPlan: fc.Arbitrary<Plan> = fc.record({
  videos: fc.array(anyVideo, { minLength: 1, maxLength: 5 }),
  noise: fc.array(anyNoise, { maxLength: 4 }),
  spread: fc.array(fc.nat(6), { minLength: 20, maxLength: 20 }),
});

/** Writes the archive that such a history leaves, and gives the readable tree that belongs to it. */
function writeArchive(archive: PlainArchive, plan: Plan): Record<string, string> {
  const expected: Record<string, string> = {};
  const taken = new Set<string>();
  const rows: IndexRow[] = [];
  let seq = 0;
  plan.videos.forEach((planned, at) => {
    const title = titleOf(planned.name);
    const folder = libraryFolder(title, '2026-11-22', (key) => taken.has(key));
    taken.add(foldName(folder));
    const bytesOf = (what: string) => `${what} of video ${at}`;
    const versions = planned.versions.map((ext, n) => ({
      ...archive.addBlob(bytesOf(`version ${n + 1}`), ext),
      number: n + 1,
      role: 'master' as const,
    }));
    // Some bytes are at more than one place: music in two videos, a clip that is a part and a version.
    const partBytes = ['shared music', `part of video ${at}`, 'version 1 of video 0', 'shared logo'];
    const parts = planned.parts.map(({ kind, name, ext, path, bytes }, n) => ({
      ...archive.addBlob(
        partBytes[bytes] ?? '',
        bytes === 2 ? (plan.videos[0]?.versions[0] ?? '') : bytes === 1 ? ext : 'wav',
      ),
      ...{ kind, name, path, part: `${at}-${n}` },
    }));
    const stateAfter = (count: number): LibraryVideo => ({
      title,
      folder,
      versions: versions.slice(0, count),
      parts: count === versions.length ? parts : [],
    });
    for (let count = 1; count <= versions.length; count += 1) {
      seq += 1;
      for (const { path, ...blob } of libraryFiles(stateAfter(count))) {
        rows.push({ ...blob, readablePath: path, seq });
      }
    }
    const final = libraryFiles(stateAfter(versions.length));
    seq += 1;
    if (planned.isTrashed)
      rows.push(...final.map(({ path: _, ...blob }) => ({ ...blob, readablePath: null, seq })));
    else for (const file of final) expected[file.path] = readFileSync(archive.pathOf(file), 'utf8');
  });
  writeIndex(archive, rows, plan);
  return expected;
}

/** In any order, some lines twice, noise between them, and some files without an end. */
function writeIndex(archive: PlainArchive, rows: readonly IndexRow[], { spread, noise }: Plan): void {
  const files: (IndexRow | string)[][] = Array.from({ length: 7 }, () => []);
  const put = (line: IndexRow | string, at: number) => files[spread[at % spread.length] ?? 0]?.unshift(line);
  rows.forEach((row, at) => {
    put(row, at);
    if (at % 3 === 0) put(row, at + 7);
  });
  noise.forEach((text, at) => {
    put((typeof text === 'string' ? text : text.join('')).replaceAll('\n', ' '), at + 3);
  });
  files.forEach((lines, at) => {
    if (lines.length > 0) archive.addIndex(lines, at % 2 === 0 ? '\n' : '');
  });
}

describe.each(installedShells)('restore.sh in %s', (shellName) => {
  const makeFolders = () => {
    for (const name of readdirSync(temp.path)) rmSync(join(temp.path, name), { recursive: true });
    const shell = makeBareShell(shellName, temp.path);
    return {
      shell,
      archive: makePlainArchive(join(temp.path, 'archive')),
      target: join(temp.path, 'target'),
    };
  };
  const restore = (shell: BareShell, ...args: readonly string[]) =>
    runRestore(shell, { args: [...args, 'target'], cwd: temp.path, script: 'archive/restore.sh' });

  it('gives the readable tree of every history, whatever its files were called', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, async (plan) => {
        const { shell, archive, target } = makeFolders();
        const expected = writeArchive(archive, plan);
        const outcome = await restore(shell, '--check');
        expect(filesBelow(target), outcome.complained).toEqual(expected);
        const left = outcome.complained
          .split('\n')
          .filter((line) => !/damaged line|^restore.sh: Problems/.test(line));
        expect(left.join('')).toBe('');
        expect(outcome.code).toBe(plan.noise.some((text) => text.length > 0 && !isBlank(text)) ? 1 : 0);
      }),
      runs,
    );
  });

  it('takes no place of a part for a damaged line, whatever file and folders were called', {
    timeout: 300_000,
  }, async () => {
    const { shell, archive, target } = makeFolders();
    const blob = archive.addBlob('bytes', 'bin');
    const anyPart = fc.record({
      name: fc.oneof(anyFileName, anyHiddenName, anyHiddenName),
      folder: fc.oneof(anyFileName, anyHiddenName),
    });
    const known = [
      '.reelhold-x',
      '..reelhold-x',
      '. restoring-x',
      '.\u202Ereelhold-x.txt',
      '..',
      '...',
      '.-',
    ];
    const parts = [
      ...known.flatMap((name) => [
        { name, folder: 'Musik' },
        { name: 'song.wav', folder: name },
      ]),
      ...fc.sample(anyPart, { numRuns: 300, seed }),
    ];
    const rows = parts.map(({ name, folder }, n) => ({
      ...blob,
      readablePath: `2026/Rome/${partPlace({ kind: 'other', name, path: `${n}/${folder}` }, null)}`,
      ...{ seq: n + 1, part: `part-${n}` },
    }));
    archive.addIndex(rows);
    const outcome = await restore(shell);
    expect(outcome).toMatchObject({ complained: '', code: 0 });
    expect(Object.keys(filesBelow(target)).toSorted()).toEqual(
      rows.map(({ readablePath }) => readablePath).toSorted(),
    );
  });

  it('brings every byte, and nothing out of its folder, whichever bit of the index flips', {
    timeout: 300_000,
  }, async () => {
    const anyFlips = fc.array(
      fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), bit: fc.nat(7) }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(anyPlan, anyFlips, async ({ videos, ...plan }, flips) => {
        const { shell, archive, target } = makeFolders();
        const kept = videos.map((video) => ({ ...video, isTrashed: false }));
        const expected = writeArchive(archive, { ...plan, noise: [], videos: kept });
        for (const { at, bit } of flips) flipBit(join(archive.root, 'index'), at, bit);
        writeFileSync(join(temp.path, 'outside'), 'outside');
        const before = filesBelow(archive.root);
        await restore(shell);
        // Bytes that have several places need not be found at each of them.
        const bytes = (files: Readonly<Record<string, string>>) =>
          [...new Set(Object.values(files))].toSorted();
        expect(bytes(filesBelow(target))).toEqual(bytes(expected));
        expect(filesBelow(archive.root)).toEqual(before);
        expect(readdirSync(temp.path).toSorted()).toEqual(
          ['archive', 'outside', 'target', `tools of ${shellName}`].toSorted(),
        );
      }),
      runs,
    );
  });
});

/** A line of nothing but separators is none to any shell. */
function isBlank(text: string | readonly string[]): boolean {
  return typeof text === 'string' ? text === '' : text.join('') === '';
}

function flipBit(folder: string, share: number, bit: number): void {
  const names = readdirSync(folder).toSorted();
  const path = join(folder, names[Math.floor(share * names.length)] ?? '');
  const bytes = readFileSync(path);
  const at = Math.floor(((share * names.length) % 1) * bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  writeFileSync(path, bytes);
}
