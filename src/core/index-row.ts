import { type BlobRef, blobPath, type Digest, hexOf, isDigest, parseBlobPath } from '#core/digest.ts';
import { type LibraryFile, type LibraryVideo, libraryFiles } from '#core/library-path.ts';

/**
 * One line of an index file: what `restore.sh` and `sha256sum` need, and nothing else.
 * The row with the highest sequence holds for each place of a digest; a readable path of `-` means "in the trash".
 */
export interface IndexRow extends BlobRef {
  /** Path in the readable tree, safe on every common file system: no tab, no line break. */
  readonly readablePath: string | null;
  readonly seq: number;
  /** The part whose place it is; absent for a version: bytes are of one version at the most. */
  readonly part?: string;
}

/** Tab-separated: hex digest, blob path, readable path, sequence, and a part's id (docs/format.md, "Index"). */
export function formatIndexRow(row: IndexRow): string {
  const columns = [hexOf(row.digest), blobPath(row), row.readablePath ?? '-', row.seq];
  return (row.part === undefined ? columns : [...columns, row.part]).join('\t');
}

/** The rows of all files of a video, as it is now. */
export function indexRowsOf(
  video: LibraryVideo & { readonly trashed: boolean },
): readonly Omit<IndexRow, 'seq'>[] {
  return libraryFiles(video).map((file) => indexRowOf(file, video.trashed));
}

/** The row of one file of the readable tree. */
export function indexRowOf({ path, ...file }: LibraryFile, isTrashed: boolean): Omit<IndexRow, 'seq'> {
  return { ...file, readablePath: isTrashed ? null : path };
}

const rowPattern = /^([0-9a-f]{64})\t(\S+)\t([^\t\p{Cc}]+)\t\d{1,12}(\t[0-9A-Za-z._-]{1,64})?$/u;

/** Whether an index file has the form of one from its first line to its last, as far as that tells damage. */
export function isSoundIndex(content: Uint8Array): boolean {
  try {
    const lines = new TextDecoder('utf-8', { fatal: true }).decode(content).split('\n');
    if (lines.pop() !== '') return false;
    return lines.every((line) => {
      const [, hex, path = ''] = rowPattern.exec(line) ?? [];
      return hex !== undefined && parseBlobPath(path)?.digest === `sha256:${hex}`;
    });
  } catch {
    return false; // no text at all
  }
}

/** The file names that index files have for some digests: of each the row with the largest sequence holds. */
export function readIndexedNames(
  indexes: Iterable<Uint8Array>,
  digests: ReadonlySet<Digest>,
): ReadonlyMap<Digest, string> {
  const found = new Map<Digest, { readonly path: string; readonly seq: number }>();
  for (const index of indexes) {
    for (const line of new TextDecoder().decode(index).split('\n')) {
      const [hex = '', , path, seq] = line.split('\t');
      const digest = `sha256:${hex}`;
      if (path === undefined || !isDigest(digest) || !digests.has(digest)) continue;
      if (Number(seq) >= (found.get(digest)?.seq ?? 0)) found.set(digest, { path, seq: Number(seq) });
    }
  }
  const named = [...found].filter(([, { path }]) => path !== '-');
  return new Map(named.map(([digest, { path }]) => [digest, path.split('/').at(-1) ?? path]));
}
