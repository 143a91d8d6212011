import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashFromMedium, hashReads } from '#store/read-medium.ts';
import { digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const progress = { isAborted: () => false, setBytesDone: () => {} };
const fileOf = (content: Uint8Array) => {
  const path = join(folder.path, 'file');
  writeFileSync(path, content);
  return path;
};

/** How much this process has had read from disks; null where the system does not count. */
function bytesFetched(): number | null {
  try {
    return Number(/^read_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
  } catch {
    return null;
  }
}

function isInMemory(path: string): boolean {
  const tmpfs = 0x01021994; // statfs(2), TMPFS_MAGIC
  return statfsSync(path).type === tmpfs;
}

/** Where reading past the cache could go wrong: around sectors, pages, buffers. */
const edges = [512, 4096, 65_536, 131_072, 1_048_576, 2_097_152];
const sizes = [0, 1, ...edges.flatMap((edge) => [edge - 1, edge, edge + 1]), 1_048_576 + 4096, 3_000_000];

describe('a file that is read from the medium', () => {
  it.each(sizes)('of %d bytes has the digest that it has', async (size) => {
    const content = randomBytes(size);
    expect(`sha256:${await hashFromMedium(fileOf(content), progress)}`).toBe(digestOf(content));
  });

  it('has the digest that sha256sum says', async () => {
    const path = fileOf(randomBytes(1_234_567));
    const said = execFileSync('sha256sum', [path], { encoding: 'utf8' }).slice(0, 64);
    expect(await hashFromMedium(path, progress)).toBe(said);
  });

  it('is fetched from the disk, though all of it stands in memory', async (context) => {
    const before = bytesFetched();
    if (before === null || isInMemory(folder.path)) return context.skip('no disk, or nobody counts');
    const path = fileOf(randomBytes(8_000_000));
    const file = openSync(path, 'r');
    fsyncSync(file);
    closeSync(file);
    readFileSync(path);
    const cached = bytesFetched() ?? 0;
    await hashFromMedium(path, progress);
    expect((bytesFetched() ?? 0) - cached).toBeGreaterThanOrEqual(8_000_000);
  });

  it('on a file system of memory, which has no medium, has its digest too', async () => {
    const path = join('/dev/shm', `reelhold-test-${process.pid}`);
    try {
      writeFileSync(path, 'some bytes');
      expect(`sha256:${await hashFromMedium(path, progress)}`).toBe(digestOf('some bytes'));
    } finally {
      execFileSync('rm', ['-f', path]);
    }
  });

  it('tells how far it is', async () => {
    const told: number[] = [];
    await hashFromMedium(fileOf(Buffer.alloc(2_500_000)), {
      ...progress,
      setBytesDone: (bytes) => told.push(bytes),
    });
    expect(told.at(-1)).toBe(2_500_000);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });

  it('is let go of when the work is called off', async () => {
    const path = fileOf(Buffer.alloc(10_000_000));
    const stopping = { ...progress, isAborted: () => true };
    await expect(hashFromMedium(path, stopping)).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('waits for the one before it, and is hashed whatever became of that', async () => {
    const [one, two] = [randomBytes(3_000_000), randomBytes(2_500_000)];
    const paths = [one, two].map((content, index) => {
      const path = join(folder.path, `file ${index}`);
      writeFileSync(path, content);
      return path;
    });
    const missing = hashFromMedium(join(folder.path, 'none'), progress);
    const both = Promise.all(paths.map((path) => hashFromMedium(path, progress)));
    await expect(missing).rejects.toMatchObject({ kind: 'missing' });
    expect((await both).map((hex) => `sha256:${hex}`)).toEqual([digestOf(one), digestOf(two)]);
  });

  it('that is not there, or is a folder, is an error of the vault', async () => {
    const missing = { kind: 'missing', side: 'vault' };
    await expect(hashFromMedium(join(folder.path, 'none'), progress)).rejects.toMatchObject(missing);
    mkdirSync(join(folder.path, 'folder'));
    await expect(hashFromMedium(join(folder.path, 'folder'), progress)).rejects.toMatchObject({
      name: 'ReelholdError',
      side: 'vault',
    });
  });
});

/** A file of which each read gives no more than it is told to, as over a network; at a sector's start only. */
function stingy(content: Buffer, giveAtMost: () => number, shown = () => content.length) {
  return {
    async read(target: Buffer, position: number) {
      if (position % 4096 !== 0) throw new Error(`read from ${position}, where no sector starts`);
      return content.copy(target, 0, position, position + Math.min(target.length, giveAtMost()));
    },
    sizeBytes: shown,
  };
}

describe('a file system that gives less than was asked for', () => {
  it('in the middle of a file does not make it look damaged', async () => {
    const content = randomBytes(700_000);
    const anyReads = fc.array(fc.integer({ min: 4097, max: 2_000_000 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(anyReads, fc.integer({ min: 0, max: 700_000 }), async (sizes, length) => {
        let turn = 0;
        const giveAtMost = () => {
          turn += 1;
          return sizes[turn % sizes.length] ?? 1;
        };
        const file = content.subarray(0, length);
        expect(`sha256:${await hashReads(stingy(file, giveAtMost), 'file', progress)}`).toBe(digestOf(file));
      }),
    );
  });

  it('says a size that is no longer true: what it gives counts', async () => {
    const content = randomBytes(300_000);
    const file = stingy(
      content,
      () => 70_000,
      () => 100,
    );
    expect(
      `sha256:${await hashReads(
        stingy(
          content,
          () => 2_000_000,
          () => 100,
        ),
        'file',
        progress,
      )}`,
    ).toBe(digestOf(content));
    expect(`sha256:${await hashReads({ ...file, sizeBytes: () => 300_000 }, 'file', progress)}`).toBe(
      digestOf(content),
    );
  });

  it('and ends before the file does could not be asked: that is no damage', async () => {
    const cut = { ...stingy(randomBytes(100_000), () => 2_000_000), sizeBytes: () => 200_000 };
    await expect(hashReads(cut, 'file', progress)).rejects.toMatchObject({ kind: 'io', side: 'vault' });
  });

  it('because somebody cuts the file off meanwhile gives the digest of what is left', async () => {
    const content = randomBytes(100_000);
    const sizes = [200_000, 100_000];
    const cut = { ...stingy(content, () => 2_000_000), sizeBytes: () => sizes.shift() ?? 0 };
    expect(`sha256:${await hashReads(cut, 'file', progress)}`).toBe(digestOf(content));
  });
});
