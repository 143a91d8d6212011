/** What bounds a batch. */
export interface BatchBounds {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Where a batch that begins at `from` ends: as many files in their order as the bounds let in, though one at least, and
 * no path twice, as two files of one name in one list would be one.
 */
export function batchEnd(
  files: readonly { readonly path: string; readonly sizeBytes: number }[],
  from: number,
  bounds: BatchBounds,
): number {
  const paths = new Set<string>();
  let bytes = 0;
  let end = from;
  for (const { path, sizeBytes } of files.slice(from, from + bounds.count)) {
    bytes += sizeBytes;
    if (end > from && (bytes > bounds.bytes || paths.has(path))) break;
    paths.add(path);
    end += 1;
  }
  return end;
}
