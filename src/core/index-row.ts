import { type BlobRef, blobPath, hexOf } from '#core/digest.ts';

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
