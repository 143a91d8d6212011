import { setImmediate as breathe } from 'node:timers/promises';
import type { InboxCondition } from '#core/conditions.ts';
import type { Catalogue, Sighting } from '#core/ports/catalogue.ts';
import { fingerprint } from '#core/settle.ts';
import { forItsVideo } from './sightings.ts';
import { type InboxFile, statAll } from './walk.ts';

/** As many are named; of more the page gives the count. */
const namedAtMost = 100;

/** The owner asked for it, and it is not taken yet: its row says so, also after a restart. */
export function isWanted(row: Sighting | null): boolean {
  return row !== null && row.state !== 'taken' && row.reason !== forItsVideo;
}

/**
 * Gathers, in one walk, the files that an inbox does not take by itself: those that the owner asked for are handed
 * over as if they were videos, those that were taken for that reason are left out, the others are listed.
 */
export function createLeftFiles(deps: {
  readonly inbox: string;
  readonly root: string;
  readonly catalogue: Catalogue;
  readonly onWanted: (files: readonly InboxFile[]) => void;
}): {
  add(paths: readonly string[]): Promise<void>;
  list(): InboxCondition['left'];
} {
  const { inbox, root, catalogue } = deps;
  const paths: string[] = [];
  let total = 0;

  /** Whether a file is still what was taken of it; what cannot be looked at is not said to be anything else. */
  const areAsTaken = async (rows: readonly Sighting[]): Promise<ReadonlySet<string>> => {
    const asTaken = new Set<string>();
    const files = await statAll(root, pathsOf(rows), (_error, path) => asTaken.add(path));
    const prints = new Map(rows.map((row) => [row.path, row.fingerprint]));
    for (const { path, stat } of files) if (prints.get(path) === fingerprint(stat)) asTaken.add(path);
    return asTaken;
  };

  return {
    async add(found) {
      const rows = found.flatMap((path) => catalogue.sightings.find(inbox, path) ?? []);
      const wanted = pathsOf(rows.filter(isWanted));
      const settledWith = await areAsTaken(rows.filter((row) => row.state === 'taken'));
      const left = found.filter((path) => !settledWith.has(path) && !wanted.includes(path));
      total += left.length;
      paths.push(...left.slice(0, Math.max(0, namedAtMost - paths.length)));
      if (wanted.length > 0) deps.onWanted(await statAll(root, wanted, () => {}));
      await breathe();
    },
    list: () => ({ total, paths: paths.toSorted() }),
  };
}

function pathsOf(rows: readonly Sighting[]): readonly string[] {
  return rows.map(({ path }) => path);
}
