import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotFlush } from '#core/errors.ts';

/** Makes the names in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!cannotFlush(error)) throw error;
  } finally {
    await handle.close();
  }
}

/** Makes a directory and those above it, durably: each new name is flushed in its parent. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; ; made = dirname(made)) {
    await syncDirectory(dirname(made));
    if (made === first) return;
  }
}

/** Writes a new file and flushes its bytes; its name is durable only once its directory is flushed. */
export async function writeFlushed(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a small file durably, or leaves the old one: never a mixture. `draft` is on the same file system. */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  draft: string,
  mode = 0o644,
): Promise<void> {
  try {
    await writeFlushed(draft, content, mode);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined); // the first error says more
    throw error;
  }
  await syncDirectory(dirname(path));
}
