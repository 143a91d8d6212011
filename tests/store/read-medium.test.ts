import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashFromMedium } from '#store/read-medium.ts';
import { digestOf } from '#tests/support/digests.ts';
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
  it.each(sizes)('of %d bytes has the digest that it has', (size) => {
    const content = randomBytes(size);
    expect(`sha256:${hashFromMedium(fileOf(content), progress)}`).toBe(digestOf(content));
  });

  it('has the digest that sha256sum says', () => {
    const path = fileOf(randomBytes(1_234_567));
    const said = execFileSync('sha256sum', [path], { encoding: 'utf8' }).slice(0, 64);
    expect(hashFromMedium(path, progress)).toBe(said);
  });

  it('is fetched from the disk, though all of it stands in memory', (context) => {
    const before = bytesFetched();
    if (before === null || isInMemory(folder.path)) return context.skip('no disk, or nobody counts');
    const path = fileOf(randomBytes(8_000_000));
    const file = openSync(path, 'r');
    fsyncSync(file);
    closeSync(file);
    readFileSync(path);
    const cached = bytesFetched() ?? 0;
    hashFromMedium(path, progress);
    expect((bytesFetched() ?? 0) - cached).toBeGreaterThanOrEqual(8_000_000);
  });

  it('on a file system of memory, which has no medium, has its digest too', () => {
    const path = join('/dev/shm', `reelhold-test-${process.pid}`);
    try {
      writeFileSync(path, 'some bytes');
      expect(`sha256:${hashFromMedium(path, progress)}`).toBe(digestOf('some bytes'));
    } finally {
      execFileSync('rm', ['-f', path]);
    }
  });

  it('tells how far it is', () => {
    const told: number[] = [];
    hashFromMedium(fileOf(Buffer.alloc(2_500_000)), {
      ...progress,
      setBytesDone: (bytes) => told.push(bytes),
    });
    expect(told.at(-1)).toBe(2_500_000);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });

  it('is let go of when the work is called off', () => {
    const path = fileOf(Buffer.alloc(10_000_000));
    const stopping = { ...progress, isAborted: () => true };
    expect(() => hashFromMedium(path, stopping)).toThrow(expect.objectContaining({ kind: 'aborted' }));
  });

  it('that is not there, or is a folder, is an error of the vault', () => {
    const missing = expect.objectContaining({ kind: 'missing', side: 'vault' });
    expect(() => hashFromMedium(join(folder.path, 'none'), progress)).toThrow(missing);
    mkdirSync(join(folder.path, 'folder'));
    expect(() => hashFromMedium(join(folder.path, 'folder'), progress)).toThrow(
      expect.objectContaining({ name: 'ReelholdError', side: 'vault' }),
    );
  });
});
