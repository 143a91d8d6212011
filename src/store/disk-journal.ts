import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import type { Journal, Segment, SegmentSizes } from '#core/ports/journal.ts';
import { indexNameOf, parseSegmentName, segmentNameOf } from '#core/segment-name.ts';
import { syncDirectory, writeFlushed } from './durable.ts';
import { isWhole, makeSegment } from './make-segment.ts';

/** So many files are asked for their size side by side. */
const measuredAtOnce = 64;

/** The journal as files below `root`: a segment and its index appear whole, by a rename each, or not at all. */
export function createDiskJournal({ root }: { root: string }): Journal {
  const segmentFile = (name: string) => join(root, 'journal', name);
  const indexFile = (name: string) => join(root, 'index', indexNameOf(name));

  /** The index first: a row without a record helps a restore, a record without its row would not. */
  const write = async ({ name, content, index }: Segment): Promise<void> => {
    const draft = join(root, 'staging', randomUUID());
    try {
      await Promise.all([
        writeFlushed(`${draft}.jsonl`, content, 0o444),
        writeFlushed(`${draft}.tsv`, index, 0o444),
      ]);
      await rename(`${draft}.tsv`, indexFile(name));
      await syncDirectory(join(root, 'index'));
      await rename(`${draft}.jsonl`, segmentFile(name));
      await syncDirectory(join(root, 'journal'));
    } catch (error) {
      await Promise.all([rm(`${draft}.jsonl`, { force: true }), rm(`${draft}.tsv`, { force: true })]).catch(
        () => undefined,
      );
      throw translateError(error, { operation: 'append to the journal', object: name, side: 'vault' });
    }
  };

  /** Links what stands there, and is not as it was written, into quarantine. */
  const keepAside = async (file: string, name: string): Promise<void> => {
    const quarantine = join(root, 'quarantine');
    await mkdir(quarantine, { recursive: true });
    try {
      await link(file, join(quarantine, `${name}-${randomUUID()}`));
      await syncDirectory(quarantine);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  };

  const list = async () => {
    const names = await readFolder(join(root, 'journal'));
    return names
      .flatMap((name) => {
        const parsed = parseSegmentName(name);
        return parsed === null ? [] : [{ name, seq: parsed.seq }];
      })
      .sort((a, b) => a.seq - b.seq || (a.name < b.name ? -1 : 1))
      .map(({ name }) => name);
  };

  return {
    async append(records, index) {
      const segment = makeSegment(records, index);
      try {
        await write(segment);
      } catch (error) {
        // What cannot be taken back now is found at the next start.
        const files = [segmentFile(segment.name), indexFile(segment.name)];
        await Promise.allSettled(files.map((file) => rm(file, { force: true })));
        throw error;
      }
      return segment;
    },

    list,

    async measure() {
      const sizes = new Map<string, SegmentSizes>();
      const names = await list();
      for (let start = 0; start < names.length; start += measuredAtOnce) {
        const batch = names.slice(start, start + measuredAtOnce).map(async (name) => {
          const content = await sizeIfThere(segmentFile(name), name);
          return { name, content, index: await sizeIfThere(indexFile(name), name) };
        });
        for (const { name, content, index } of await Promise.all(batch))
          if (content !== null) sizes.set(name, { content, index });
      }
      return sizes;
    },

    async listIndexed() {
      const names = await readFolder(join(root, 'index'));
      return new Set(names.flatMap((name) => segmentNameOf(name) ?? []));
    },

    async read(name) {
      const content = await readWhole(segmentFile(name), name);
      const index = await readIfThere(indexFile(name), name);
      return { name, content, index, isWhole: isWhole({ name, content }) };
    },

    async withdrawIndex(name) {
      try {
        await keepAside(indexFile(name), indexNameOf(name));
        await rm(indexFile(name), { force: true });
        await syncDirectory(join(root, 'index'));
      } catch (error) {
        throw translateError(error, { operation: 'mend the journal', object: name, side: 'vault' });
      }
    },

    async mend(segment) {
      const { name, content, index } = segment;
      if (!isWhole(segment)) throw notWhole(name);
      const found = {
        content: await readIfThere(segmentFile(name), name),
        index: await readIfThere(indexFile(name), name),
      };
      if (found.content?.equals(content) === true && found.index?.equals(index) === true) return;
      try {
        if (found.content?.equals(content) === false) await keepAside(segmentFile(name), name);
        if (found.index?.equals(index) === false) await keepAside(indexFile(name), indexNameOf(name));
      } catch (error) {
        throw translateError(error, { operation: 'mend the journal', object: name, side: 'vault' });
      }
      await write(segment);
    },
  };
}

function notWhole(name: string): ReelholdError {
  const facts = { kind: 'corrupt', operation: 'mend the journal', object: name, side: 'vault' } as const;
  return new ReelholdError(facts, 'what is to take its place is damaged itself');
}

async function readWhole(path: string, name: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw translateError(error, { operation: 'read the journal', object: name, side: 'vault' });
  }
}

async function readIfThere(path: string, name: string): Promise<Buffer | null> {
  return await ifThere(readFile(path), name);
}

async function sizeIfThere(path: string, name: string): Promise<number | null> {
  return (await ifThere(lstat(path), name))?.size ?? null;
}

async function ifThere<T>(asked: Promise<T>, name: string): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw translateError(error, { operation: 'read the journal', object: name, side: 'vault' });
  }
}

async function readFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw translateError(error, { operation: 'list the journal', object: path, side: 'vault' });
  }
}
