import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes this process one of a machine without ffmpeg, until it is disposed of: what is taken meanwhile is no video
 * anyway, and asking costs a process each time. The folder is made for what else is called.
 */
export function withoutTools(folder: string): Disposable {
  const path = process.env.PATH ?? '';
  if (!existsSync(folder)) {
    mkdirSync(folder);
    for (const tool of ['head', 'dd', 'xfs_io', 'strace']) {
      const found = path.split(':').find((place) => existsSync(join(place, tool)));
      if (found !== undefined) symlinkSync(join(found, tool), join(folder, tool));
    }
  }
  process.env.PATH = folder;
  return {
    [Symbol.dispose]() {
      process.env.PATH = path;
    },
  };
}
