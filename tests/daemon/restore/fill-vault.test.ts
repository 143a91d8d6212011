import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobPath } from '#core/digest.ts';
import { translateError } from '#core/errors.ts';
import type { RestoreFile } from '#core/plan-restore.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import type { VaultBuilder } from '#core/ports/vault-builder.ts';
import { indexNameOf } from '#core/segment-name.ts';
import {
  type FillDeps,
  fillBlobs,
  fillJournal,
  type ListedBlob,
  listBlobs,
  requireRoom,
} from '#daemon/restore/fill-vault.ts';
import { createHashPool, type HashPool } from '#store/hash-pool.ts';
import { makeSegment } from '#store/make-segment.ts';
import { lookAtVault, openVaultBuilder } from '#store/vault-builder.ts';
import { type ArchiveCopy, archiveMark, copyMark, makeArchiveCopy } from '#tests/support/archive-copy.ts';
import { digestOf } from '#tests/support/digests.ts';
import { recordOf, segmentOf, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const { signal } = new AbortController();
let pool: HashPool;
let vault: VaultBuilder & Disposable;
let copy: ArchiveCopy;
beforeEach(async () => {
  pool = createHashPool(2);
  vault = await openVaultBuilder({ root: root(), pool });
  copy = makeArchiveCopy();
});
afterEach(async () => {
  vault[Symbol.dispose]();
  await pool[Symbol.asyncDispose]();
});

const root = () => join(folder.path, 'vault');
const deps = (change: Partial<FillDeps> = {}): FillDeps => ({
  ...{ source: copy.source, vault, requireSource: async () => {} },
  ...change,
});
const blobs = () => listBlobs(copy, () => false, signal);
const fill = async (change?: Partial<FillDeps>, list?: readonly ListedBlob[]) => {
  const done: string[] = [];
  const options = { signal, onProgress: () => {}, onDone: ({ path }: ListedBlob) => void done.push(path) };
  return { report: await fillBlobs(list ?? (await blobs()), deps(change), options), done };
};
const standing = (folderName: 'journal' | 'index', name: string) =>
  readFileSync(join(root(), folderName, name), 'utf8');
/** Three segments with their indexes, in their order. */
const holdSegments = () => {
  const make = (title: string, seq: number) => {
    const index = { digest: digestOf(title), ext: 'mp4', readablePath: `2026/${title}.mp4`, seq };
    const segment = makeSegment([recordOf(videoFacts(title), seq)], [index]);
    copy.place.files.set(`journal/${segment.name}`, segment.content);
    copy.place.files.set(`index/${indexNameOf(segment.name)}`, segment.index);
    return segment;
  };
  return [make('Rome', 1), make('Oslo', 2), make('Bern', 3)] as const;
};
/** The copy, with a bad sector below one of its files. */
const failingAt = (bad: string): ArchiveSource => ({
  ...copy.source,
  read(path, ...rest) {
    if (path !== bad) return copy.source.read(path, ...rest);
    const facts = { operation: 'read', object: path, side: 'source' } as const;
    return Promise.reject(translateError(Object.assign(new Error('i/o'), { code: 'EIO' }), facts));
  },
});
/** Other bytes of the same size, as a disk has them that rots. */
const rot = (file: RestoreFile) => {
  const text = content(file);
  rmSync(join(root(), blobPath(file)));
  writeFileSync(join(root(), blobPath(file)), `X${text.slice(1)}`);
};
const keptAside = () =>
  readdirSync(join(root(), 'quarantine')).map((name) =>
    readFileSync(join(root(), 'quarantine', name), 'utf8'),
  );
const content = (file: RestoreFile) => readFileSync(join(root(), blobPath(file)), 'utf8');

describe('a vault that is filled from a copy of its archive', () => {
  it('gets every blob, flushed and under its name, and is an archive only in the end', async () => {
    const files = ['rome', 'oslo', 'bern'].map((text) => copy.hold(`${text}.mp4`, text));
    const { report, done } = await fill();
    expect(report).toEqual({ brought: 3, there: 0, failed: [] });
    expect(done).toHaveLength(3);
    expect(files.map(content)).toEqual(['rome', 'oslo', 'bern']);
    expect(readdirSync(join(root(), 'staging'))).toEqual([]);
    expect(await lookAtVault(root())).toMatchObject({ vaultMark: null, hasArchiveFiles: true });
    await vault.finish(archiveMark, { ...copyMark, role: 'vault' });
    expect(await lookAtVault(root())).toMatchObject({ vaultMark: archiveMark });
    expect(readdirSync(root())).toContain('restore.sh');
  });

  it('goes on where it was, and puts right what was cut off', async () => {
    const [cut, whole] = ['a long text', 'whole'].map((text) => copy.hold('x.mp4', text));
    await fill();
    if (cut === undefined || whole === undefined) throw new Error('no files');
    vault[Symbol.dispose]();
    rmSync(join(root(), blobPath(cut)));
    writeFileSync(join(root(), blobPath(cut)), 'a lo');
    vault = await openVaultBuilder({ root: root(), pool });
    expect((await fill()).report).toEqual({ brought: 1, there: 1, failed: [] });
    expect(content(cut)).toBe('a long text');
    expect(readdirSync(join(root(), 'quarantine'))).toHaveLength(1);
  });

  it('takes nothing that is damaged, and all the rest', async () => {
    const [bad, good] = ['bad', 'good'].map((text) => copy.hold(`${text}.mp4`, text));
    if (bad === undefined || good === undefined) throw new Error('no files');
    copy.damage(bad.digest);
    const { report } = await fill();
    expect(report.failed).toEqual([{ path: blobPath(bad), why: 'the copy there is damaged' }]);
    expect(content(good)).toBe('good');
    expect(await vault.checkBlob(bad, { signal, onProgress: () => {} })).toBe('missing');
    expect(readdirSync(join(root(), 'staging'))).toEqual([]);
  });

  it('believes no blob that stands there by its size: good bytes take the place of bad ones, which are kept', async () => {
    const [rotten, whole] = ['rotten', 'whole'].map((text) => copy.hold('x.mp4', text));
    const sound = copy.hold('x.mp4', 'sound');
    if (rotten === undefined || whole === undefined) throw new Error('no files');
    await fill();
    rot(rotten);
    copy.place.files.set(blobPath(sound), Buffer.from('so'));
    const bytes: number[] = [];
    const options = {
      signal,
      onProgress: (_: ListedBlob, done: number) => void bytes.push(done),
      onDone: () => {},
    };
    expect(await fillBlobs(await blobs(), deps(), options)).toEqual({ brought: 1, there: 2, failed: [] });
    expect([rotten, whole, sound].map(content)).toEqual(['rotten', 'whole', 'sound']);
    expect(keptAside()).toEqual(['Xotten']);
    expect(readdirSync(join(root(), 'staging'))).toEqual([]);
  });

  it('keeps bad bytes where the copy has no good ones either, and says so', async () => {
    const [damaged, gone] = ['damaged', 'gone'].map((text) => copy.hold('x.mp4', text));
    if (damaged === undefined || gone === undefined) throw new Error('no files');
    const list = await blobs();
    await fill();
    for (const file of [damaged, gone]) rot(file);
    copy.damage(damaged.digest);
    copy.place.files.delete(blobPath(gone));
    const { report } = await fill({}, list);
    expect(report).toMatchObject({ brought: 0, there: 0 });
    expect(report.failed).toHaveLength(2);
    expect(report.failed).toEqual(
      expect.arrayContaining([
        {
          path: blobPath(damaged),
          why: 'what stands here is damaged; the copy there is damaged',
        },
        { path: blobPath(gone), why: expect.stringContaining('what stands here is damaged; ') },
      ]),
    );
    expect([damaged, gone].map(content)).toEqual(['Xamaged', 'Xone']);
    expect(keptAside()).toEqual([]);
  });

  it('puts good bytes in the place of bad ones that came with another extension', async () => {
    const file = copy.hold('x.mp4', 'text');
    const other = { ...file, ext: 'mov' };
    await fill();
    renameSync(join(root(), blobPath(file)), join(root(), blobPath(other)));
    expect((await fill()).report).toMatchObject({ brought: 1 });
    expect(keptAside()).toEqual([]);
    rot(other);
    await fill();
    expect(content(other)).toBe('text');
    expect(keptAside()).toEqual(['Xext']);
    expect(readdirSync(join(root(), blobPath(file), '..'))).toHaveLength(1);
  });

  it('ends where the copy is gone, instead of calling all the rest missing', async () => {
    for (let n = 0; n < 30; n += 1) copy.hold('x.mp4', `text ${n}`);
    const list = await blobs();
    copy.place.away = 'not-connected';
    const requireSource = () => Promise.reject(new Error('gone'));
    await expect(fill({ requireSource }, list)).rejects.toThrow('gone');
  });

  it('gets nothing back that the owner had erased', async () => {
    const [erased, kept] = ['erased', 'kept'].map((text) => copy.hold(`${text}.mp4`, text));
    const list = await listBlobs(copy, (digest) => digest === erased?.digest, signal);
    expect(list.map(({ digest }) => digest)).toEqual([kept?.digest]);
  });

  it('gets the journal and its index, damaged parts as they are, and no other file', async () => {
    const { name, content: bytes, index } = segmentOf([recordOf(videoFacts('Rome'), 1)]);
    const damaged = name.replace(/[0-9a-f]{64}/, 'f'.repeat(64));
    copy.place.files.set(`journal/${name}`, bytes);
    copy.place.files.set(`journal/${damaged}`, Buffer.from('half a li'));
    copy.place.files.set(`index/${name.replace('.jsonl', '.tsv')}`, index);
    copy.place.files.set('journal/notes.txt', Buffer.from('x'));
    copy.place.files.set('journal/../../evil.jsonl', Buffer.from('x'));
    const filled = await fillJournal(deps(), signal);
    expect([...filled.segments].sort()).toEqual([name, damaged].sort());
    expect(filled.unreadable).toEqual([]);
    expect(readdirSync(join(root(), 'journal')).sort()).toEqual([name, damaged].sort());
    expect(readFileSync(join(root(), 'journal', name))).toEqual(bytes);
    expect(readdirSync(join(root(), 'index'))).toHaveLength(1);
  });

  it('goes on without a segment that cannot be read, and has it empty, so that nobody takes it for whole', async () => {
    const [first, second, third] = holdSegments();
    copy.place.files.delete(`journal/${second.name}`);
    const source = failingAt(`journal/${first.name}`);
    expect(await fillJournal(deps({ source }), signal)).toMatchObject({
      segments: expect.arrayContaining([first.name, second.name, third.name]),
      unreadable: [
        { path: `journal/${first.name}`, why: expect.stringContaining('the disk reports an error') },
        { path: `journal/${second.name}`, why: 'only its index is there' },
      ],
    });
    expect(standing('journal', first.name)).toBe('');
    expect(standing('journal', second.name)).toBe('');
    expect(standing('journal', third.name)).toBe(String(third.content));
    expect(readdirSync(join(root(), 'index'))).toHaveLength(3);
    copy.place.files.set(`journal/${second.name}`, second.content);
    expect(await fillJournal(deps(), signal)).toMatchObject({ unreadable: [] });
    expect(standing('journal', first.name)).toBe(String(first.content));
    expect(standing('journal', second.name)).toBe(String(second.content));
    expect(readdirSync(join(root(), 'quarantine'))).toEqual([]);
  });

  it('lacks nothing where an index cannot be read, or where the last one stands without its segment', async () => {
    const [first, , last] = holdSegments();
    copy.place.files.delete(`journal/${last.name}`);
    const source = failingAt(`index/${indexNameOf(first.name)}`);
    expect(await fillJournal(deps({ source }), signal)).toMatchObject({ unreadable: [] });
    expect(readdirSync(join(root(), 'index'))).toHaveLength(2);
    expect(readdirSync(join(root(), 'journal'))).toHaveLength(2);
  });

  it('takes a copy that went away for gone, and not for one of which nothing can be read', async () => {
    const [first] = holdSegments();
    const requireSource = () => Promise.reject(new Error('gone'));
    const failing = failingAt(`journal/${first.name}`);
    await expect(fillJournal(deps({ source: failing, requireSource }), signal)).rejects.toThrow('gone');
    // A folder whose disk was unplugged is empty, and answers as if nothing had ever been there.
    const emptied = { ...copy.source, read: async () => null };
    await expect(fillJournal(deps({ source: emptied, requireSource }), signal)).rejects.toThrow('gone');
  });

  it('believes no part of the journal that stands there by its size', async () => {
    const [first, second] = holdSegments();
    await fillJournal(deps(), signal);
    const spoil = (path: string) => {
      const bytes = readFileSync(join(root(), path));
      bytes[3] = 0;
      rmSync(join(root(), path));
      writeFileSync(join(root(), path), bytes);
    };
    spoil(`journal/${first.name}`);
    spoil(`index/${indexNameOf(first.name)}`);
    spoil(`journal/${second.name}`);
    copy.place.files.set(`journal/${second.name}`, Buffer.from('damaged there too'));
    const asked: string[] = [];
    const source: ArchiveSource = {
      ...copy.source,
      read(path, ...rest) {
        asked.push(path);
        return copy.source.read(path, ...rest);
      },
    };
    await fillJournal(deps({ source }), signal);
    expect(standing('journal', first.name)).toBe(String(first.content));
    expect(standing('index', indexNameOf(first.name))).toBe(String(first.index));
    expect(standing('journal', second.name)).not.toBe('damaged there too');
    expect(readdirSync(join(root(), 'quarantine'))).toHaveLength(2);
    // What stands there as it was written is not asked for again.
    expect(asked).toHaveLength(3);
  });

  it('gets an index again that was emptied, and keeps one of which the copy has less', async () => {
    const [first, second] = holdSegments();
    await fillJournal(deps(), signal);
    const path = `index/${indexNameOf(first.name)}`;
    rmSync(join(root(), path));
    writeFileSync(join(root(), path), '');
    copy.place.files.set(`index/${indexNameOf(second.name)}`, Buffer.from(''));
    await fillJournal(deps(), signal);
    for (const { name, index } of [first, second])
      expect(standing('index', indexNameOf(name))).toBe(String(index));
  });

  it('is not begun where there is no room', async () => {
    copy.hold('x.mp4', 'text');
    const [blob] = await blobs();
    if (blob === undefined) throw new Error('no blob');
    await requireRoom([blob], vault);
    const huge = { ...blob, sizeBytes: 2 ** 60 };
    await expect(requireRoom([huge], vault)).rejects.toMatchObject({ kind: 'full' });
  });

  it('is not touched while another Reelhold has it', async () => {
    await expect(openVaultBuilder({ root: root(), pool })).rejects.toMatchObject({ kind: 'busy' });
  });
});
