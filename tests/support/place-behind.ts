import { readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '#core/errors.ts';
import { flipBytes } from './damage.ts';

/** What a test does to a place that is a folder, behind its back. */
export function behindTheBackOf(root: string) {
  return {
    async damage(path: string, at = 0) {
      flipBytes(join(root, path), at);
    },
    async cut(path: string, sizeBytes: number) {
      await truncate(join(root, path), sizeBytes);
    },
    async lose(path: string) {
      await rm(join(root, path));
    },
    async content(path: string): Promise<Uint8Array | null> {
      try {
        return await readFile(join(root, path));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }
    },
  };
}
