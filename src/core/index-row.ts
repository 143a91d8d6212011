import { type BlobRef, blobPath, type Digest, hexOf, isDigest } from '#core/digest.ts';
import { type LibraryVideo, libraryFiles } from '#core/library-path.ts';

/**
 * One line of an index file: what `restore.sh` and `sha256sum` need, and nothing else.
 * The row with the highest sequence holds for a digest; a readable path of `-` means "in the trash".
 */
export interface IndexRow extends BlobRef {
  /** Path in the readable tree, safe on every common file system: no tab, no line break. */
  readonly readablePath: string | null;
  readonly seq: number;
}

/** Tab-separated: hex digest, blob path, readable path, sequence (docs/format.md, "Index"). */
export function formatIndexRow(row: IndexRow): string {
  return [hexOf(row.digest), blobPath(row), row.readablePath ?? '-', row.seq].join('\t');
}

/** The rows of all files of a video, as it is now. */
export function indexRowsOf(
  video: LibraryVideo & { readonly trashed: boolean },
): readonly Omit<IndexRow, 'seq'>[] {
  return libraryFiles(video).map(({ digest, ext, path }) => ({
    digest,
    ext,
    readablePath: video.trashed ? null : path,
  }));
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
