import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blobPath } from '#core/digest.ts';
import { ReelholdError } from '#core/errors.ts';
import { createLocationSource } from '#locations/location-source.ts';
import { hashFile } from '#store/hash-file.ts';
import { makeArchiveCopy } from '#tests/support/archive-copy.ts';
import { makeClosedPath } from '#tests/support/closed-path.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const { signal } = new AbortController();

describe('a place that is read from', () => {
  it('gives its files, with the digest of what came, right or wrong', async () => {
    const copy = makeArchiveCopy();
    const file = copy.hold('Rome.mp4', 'rome');
    const wanted = { ...file, path: blobPath(file) };
    expect(await copy.source.copy(wanted, join(folder.path, 'a'), { signal })).toBe(file.digest);
    copy.damage(file.digest);
    expect(await copy.source.copy(wanted, join(folder.path, 'b'), { signal })).not.toBe(file.digest);
  });

  it('is not blamed for the disk that is written to, and leaves nothing there', async () => {
    const copy = makeArchiveCopy();
    const file = copy.hold('Rome.mp4', 'rome');
    const wanted = { ...file, path: blobPath(file) };
    const nowhere = join(folder.path, 'none', 'a');
    await expect(copy.source.copy(wanted, nowhere, { signal })).rejects.toMatchObject({ side: 'vault' });
    copy.place.away = 'not-connected';
    const failed = copy.source.copy(wanted, join(folder.path, 'a'), { signal });
    await expect(failed).rejects.not.toMatchObject({ side: 'vault' });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('does not touch what stands at the target', async () => {
    const copy = makeArchiveCopy();
    const file = copy.hold('Rome.mp4', 'rome');
    const target = join(folder.path, 'mine');
    writeFileSync(target, 'mine');
    const failed = copy.source.copy({ ...file, path: blobPath(file) }, target, { signal });
    await expect(failed).rejects.toMatchObject({ side: 'vault' });
    expect(readdirSync(folder.path)).toEqual(['mine']);
  });

  it('does not remove what it could not look at before, and is there when it has failed', async () => {
    const copy = makeArchiveCopy();
    const file = copy.hold('Rome.mp4', 'rome');
    const closed = join(folder.path, 'closed');
    const target = join(closed, 'mine');
    makeClosedPath(closed);
    const location = {
      ...{ read: copy.source.read, list: copy.source.list },
      async fetch() {
        rmSync(closed);
        mkdirSync(closed);
        writeFileSync(target, 'mine');
        throw new ReelholdError({ kind: 'io', operation: 'fetch', object: 'Rome.mp4' }, 'it broke off');
      },
    };
    const source = createLocationSource({ name: 'copy', location, hashFile });
    const failed = source.copy({ ...file, path: blobPath(file) }, target, { signal });
    await expect(failed).rejects.toMatchObject({ side: 'vault' });
  });
});
