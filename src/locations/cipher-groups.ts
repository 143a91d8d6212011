import { batchEnd } from './batch-end.ts';

const bounds = { count: 50, bytes: 256 * 1024 * 1024 };

/** Files in their order, in groups that the spool holds at a time; one path comes once in a group. */
export function cipherGroups<File extends { readonly path: string; readonly sizeBytes: number }>(
  files: readonly File[],
): File[][] {
  const groups: File[][] = [];
  for (let from = 0; from < files.length; ) {
    const end = batchEnd(files, from, bounds);
    groups.push(files.slice(from, end));
    from = end;
  }
  return groups;
}
