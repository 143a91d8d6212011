import { open } from 'node:fs/promises';

/** Makes a large file in no time: a hole, with something written at its beginning and its end, as whole files have. */
export async function makeLargeFile(path: string, sizeBytes: number): Promise<void> {
  const written = Buffer.alloc(8192, 'written ');
  await using file = await open(path, 'wx');
  await file.write(written, 0, written.length, 0);
  await file.write(written, 0, written.length, sizeBytes - written.length);
}
