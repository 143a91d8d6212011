const largestCount = 50;
const largestBytes = 256 * 1024 * 1024;

/** Files in their order, in groups that the spool holds at a time; one path comes once in a group. */
export function cipherGroups<File extends { readonly path: string; readonly sizeBytes: number }>(
  files: readonly File[],
): File[][] {
  const groups: File[][] = [];
  let sizeBytes = 0;
  for (const file of files) {
    const last = groups.at(-1);
    const fits =
      last !== undefined &&
      last.length < largestCount &&
      sizeBytes + file.sizeBytes <= largestBytes &&
      !last.some(({ path }) => path === file.path);
    if (fits) last.push(file);
    else groups.push([file]);
    sizeBytes = fits ? sizeBytes + file.sizeBytes : file.sizeBytes;
  }
  return groups;
}
