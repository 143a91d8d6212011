import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRestoreQueries } from '#catalogue/restore-queries.ts';
import { restoreFiles } from '#daemon/restore/restore-files.ts';
import { readPlaceCatalogue } from '#place-catalogue.ts';
import { createHashPool } from '#store/hash-pool.ts';
import { openRestoreTarget } from '#store/restore-target.ts';
import { digestsBelow } from '#tests/support/model/observe.ts';
import { type BareShell, runRestore } from '#tests/support/restore-run.ts';
import { driveNames, type PlaceName, placeNames } from './house.ts';
import { sourceAt } from './mishaps.ts';
import type { World } from './world.ts';

const never = new AbortController().signal;

/** Brings every video back from each place alone, and compares: with the program, and of folders with a shell. */
export async function restoreEverywhere(world: World, shell: BareShell): Promise<void> {
  await world.close();
  for (const place of placeNames) {
    const byProgram = await restoreByProgram(world, place);
    compare(world, place, byProgram);
  }
  for (const place of ['vault', ...driveNames] as const) {
    const target = emptyFolder(world);
    const script = join(world.house.pathOf(place), 'restore.sh');
    const { code, complained } = await runRestore(shell, {
      args: [target],
      cwd: world.house.home.shelf,
      script,
    });
    if (code !== 0) throw new Error(`restore.sh at ${place} ends with ${code}: ${complained}`);
    compare(world, place, digestsBelow(target));
  }
  await world.open();
}

async function restoreByProgram(world: World, place: PlaceName): Promise<ReadonlyMap<string, string>> {
  const root = emptyFolder(world);
  await using pool = createHashPool(2);
  const source = sourceAt(world, place, pool);
  await using own = await readPlaceCatalogue({ source, requireSource: async () => {} }, never);
  await using target = await openRestoreTarget(root);
  const failed: string[] = [];
  await restoreFiles(
    createRestoreQueries(own.database).files({ kind: 'all' }),
    { target, sourcesOf: () => [source] },
    {
      signal: never,
      onProgress: () => {},
      onOutcome(file, outcome) {
        if ('reasons' in outcome) failed.push(`${file.path}: ${outcome.reasons.join('; ')}`);
      },
    },
  );
  if (failed.length > 0) throw new Error(`not brought from ${place}: ${failed.join('\n')}`);
  return digestsBelow(root);
}

/** All that is not in the trash, byte for byte, and nothing else. */
function compare(world: World, place: PlaceName, brought: ReadonlyMap<string, string>): void {
  const shown = world.state.videos.filter(({ trashed }) => !trashed);
  const wanted = shown.flatMap(({ versions }) => versions.map(({ digest }) => digest)).sort();
  const found = [...brought.values()].sort();
  world.counts.restored += found.length;
  const lacking = wanted.filter((digest) => !found.includes(digest));
  const strange = found.filter((digest) => !wanted.includes(digest));
  if (lacking.length + strange.length === 0 && wanted.length === found.length) return;
  throw new Error(
    `from ${place} came ${found.length} of ${wanted.length} files: lacking ${lacking.join(', ')}; not asked for ${strange.join(', ')}`,
  );
}

function emptyFolder(world: World): string {
  const folder = join(world.house.home.shelf, 'restored');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}
