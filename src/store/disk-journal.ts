import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, translateError } from '#core/errors.ts';
import { formatIndexRow } from '#core/index-row.ts';
import { formatRecord, parseRecord } from '#core/journal-record.ts';
import type { Journal } from '#core/ports/journal.ts';
import { formatSegmentName, indexNameOf, parseSegmentName } from '#core/segment-name.ts';
import { syncDirectory, writeFlushed } from './durable.ts';

/** The journal as files below `root`: a segment and its index appear whole, by a rename each, or not at all. */
export function createDiskJournal({ root }: { root: string }): Journal {
  const place = (folder: 'journal' | 'index' | 'staging', name: string) => join(root, folder, name);
  return {
    async append(records, index) {
      const first = records[0];
      if (first === undefined) throw new RangeError('append to the journal: no records');
      const content = records.map((record) => `${formatRecord(record)}\n`).join('');
      const name = formatSegmentName({ writer: first.writer, seq: first.seq, hash: sha256(content) });
      const draft = place('staging', randomUUID());
      try {
        await Promise.all([
          writeFlushed(`${draft}.jsonl`, content, 0o444),
          writeFlushed(`${draft}.tsv`, index.map((row) => `${formatIndexRow(row)}\n`).join(''), 0o444),
        ]);
        // The index first: a row without a record helps a restore, a record without its row would not.
        await rename(`${draft}.tsv`, place('index', indexNameOf(name)));
        await syncDirectory(join(root, 'index'));
        await rename(`${draft}.jsonl`, place('journal', name));
        await syncDirectory(join(root, 'journal'));
        return name;
      } catch (error) {
        await Promise.all([rm(`${draft}.jsonl`, { force: true }), rm(`${draft}.tsv`, { force: true })]).catch(
          () => undefined,
        );
        throw translateError(error, { operation: 'append to the journal', object: name, side: 'vault' });
      }
    },

    async list() {
      const names = await readFolder(join(root, 'journal'));
      return names
        .flatMap((name) => {
          const parsed = parseSegmentName(name);
          return parsed === null ? [] : [{ name, seq: parsed.seq }];
        })
        .sort((a, b) => a.seq - b.seq || (a.name < b.name ? -1 : 1))
        .map(({ name }) => name);
    },

    async read(name) {
      const content = await readSegment(place('journal', name), name);
      const lines = content
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '');
      return {
        records: lines.flatMap((line) => parseRecord(line) ?? []),
        whole: sha256(content) === parseSegmentName(name)?.hash,
      };
    },
  };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function readSegment(path: string, name: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
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
