import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type BlobRef, blobPath } from '#core/digest.ts';
import type { BlobStoreHarness } from '#tests/contract/blob-store-setting.ts';
import { digestOf } from '#tests/support/digests.ts';
import { openDiskBlobStore, useHashPool } from '#tests/support/disk-store.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { until } from '#tests/support/until.ts';

const folder = useTempFolder();
const { signal } = new AbortController();
const at = (...parts: readonly string[]) => join(folder.path, 'vault', ...parts);
const pool = useHashPool();
let harness: BlobStoreHarness;

beforeEach(() => {
  mkdirSync(at());
  harness = openDiskBlobStore(at(), pool);
});

async function stage(content: string | Uint8Array) {
  const path = join(folder.path, 'source');
  writeFileSync(path, content);
  return harness.store.stage({ path, within: null }, { signal });
}

async function hold(content: string | Uint8Array, ext = 'mp4'): Promise<BlobRef> {
  const staged = await stage(content);
  await harness.store.store([{ staged, ext }]);
  return { digest: staged.digest, ext };
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('a blob on a disk', () => {
  it('is the original file, byte for byte, read-only, where docs/format.md says', async () => {
    const ref = await hold('some bytes');
    const hex = ref.digest.slice('sha256:'.length);
    const path = at('blobs', 'sha256', hex.slice(0, 2), `${hex}.mp4`);
    expect(readFileSync(path, 'utf8')).toBe('some bytes');
    expect(modeOf(path)).toBe('444');
    expect(harness.store.localPath(ref)).toBe(path);
  });

  it('stands in staging before, read-only and whole, and nowhere else', async () => {
    const staged = await stage('some bytes');
    const [name] = readdirSync(at('staging'));
    expect(readFileSync(at('staging', name ?? ''), 'utf8')).toBe('some bytes');
    expect(modeOf(at('staging', name ?? ''))).toBe('444');
    expect(readdirSync(at('blobs', 'sha256'))).toEqual([]);
    await harness.store.store([{ staged, ext: 'mp4' }]);
    expect(readdirSync(at('staging'))).toEqual([]);
  });

  it('that is healed is another file: who has the bad one open keeps the bad one', async () => {
    const ref = await hold('good bytes');
    harness.damage(ref);
    const open = openSync(at(blobPath(ref)), 'r');
    await harness.store.heal(await stage('good bytes'), ref);
    expect(readFileSync(open, 'utf8')).toBe('food bytes');
    closeSync(open);
    expect(readFileSync(at(blobPath(ref)), 'utf8')).toBe('good bytes');
    expect(modeOf(at(blobPath(ref)))).toBe('444');
    const hex = ref.digest.slice('sha256:'.length);
    expect(readdirSync(at('quarantine'))).toEqual([expect.stringMatching(`^${hex}-`)]);
  });

  it('is put back though its folder and the quarantine are gone', async () => {
    const ref = await hold('good bytes');
    rmSync(at('blobs', 'sha256'), { recursive: true });
    rmSync(at('quarantine'), { recursive: true });
    await harness.store.heal(await stage('good bytes'), ref);
    expect(await harness.store.verify(ref, signal)).toBe('good');
  });

  it('is stored though the folders it goes into went away since the last one', async () => {
    await hold('some bytes');
    rmSync(at('blobs', 'sha256'), { recursive: true });
    await hold('some bytes').catch(() => undefined); // the first may fail; what counts is that it is not for ever
    expect(await harness.store.verify(await hold('some bytes'), signal)).toBe('good');
  });

  it('is stored beside what only begins like it', async () => {
    const { digest } = await stage('some bytes');
    const path = at(blobPath({ digest, ext: 'mp4' }));
    mkdirSync(dirname(path), { recursive: true });
    for (const ending of ['.part', '.tmp', '~']) writeFileSync(`${path}${ending}`, 'half');
    expect(await harness.store.verify(await hold('some bytes'), signal)).toBe('good');
  });

  it('is read without a file left open, also by who stops half-way', async () => {
    const ref = await hold(Buffer.alloc(1_000_000));
    const openBlobs = () =>
      readdirSync('/proc/self/fd').filter((fd) => {
        const target = `/proc/self/fd/${fd}`;
        return existsSync(target) && readlinkSync(target).includes('blobs/sha256');
      });
    for await (const _ of harness.store.read(ref)) break;
    await expect(async () => {
      for await (const _ of harness.store.read(ref, { start: 0, end: 2_000_000 }));
    }).rejects.toThrow('cut off');
    expect(openBlobs()).toEqual([]);
  });
});

describe('verifying', () => {
  it('sees what is on the disk, and not what was once read into memory', async () => {
    const ref = await hold('x'.repeat(100_000));
    expect(await harness.store.verify(ref, signal)).toBe('good');
    readFileSync(at(blobPath(ref))); // now it is in the page cache
    harness.damage(ref, 70_000);
    expect(await harness.store.verify(ref, signal)).toBe('corrupt');
    harness.damage(ref, 70_000);
    expect(await harness.store.verify(ref, signal)).toBe('good');
  });

  it.each([
    ['cut off', 99_999],
    ['cut off at a block', 4096],
    ['cut to nothing', 0],
    ['longer than it was', 100_001],
  ])('finds a blob that is %s', async (_, sizeBytes) => {
    const ref = await hold('x'.repeat(100_000));
    chmodSync(at(blobPath(ref)), 0o600);
    truncateSync(at(blobPath(ref)), sizeBytes);
    expect(await harness.store.verify(ref, signal)).toBe('corrupt');
  });

  it('does not follow a link that somebody put in the place of a blob', async () => {
    const ref = await hold('some bytes');
    harness.lose(ref);
    writeFileSync(join(folder.path, 'elsewhere'), 'some bytes');
    symlinkSync(join(folder.path, 'elsewhere'), at(blobPath(ref)));
    await expect(harness.store.verify(ref, signal)).rejects.toMatchObject({ kind: 'denied', side: 'vault' });
  });
});

describe('listing', () => {
  it('passes over what is no blob, and what has no business where it stands', async () => {
    const ref = await hold('some bytes');
    const hex = digestOf('others').slice('sha256:'.length);
    writeFileSync(at('blobs', 'sha256', '.DS_Store'), '');
    writeFileSync(at('blobs', 'README.txt'), '');
    mkdirSync(at('blobs', 'sha256', '00'), { recursive: true });
    writeFileSync(at('blobs', 'sha256', '00', 'notes.txt'), '');
    writeFileSync(at('blobs', 'sha256', '00', `${hex}.mp4`), 'in the wrong folder');
    writeFileSync(at('blobs', 'sha256', '00', `${'00'.repeat(32)}.MP4`), '');
    mkdirSync(at('blobs', 'sha256', '00', '00'.repeat(32)));
    const listed = [];
    for await (const blob of harness.store.list()) listed.push(blob);
    expect(listed).toEqual([{ ...ref, sizeBytes: 10 }]);
  });
});

describe('calling off', () => {
  it('a copy that is half done leaves nothing in staging', async () => {
    const path = join(folder.path, 'large');
    writeFileSync(path, '');
    truncateSync(path, 2 * 1024 ** 3);
    const controller = new AbortController();
    const staged = harness.store.stage({ path, within: null }, { signal: controller.signal });
    const failed = expect(staged).rejects.toMatchObject({ kind: 'aborted' });
    await until('a part of it', () => sizeInStaging() > 1_000_000);
    controller.abort();
    await failed;
    expect(readdirSync(at('staging'))).toEqual([]);
  });

  it('tells how far it is while it goes on', async () => {
    const path = join(folder.path, 'large');
    writeFileSync(path, '');
    truncateSync(path, 2 * 1024 ** 3);
    const controller = new AbortController();
    const told: number[] = [];
    const onProgress = (bytesDone: number) => {
      told.push(bytesDone);
      if (bytesDone > 0) controller.abort();
    };
    const staged = harness.store.stage({ path, within: null }, { signal: controller.signal, onProgress });
    await expect(staged).rejects.toMatchObject({ kind: 'aborted' });
    expect(told.at(-1)).toBeGreaterThan(0);
  });

  function sizeInStaging(): number {
    return readdirSync(at('staging')).reduce((sum, name) => sum + statSync(at('staging', name)).size, 0);
  }
});

describe('a vault that cannot be written to', () => {
  it('is told from a source that cannot be read', async () => {
    rmSync(at('staging'), { recursive: true });
    writeFileSync(at('staging'), 'in the way');
    await expect(stage('some bytes')).rejects.toMatchObject({ kind: 'missing', side: 'vault' });
    await expect(
      harness.store.stage({ path: join(folder.path, 'none'), within: null }, { signal }),
    ).rejects.toMatchObject({ kind: 'missing', side: 'source' });
  });
});
