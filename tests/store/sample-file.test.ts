import { randomBytes } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleFile } from '#store/sample-file.ts';
import { digestOf } from '#tests/support/digests.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const large = randomBytes(2 * 1024 * 1024);
const sampleOf = (bytes: Buffer) => {
  const path = join(folder.path, 'clip.mp4');
  writeFileSync(path, bytes);
  return sampleFile(path, bytes.length);
};
const flipped = (at: number) => {
  const bytes = Buffer.from(large);
  bytes[at] = 255 - (bytes[at] ?? 0);
  return bytes;
};

describe('a sample of a file', () => {
  it('is all of a small one', async () => {
    const bytes = randomBytes(100_000);
    expect(await sampleOf(bytes)).toEqual({ kind: 'all', digest: digestOf(bytes) });
    expect(await sampleOf(Buffer.alloc(0))).toEqual({ kind: 'all', digest: digestOf('') });
  });

  it('is the two ends of a large one', async () => {
    const sample = await sampleOf(large);
    expect(sample.kind).toBe('ends');
    expect(await sampleOf(flipped(0))).not.toEqual(sample);
    expect(await sampleOf(flipped(large.length - 1))).not.toEqual(sample);
    expect(await sampleOf(flipped(large.length / 2))).toEqual(sample);
  });

  it('does not follow a link', async () => {
    symlinkSync('/etc/passwd', join(folder.path, 'link'));
    await expect(sampleFile(join(folder.path, 'link'), 10)).rejects.toThrow('ELOOP');
  });
});
