import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BlobRef, blobPath } from '#core/digest.ts';
import { decodeName } from '#core/file-name.ts';
import { formatIndexRow, type IndexRow } from '#core/index-row.ts';
import { indexNameOf } from '#core/segment-name.ts';
import { restoreScript } from '#store/vault-readme.ts';
import { digestOf } from '#tests/support/digests.ts';

/** An archive as docs/format.md has it, written without the program: blobs, index and the script that restores it. */
export interface PlainArchive {
  readonly root: string;
  /** Puts bytes there, and gives what the index calls them. */
  addBlob(bytes: string | Uint8Array, ext?: string): BlobRef;
  /** Adds an index file with these lines, rows or any text; `tail` ends the last one. Gives the file's path. */
  addIndex(lines: readonly (IndexRow | string)[], tail?: string): string;
  pathOf(blob: BlobRef): string;
}

export function makePlainArchive(root: string): PlainArchive {
  let files = 0;
  for (const folder of ['blobs/sha256', 'index']) mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(restoreScript, join(root, 'restore.sh'));
  return {
    root,
    addBlob(bytes, ext = 'mp4') {
      const blob = { digest: digestOf(bytes), ext };
      const path = join(root, blobPath(blob));
      mkdirSync(dirname(path), { recursive: true });
      if (!existsSync(path)) writeFileSync(path, bytes, { mode: 0o444 });
      return blob;
    },
    addIndex(lines, tail = '\n') {
      files += 1;
      const text = lines.map((line) => (typeof line === 'string' ? line : formatIndexRow(line))).join('\n');
      const hash = digestOf(`${files}`).slice('sha256:'.length);
      const segment = `0123456789ab-${String(files).padStart(12, '0')}-${hash}.jsonl`;
      const path = join(root, 'index', indexNameOf(segment));
      writeFileSync(path, `${text}${tail}`);
      return path;
    },
    pathOf: (blob) => join(root, blobPath(blob)),
  };
}

/** Every file below a folder with its bytes, those that begin with a dot too; names that are not UTF-8 as we keep them. */
export function filesBelow(folder: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  const walk = (bytes: Buffer, below: string): void => {
    for (const entry of readdirSync(bytes, { encoding: 'buffer', withFileTypes: true })) {
      const own = Buffer.concat([bytes, Buffer.from('/'), entry.name]);
      const path = `${below}${decodeName(entry.name)}`;
      if (entry.isDirectory()) walk(own, `${path}/`);
      else files[path] = readFileSync(own, 'utf8');
    }
  };
  walk(Buffer.from(folder), '');
  return files;
}
