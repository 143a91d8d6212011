import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { blobPath } from '#core/digest.ts';
import type { RestoreFile } from '#core/plan-restore.ts';
import {
  type FillDeps,
  fillBlobs,
  type ListedBlob,
  listBlobs,
  requireRoom,
} from '#daemon/restore/fill-vault.ts';
import { lookAtVault } from '#store/vault-builder.ts';
import { type ArchiveCopy, archiveMark, copyMark } from '#tests/support/archive-copy.ts';
import { useFillBench } from '#tests/support/fill-bench.ts';

const { signal } = new AbortController();
const bench = useFillBench();
const { root, deps } = bench;
let copy: ArchiveCopy;
beforeEach(() => {
  copy = bench.copy;
});

const blobs = () => listBlobs(copy, () => false, signal);
const fill = async (change?: Partial<FillDeps>, list?: readonly ListedBlob[]) => {
  const done: string[] = [];
  const options = { signal, onProgress: () => {}, onDone: ({ path }: ListedBlob) => void done.push(path) };
  return { report: await fillBlobs(list ?? (await blobs()), deps(change), options), done };
};
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
    await bench.vault.finish(archiveMark, { ...copyMark, role: 'vault' });
    expect(await lookAtVault(root())).toMatchObject({ vaultMark: archiveMark });
    expect(readdirSync(root())).toContain('restore.sh');
  });

  it('goes on where it was, and puts right what was cut off', async () => {
    const [cut, whole] = ['a long text', 'whole'].map((text) => copy.hold('x.mp4', text));
    await fill();
    if (cut === undefined || whole === undefined) throw new Error('no files');
    bench.close();
    rmSync(join(root(), blobPath(cut)));
    writeFileSync(join(root(), blobPath(cut)), 'a lo');
    await bench.open();
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
    expect(await bench.vault.checkBlob(bad, { signal, onProgress: () => {} })).toBe('missing');
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

  it('is not begun where there is no room', async () => {
    copy.hold('x.mp4', 'text');
    const [blob] = await blobs();
    if (blob === undefined) throw new Error('no blob');
    await requireRoom([blob], bench.vault);
    const huge = { ...blob, sizeBytes: 2 ** 60 };
    await expect(requireRoom([huge], bench.vault)).rejects.toMatchObject({ kind: 'full' });
  });

  it('is not touched while another Reelhold has it', async () => {
    await expect(bench.open()).rejects.toMatchObject({ kind: 'busy' });
  });
});
