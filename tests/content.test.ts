import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { posterFile } from '#compose.ts';
import { loadConfig } from '#config.ts';
import { createContent } from '#content.ts';
import { blobPath, hexOf } from '#core/digest.ts';
import { digestOf } from '#tests/support/digests.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const ref = { digest: digestOf('some bytes'), ext: 'mp4' };
const open = () => {
  const config = loadConfig({ TZ: 'Europe/Berlin' }, folder.path);
  return { config, content: createContent(config) };
};

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read).toString();
}

describe('what the page shows', () => {
  it('is read from the vault, whoever holds it', async () => {
    const { config, content } = open();
    const file = join(config.vaultDir, blobPath(ref));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'some bytes');
    expect(await readAll(content.readBlob(ref, { start: 0, end: 9 }))).toBe('some bytes');
    expect(await readAll(content.readBlob(ref, { start: 5, end: 7 }))).toBe('byt');
  });

  it('is missing while the vault is away', async () => {
    const reading = readAll(open().content.readBlob(ref, { start: 0, end: 9 }));
    await expect(reading).rejects.toMatchObject({ kind: 'missing', side: 'vault' });
  });

  it('has a still only where one was made', async () => {
    const { config, content } = open();
    expect(await content.readPoster(ref)).toBeNull();
    const file = posterFile(config, hexOf(ref.digest));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'a picture');
    expect(Buffer.from((await content.readPoster(ref)) ?? []).toString()).toBe('a picture');
  });
});
