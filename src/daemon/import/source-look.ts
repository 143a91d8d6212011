import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { HashLists } from '#core/ports/hash-lists.ts';
import type { SourceFiles } from '#core/ports/source-files.ts';
import { createFolderNames } from '#daemon/inbox/folder-names.ts';
import { createListedFiles } from '#daemon/inbox/listed-files.ts';
import { type Findings, type LookInsideDeps, lookInside } from '#daemon/inbox/look-inside.ts';
import type { InboxFile } from '#daemon/inbox/walk.ts';

import { createGate } from './gate.ts';

/** Looks into files that the owner names, as an inbox does, but at once: nothing is waited for. */
export interface SourceLook {
  /** Fails with a `ReelholdError` where the file is gone, has changed, or cannot be read. */
  at(within: string, file: InboxFile): Promise<Findings>;
  /** The paths below `within` that the lists of hashes in a folder below it name. */
  namedIn(within: string, folder: string): Promise<readonly string[]>;
}

/** What stands in an old archive changes rarely; a list of thousands is not compared again for each of them. */
const freshMs = 60_000;
const foldersKept = 16;
/** Each keeps a file open, and thousands may be asked for together. */
const looksAtOnce = 64;

export function createSourceLook(deps: {
  readonly files: SourceFiles;
  readonly hashLists: HashLists;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
}): SourceLook {
  const looks = new Map<string, LookInsideDeps>();
  const inTurn = createGate(looksAtOnce);

  const open = (within: string): LookInsideDeps => {
    const below = { ...deps, root: () => within, freshMs };
    const reading = { ...below, names: createFolderNames(below) };
    return { ...reading, listed: createListedFiles({ ...reading, inbox: `:import:${within}` }) };
  };

  const lookAt = (within: string): LookInsideDeps => {
    const look = looks.get(within) ?? open(within);
    looks.delete(within);
    looks.set(within, look);
    const [oldest] = looks.keys();
    if (looks.size > foldersKept && oldest !== undefined) looks.delete(oldest);
    return look;
  };

  return {
    at: (within, file) => inTurn(() => lookInside(lookAt(within), file)),
    async namedIn(within, folder) {
      const { paths } = await lookAt(within).listed.namedIn(folder);
      return paths;
    },
  };
}
