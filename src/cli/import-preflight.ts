import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openForReading } from '#catalogue/database.ts';
import type { ImportPlan } from '#catalogue/import-plan.ts';
import { systemClock as clock } from '#clock.ts';
import type { Config } from '#config.ts';
import { encodeName } from '#core/file-name.ts';
import { forecastImport } from '#core/import-forecast.ts';
import type { ImportKind } from '#core/import-place.ts';
import { findRealFolder } from '#daemon/find-real-folder.ts';
import { folderIdentity } from '#daemon/import/walk-archive.ts';
import { readDiskSpace } from '#store/file-space.ts';
import { measureCopy } from '#store/measure-copy.ts';
import { findKnown } from './find-known.ts';
import type { ImportReport } from './import-report.ts';
import { isThere, ownFolders } from './import-roots.ts';
import { surveyArchives } from './survey-archive.ts';

const lookForKnownMs = 60_000;

/** Finds out what an import comes to; changes nothing but the plan. */
export async function makePreflight(
  config: Config,
  { roots, kind }: { readonly roots: readonly string[]; readonly kind: ImportKind },
  plan: ImportPlan,
  signal: AbortSignal,
): Promise<ImportReport> {
  using catalogue = openForReading(config.catalogueFile);
  const own = new Set<string>();
  for (const folder of ownFolders(config)) {
    const real = await findRealFolder(folder);
    if (real !== null) own.add(await folderIdentity(real));
  }
  const looking = createCounter('Looking through the folders');
  const seen = await surveyArchives({
    ...{ roots, kind, own, plan, catalogue, signal, onFiles: looking.add },
  });
  const isComplete = await findKnown({
    ...{ plan, config, signal, nowMs: clock.monotonicMs, atMostMs: lookForKnownMs },
  });
  looking.clear();
  const counts = plan.counts();
  const bytesPerSecond = await measure(config, plan);
  const { files, bytes } = counts.open;
  const work = { files, bytes, knownBytes: counts.held.bytes + counts.twice.bytes };
  const space = await readDiskSpace(await nearestFolder(config.vaultDir));
  const forecast = forecastImport(work, space, await copiesEach(config), bytesPerSecond);
  return { survey: seen, counts, isPartial: !isComplete, forecast, bytesPerSecond };
}

async function measure({ vaultDir }: Config, plan: ImportPlan): Promise<number | null> {
  const file = plan.largest();
  if (file === null) return null;
  const staging = join(vaultDir, 'staging');
  const target = (await isThere(staging)) ? staging : null;
  return measureCopy(Buffer.from(encodeName(file.path)), target, clock.monotonicMs);
}

/** Only a library of copies on the vault's own disk needs room there. */
async function copiesEach({ libraryMode, libraryDir, vaultDir }: Config): Promise<1 | 2> {
  if (libraryMode !== 'copy') return 1;
  const [library, vault] = await Promise.all([nearestFolder(libraryDir), nearestFolder(vaultDir)]);
  return (await stat(library)).dev === (await stat(vault)).dev ? 2 : 1;
}

async function nearestFolder(path: string): Promise<string> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if ((await isThere(folder)) || folder === dirname(folder)) return folder;
  }
}

/** Says on a terminal that something is going on. */
function createCounter(what: string) {
  const isShown = process.stderr.isTTY === true;
  let count = 0;
  return {
    add(more: number) {
      count += more;
      if (isShown) process.stderr.write(`\r\u001b[2K${what}: ${count} files so far`);
    },
    clear() {
      if (isShown) process.stderr.write('\r\u001b[2K');
    },
  };
}
