import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf, translateError } from '#core/errors.ts';
import { isSoundIndex } from '#core/index-row.ts';
import { parseSegmentName } from '#core/segment-name.ts';
import { syncDirectory, writeFlushed } from './durable.ts';
import { isWhole } from './make-segment.ts';

/** The files of the journal and its index below `root`, as they are filled from a copy. */
export interface JournalFiles {
  /** Whether a file stands there as it was written, by its content; an index is none that is shorter than the copy's. */
  isSound(path: string, copyBytes: number): Promise<boolean>;
  /** Puts a file there, durably. Of two that are not as they were written, the one that stands there stays. */
  place(path: string, content: Uint8Array): Promise<void>;
}

export function createJournalFiles(root: string): JournalFiles {
  const failure = (error: unknown, operation: string, object: string) =>
    translateError(error, { operation, object, side: 'vault' });

  /** Null for what is not there, and for what its disk cannot read: either has to be brought. */
  const read = async (path: string): Promise<Uint8Array | null> => {
    try {
      return await readFile(join(root, path));
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EIO') return null;
      throw failure(error, 'read', path);
    }
  };

  const keepAside = async (path: string): Promise<void> => {
    const quarantine = join(root, 'quarantine');
    await mkdir(quarantine, { recursive: true });
    try {
      await link(join(root, path), join(quarantine, `${basename(path)}-${randomUUID()}`));
      await syncDirectory(quarantine);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  };

  return {
    async isSound(path, copyBytes) {
      const content = await read(path);
      return content !== null && isSound(path, content, copyBytes);
    },
    async place(path, content) {
      const standing = await read(path);
      const isOnlyOne = standing === null || standing.length === 0;
      if (!isOnlyOne && !isSound(path, content, content.length)) return;
      const draft = join(root, 'staging', randomUUID());
      try {
        if (standing?.length !== 0) await keepAside(path);
        await writeFlushed(draft, content, 0o444);
        await rename(draft, join(root, path));
        await syncDirectory(dirname(join(root, path)));
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined); // the first error says more
        throw failure(error, 'write', path);
      }
    },
  };
}

function isSound(path: string, content: Uint8Array, leastIndexBytes: number): boolean {
  const name = basename(path);
  if (parseSegmentName(name) !== null) return isWhole({ name, content });
  return content.length >= leastIndexBytes && isSoundIndex(content);
}
