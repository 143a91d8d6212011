import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type BlobRef, hexOf } from '#core/digest.ts';
import type { LibraryFile } from '#core/library-path.ts';
import type { Library, LibraryEntry } from '#core/ports/library.ts';
import { createDiskLibrary, type LibraryMode } from '#store/disk-library.ts';
import { digestOf } from '#tests/support/digests.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const blobFile = (ref: BlobRef) => join(folder.path, 'blobs', hexOf(ref.digest));
const at = (...parts: readonly string[]) => join(folder.path, 'library', ...parts);
const pool = useHashPool(1);

beforeEach(() => {
  mkdirSync(join(folder.path, 'blobs'));
});

const open = (mode: LibraryMode): Library => createDiskLibrary({ root: at(), mode, blobFile, pool });

/** A blob of some bytes, and where the tree is to show it. */
function fileOf(content: string, path = `2026/2026-11-22 Rome/${content}.mp4`): LibraryFile {
  const file = { digest: digestOf(content), ext: 'mp4', path };
  rmSync(blobFile(file), { force: true });
  writeFileSync(blobFile(file), content, { mode: 0o444 });
  return file;
}

async function make(library: Library, file: LibraryFile): Promise<LibraryEntry> {
  const [made] = await library.make([file]);
  if (made === undefined || made instanceof Error) throw made ?? new Error('nothing was made');
  return made;
}

/** Whether this file system can share bytes between files (btrfs, XFS). */
function canReflink(): boolean {
  try {
    copyFileSync(import.meta.filename, join(folder.path, 'probe'), 4 /* COPYFILE_FICLONE_FORCE */);
    return true;
  } catch {
    return false;
  }
}

describe('a file of the tree', () => {
  it.each(['auto', 'hardlink', 'copy'] as const)(
    'shows the bytes of its blob, read-only (%s)',
    async (mode) => {
      const file = fileOf('some bytes');
      const entry = await make(open(mode), file);
      expect(entry).toMatchObject(file);
      expect(readFileSync(at(file.path), 'utf8')).toBe('some bytes');
      expect(statSync(at(file.path)).mode & 0o777).toBe(0o444);
      const isSame = statSync(at(file.path)).ino === statSync(blobFile(file)).ino;
      expect(isSame).toBe(entry.link === 'hardlink');
      if (mode !== 'auto') expect(entry.link).toBe(mode);
      else expect(entry.link).toBe(canReflink() ? 'reflink' : 'hardlink');
    },
  );

  it('is not made in a way that was not asked for', async (context) => {
    if (canReflink()) return context.skip('this file system shares bytes');
    const [made] = await open('reflink').make([fileOf('some bytes')]);
    expect(made).toMatchObject({
      kind: 'unsupported',
      hint: expect.stringContaining('REELHOLD_LIBRARY_MODE=copy'),
    });
    expect(readdirSync(at('2026', '2026-11-22 Rome'))).toEqual([]);
  });

  it('is not linked to a vault on another file system, and the owner is told what to do', async () => {
    const library = createDiskLibrary({
      root: '/dev/shm/reelhold-test-library',
      mode: 'auto',
      blobFile,
      pool,
    });
    try {
      const [made] = await library.make([fileOf('some bytes')]);
      expect(made).toMatchObject({ kind: 'unsupported', hint: expect.stringContaining('same disk') });
    } finally {
      rmSync('/dev/shm/reelhold-test-library', { recursive: true, force: true });
    }
  });

  it('comes with many at once, in their order, each with its own fate', async () => {
    const files = ['one', 'two', 'three'].map((content) => fileOf(content));
    rmSync(blobFile(files[1] as LibraryFile));
    const made = await open('auto').make(files);
    expect(made.map((result) => (result instanceof Error ? result.kind : result.path))).toEqual([
      files[0]?.path,
      'missing',
      files[2]?.path,
    ]);
  });

  it('that stands there already, made before a crash, is taken for what it is', async () => {
    for (const mode of ['hardlink', 'copy'] as const) {
      const file = fileOf(`made as ${mode}`.repeat(100_000), `2026/${mode}.mp4`);
      const first = await make(open(mode), file);
      expect(await make(open(mode), file)).toEqual(first);
    }
  });

  it.each([
    ['can be written to', 'x'.repeat(1_500_000), 0o644],
    ['differs in its last byte', `${'x'.repeat(1_499_999)}y`, 0o444],
    ['is shorter and other', 'y', 0o444],
  ])('that stands there, but %s, is not taken for ours', async (_, content, mode) => {
    const file = fileOf('x'.repeat(1_500_000), '2026/large.mp4');
    mkdirSync(at('2026'), { recursive: true });
    writeFileSync(at(file.path), content, { mode });
    expect((await open('copy').make([file]))[0]).toBeInstanceOf(Error);
    expect(readFileSync(at(file.path), 'utf8')).toBe(content);
  });

  it.each([
    ['nothing yet', ''],
    ['a beginning of it', 'x'.repeat(700_000)],
  ])('is made in the place of what a crash left of it: %s', async (_, content) => {
    for (const mode of ['hardlink', 'copy'] as const) {
      const file = fileOf('x'.repeat(1_500_000), `2026/${mode} cut.mp4`);
      mkdirSync(at('2026'), { recursive: true });
      writeFileSync(at(file.path), content);
      expect(await make(open(mode), file)).toMatchObject({ link: mode });
      expect(statSync(at(file.path)).size).toBe(1_500_000);
    }
  });

  it('never takes the place of what somebody else put there', async () => {
    for (const mode of ['hardlink', 'copy'] as const) {
      const file = fileOf(`to be ${mode}`);
      mkdirSync(at('2026', '2026-11-22 Rome'), { recursive: true });
      writeFileSync(at(file.path), 'theirs');
      const [made] = await open(mode).make([file]);
      expect(made).toBeInstanceOf(Error);
      expect(readFileSync(at(file.path), 'utf8')).toBe('theirs');
    }
  });

  it('never takes the place of a link, nor is it made behind one', async () => {
    const file = fileOf('some bytes');
    mkdirSync(at('2026', '2026-11-22 Rome'), { recursive: true });
    symlinkSync(join(folder.path, 'elsewhere'), at(file.path));
    expect((await open('copy').make([file]))[0]).toBeInstanceOf(Error);
    expect(readdirSync(folder.path)).not.toContain('elsewhere');
  });
});

describe('an entry', () => {
  let library: Library;
  let file: LibraryFile;
  let entry: LibraryEntry;
  beforeEach(async () => {
    library = open('hardlink');
    file = fileOf('some bytes');
    entry = await make(library, file);
  });
  const write = () => {
    chmodSync(at(file.path), 0o644);
    writeFileSync(at(file.path), 'other data');
    utimesSync(at(file.path), 1_800_000_000, 1_800_000_000);
  };

  it('is untouched, also after another link to the same blob was made', async () => {
    await make(library, { ...file, path: '2026/other.mp4' });
    expect(await library.check(entry)).toBe('untouched');
  });

  it('is seen to be written to, replaced, or gone', async () => {
    write();
    expect(await library.check(entry)).toBe('written');
    rmSync(at(file.path));
    expect(await library.check(entry)).toBe('gone');
    writeFileSync(at(file.path), 'some bytes');
    expect(await library.check(entry)).toBe('written');
    rmSync(at('2026'), { recursive: true });
    writeFileSync(at('2026'), 'a file now');
    expect(await library.check(entry)).toBe('gone');
  });

  it('is removed with the folders that it leaves empty, and no others; the blob stays', async () => {
    const other = await make(library, fileOf('other', '2026/2026-11-22 Oslo/Oslo.mp4'));
    await library.remove(entry, { evenIfWritten: false });
    expect(readdirSync(at('2026'))).toEqual(['2026-11-22 Oslo']);
    await library.remove(other, { evenIfWritten: false });
    expect(readdirSync(at())).toEqual([]);
    expect(readFileSync(blobFile(file), 'utf8')).toBe('some bytes');
  });

  it('leaves what others put beside it', async () => {
    writeFileSync(at('2026', '2026-11-22 Rome', 'notes.txt'), 'theirs');
    await library.remove(entry, { evenIfWritten: false });
    expect(readdirSync(at('2026', '2026-11-22 Rome'))).toEqual(['notes.txt']);
  });

  it('that is gone is fine to remove', async () => {
    rmSync(at('2026'), { recursive: true });
    await library.remove(entry, { evenIfWritten: true });
  });

  it('that somebody wrote to stays, unless its bytes were replaced in the vault', async () => {
    write();
    await library.remove(entry, { evenIfWritten: false });
    expect(readFileSync(at(file.path), 'utf8')).toBe('other data');
    await library.remove(entry, { evenIfWritten: true });
    expect(readdirSync(at())).toEqual([]);
  });

  it('in whose place another file stands is never removed', async () => {
    rmSync(at(file.path));
    writeFileSync(at(file.path), 'theirs');
    for (const evenIfWritten of [false, true]) await library.remove(entry, { evenIfWritten });
    expect(readFileSync(at(file.path), 'utf8')).toBe('theirs');
  });
});
