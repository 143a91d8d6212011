import type { PlaceFile } from '#core/ports/location.ts';

/** What a crash costs at most: files that were copied and have not got their names. */
const largestCount = 64;
const largestBytes = 1024 ** 3;

/** Files in their order, in groups that get their names together; those of different folders of the layout never do. */
export function groupFiles<File extends PlaceFile>(files: readonly File[]): File[][] {
  const groups: File[][] = [];
  let bytes = 0;
  for (const file of files) {
    const group = groups.at(-1);
    const isNext =
      group !== undefined &&
      group.length < largestCount &&
      bytes + file.sizeBytes <= largestBytes &&
      topOf(group[0]) === topOf(file);
    if (isNext) group.push(file);
    else groups.push([file]);
    bytes = (isNext ? bytes : 0) + file.sizeBytes;
  }
  return groups;
}

function topOf(file: PlaceFile | undefined): string {
  return file?.path.split('/', 1)[0] ?? '';
}
