import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobPath } from '#core/digest.ts';
import type { RestoreFile } from '#core/plan-restore.ts';
import type { VaultBuilder } from '#core/ports/vault-builder.ts';
import {
  type FillDeps,
  fillBlobs,
  fillJournal,
  type ListedBlob,
  listBlobs,
  requireRoom,
} from '#daemon/restore/fill-vault.ts';
import { createHashPool, type HashPool } from '#store/hash-pool.ts';
import { lookAtVault, openVaultBuilder } from '#store/vault-builder.ts';
import { type ArchiveCopy, archiveMark, copyMark, makeArchiveCopy } from '#tests/support/archive-copy.ts';
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
    expect(await vault.hasFile(blobPath(bad), bad.sizeBytes)).toBe(false);
    expect(readdirSync(join(root(), 'staging'))).toEqual([]);
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
    expect([...(await fillJournal(deps(), signal))].sort()).toEqual([name, damaged].sort());
    expect(readdirSync(join(root(), 'journal')).sort()).toEqual([name, damaged].sort());
    expect(readFileSync(join(root(), 'journal', name))).toEqual(bytes);
    expect(readdirSync(join(root(), 'index'))).toHaveLength(1);
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
