import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobPath } from '#core/digest.ts';
import type { ListedFile } from '#core/ports/location.ts';
import { createFolderSource } from '#store/folder-source.ts';
import { createHashPool, type HashPool } from '#store/hash-pool.ts';
import { digestOf } from '#tests/support/digests.ts';
import { makePlainArchive } from '#tests/support/plain-archive.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const { signal } = new AbortController();
let pool: HashPool;
beforeEach(() => {
  pool = createHashPool(2);
});
afterEach(() => pool[Symbol.asyncDispose]());

const root = () => join(folder.path, 'copy');
const source = () => createFolderSource({ name: 'blue drive', root: root(), pool });
const target = () => join(folder.path, 'target');
const listed = async (name: 'blobs' | 'journal') => {
  const found: ListedFile[] = [];
  for await (const file of source().list(name, signal)) found.push(file);
  return found.map(({ path, sizeBytes }) => [path, sizeBytes]);
};

describe('a copy of the archive in a folder', () => {
  it('gives its files, with the digest of what came', async () => {
    const archive = makePlainArchive(root());
    const good = { ...archive.addBlob('rome'), sizeBytes: 4 };
    const file = { ...good, path: blobPath(good) };
    expect(await source().copy(file, target(), { signal })).toBe(good.digest);
    expect(readFileSync(target(), 'utf8')).toBe('rome');
    await expect(source().copy(file, target(), { signal })).rejects.toMatchObject({ side: 'vault' });
    const bad = { ...file, digest: digestOf('oslo') };
    expect(await source().copy(bad, join(folder.path, 'other'), { signal })).toBe(good.digest);
  });

  it('lists its blobs, and nothing that has not the name of one', async () => {
    const archive = makePlainArchive(root());
    const blobs = [archive.addBlob('rome'), archive.addBlob('oslo')].map(blobPath).sort();
    writeFileSync(join(root(), 'blobs/sha256/.DS_Store'), 'x');
    mkdirSync(join(root(), 'blobs/sha256/zz'));
    writeFileSync(join(root(), 'blobs/sha256/zz/x.mp4'), 'x');
    expect(await listed('blobs')).toEqual(blobs.map((path) => [path, 4]));
  });

  it('says that it could not be listed, where a folder is not there', async () => {
    await expect(listed('journal')).rejects.toMatchObject({ kind: 'missing', side: 'source' });
    expect(await source().read('archive.json', signal)).toBeNull();
  });

  it('gives nothing from outside of it, whatever links say', async () => {
    const archive = makePlainArchive(root());
    const blob = archive.addBlob('rome');
    writeFileSync(join(folder.path, 'secret'), 'secret');
    const path = `blobs/sha256/ee/${'e'.repeat(64)}.mp4`;
    mkdirSync(join(root(), 'blobs/sha256/ee'));
    symlinkSync(join(folder.path, 'secret'), join(root(), path));
    const file = { path, sizeBytes: 6, digest: blob.digest };
    await expect(source().copy(file, target(), { signal })).rejects.toMatchObject({ side: 'source' });
    expect(await listed('blobs')).toHaveLength(1);
  });
});
