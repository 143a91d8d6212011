import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashSource } from '#locations/source-hashes.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const { signal } = new AbortController();
const mib = 1024 * 1024;

describe('a local file is hashed as rclone does', () => {
  it.each(['md5', 'sha1', 'quickxor', 'dropbox'])('%s', async (type) => {
    const sizes = [0, 1, 19, 20, 21, 159, 160, 161, 1000, 4 * mib - 1, 4 * mib, 4 * mib + 1, 9 * mib];
    for (const size of sizes)
      writeFileSync(join(folder.path, String(size)), randomFillSync(Buffer.alloc(size)));
    const theirs = execFileSync('rclone', ['hashsum', type, folder.path], { encoding: 'utf8' });
    for (const size of sizes) {
      const { hashes, sizeBytes } = await hashSource(join(folder.path, String(size)), 'file', type, signal);
      expect(sizeBytes).toBe(size);
      expect(theirs.split('\n')).toContain(`${hashes[type]}  ${size}`);
    }
  });
});

it('has its digest alone where no other hash is asked for, or known', async () => {
  const file = join(folder.path, 'file');
  writeFileSync(file, 'abc');
  const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  for (const type of [null, 'whirlpool'])
    expect(await hashSource(file, 'file', type, signal)).toEqual({
      ...{ digest: `sha256:${digest}`, sizeBytes: 3, hashes: { sha256: digest } },
    });
});

it('fails as the source where it is gone, and stops when it is called off', async () => {
  const file = join(folder.path, 'file');
  await expect(hashSource(file, 'file', null, signal)).rejects.toMatchObject({
    kind: 'missing',
    side: 'source',
  });
  writeFileSync(file, 'abc');
  await expect(hashSource(file, 'file', null, AbortSignal.abort())).rejects.toMatchObject({
    kind: 'aborted',
  });
});
