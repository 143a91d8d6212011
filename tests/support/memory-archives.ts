import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { dumpTables, projectedColumns } from './catalogue.ts';
import { type MemoryArchive, openMemoryArchive } from './memory-archive.ts';

/** Opens archives by name below the test's folder, and closes all of them after it. */
export function useMemoryArchives(folder: { readonly path: string }): (name: string) => MemoryArchive {
  const opened: MemoryArchive[] = [];
  afterEach(() => {
    for (const one of opened.splice(0)) one[Symbol.dispose]();
  });
  return (name) => {
    mkdirSync(join(folder.path, name));
    const one = openMemoryArchive(join(folder.path, name));
    opened.push(one);
    return one;
  };
}

/** All that an archive's catalogue says of the archive, and of its copies but for their dates. */
export function dumpArchive({ database }: MemoryArchive) {
  return dumpTables(database, { ...projectedColumns, copies: 'digest, location, state' });
}
