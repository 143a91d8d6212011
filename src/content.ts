import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobPath, hexOf } from '#core/digest.ts';
import { codeOf } from '#core/errors.ts';
import type { Content } from '#core/ports/content.ts';
import { readBlobFile } from '#store/disk-blob-store.ts';
import { posterFile } from './compose.ts';
import type { Config } from './config.ts';

/** The bytes that the page shows, read straight from the vault: also while nothing can be written there. */
export function createContent(config: Config): Content {
  return {
    readBlob: (ref, range) => readBlobFile(join(config.vaultDir, blobPath(ref)), ref, range),
    async readPoster(ref) {
      try {
        return await readFile(posterFile(config, hexOf(ref.digest)));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }
    },
  };
}
