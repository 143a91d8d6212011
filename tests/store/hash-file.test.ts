import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashFile } from '#store/hash-file.ts';
import { digestOf } from '#tests/support/digests.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const at = (name: string) => join(folder.path, name);
const hash = (name: string, onProgress = (_bytes: number) => {}) =>
  hashFile(Buffer.from(at(name)), { signal: new AbortController().signal, onProgress });

describe('a file that is hashed', () => {
  it('has the digest of its bytes, however many they are', async () => {
    const bytes = Buffer.alloc(3 * 1024 * 1024 + 1, 'x');
    writeFileSync(at('a'), bytes);
    expect(await hash('a')).toEqual({ digest: digestOf(bytes), sizeBytes: bytes.length });
  });

  it('is no link, no folder, and there', async () => {
    symlinkSync('a', at('link'));
    mkdirSync(at('folder'));
    await expect(hash('link')).rejects.toMatchObject({ kind: 'denied', side: 'source' });
    await expect(hash('folder')).rejects.toMatchObject({ kind: 'denied' });
    await expect(hash('none')).rejects.toMatchObject({ kind: 'missing' });
  });

  it('is said to have changed where somebody wrote to it meanwhile', async () => {
    writeFileSync(at('a'), Buffer.alloc(2 * 1024 * 1024));
    let isWritten = false;
    const write = () => {
      if (!isWritten) appendFileSync(at('a'), 'more');
      isWritten = true;
    };
    await expect(hash('a', write)).rejects.toMatchObject({ kind: 'changed' });
  });

  it('is left when it is no longer wanted', async () => {
    writeFileSync(at('a'), 'x');
    const signal = AbortSignal.abort();
    await expect(hashFile(Buffer.from(at('a')), { signal })).rejects.toMatchObject({ kind: 'aborted' });
  });
});
