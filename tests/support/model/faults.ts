import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createCatalogueBackups } from '#catalogue/backup.ts';
import { isReelholdError } from '#core/errors.ts';
import { createLocalDay } from '#core/local-day.ts';
import { runHandler } from '#tests/support/operations.ts';
import type { Unsure } from './compare.ts';
import type { Choose } from './deeds.ts';
import { flushPath } from './home.ts';
import { digestOfBlob, filesBelow } from './observe.ts';
import { flipBit, type World } from './world.ts';

/** Something that happens to the installation; afterwards it has to be what the model says. Null: not possible now. */
export type Fault = (world: World, choose: Choose, bit: number) => Promise<void> | null;

const vault = (world: World, ...path: readonly string[]) => join(world.home.config.vaultDir, ...path);

export const flipBlob: Fault = (world, choose, bit) => {
  const path = choose(filesBelow(vault(world, 'blobs')));
  if (path === undefined) return null;
  world.tolerance.damagedBlobs.add(digestOfBlob(path));
  flipBit(vault(world, 'blobs', path), bit);
  return Promise.resolve();
};

export const flipSegment: Fault = (world, choose, bit) => {
  const name = choose(readdirSync(vault(world, 'journal')).filter((one) => isWhole(world, one)));
  if (name === undefined) return null;
  const file = vault(world, 'journal', name);
  world.tolerance.noteDamagedSegment(name, subjectsOf(world, readFileSync(file, 'utf8')));
  flipBit(file, bit);
  return Promise.resolve();
};

export const flipIndex: Fault = (world, choose, bit) => {
  const name = choose(readdirSync(vault(world, 'index')));
  if (name === undefined) return null;
  world.tolerance.damagedIndexes.add(name.replace(/tsv$/, 'jsonl'));
  flipBit(vault(world, 'index', name), bit);
  return Promise.resolve();
};

function isWhole(world: World, segment: string): boolean {
  const hash = createHash('sha256').update(readFileSync(vault(world, 'journal', segment)));
  return segment.endsWith(`-${hash.digest('hex')}.jsonl`);
}

/** What a segment's records are about: all that may differ once nobody has it whole any more. */
function subjectsOf(world: World, content: string): Unsure {
  const { sqlite } = world.archive.database;
  const ofVideo = sqlite
    .prepare(
      `WITH RECURSIVE holder(id) AS (SELECT ? UNION SELECT merged_into FROM videos JOIN holder USING (id))
       SELECT digest FROM versions JOIN holder ON holder.id = video_id`,
    )
    .pluck();
  const ofVersion = sqlite.prepare('SELECT digest FROM versions WHERE id = ?').pluck();
  const [digests, settings] = [new Set<string>(), new Set<string>()];
  for (const line of content.split('\n').filter(Boolean)) {
    const record = JSON.parse(line) as Readonly<Record<string, unknown>>;
    for (const video of [record.video, record.from, record.into]) {
      for (const digest of ofVideo.all(video ?? null)) digests.add(String(digest));
    }
    for (const digest of ofVersion.all(record.version ?? null)) digests.add(String(digest));
    if (typeof record.digest === 'string') digests.add(record.digest);
    if (record.kind === 'setting') settings.add(String(record.name));
  }
  return { digests, settings };
}

/** The newest of the journal goes, as when its disk was restored from a backup: the catalogue has it still. */
export const loseSegments: Fault = (world, choose) => {
  const names = readdirSync(vault(world, 'journal')).sort((a, b) => seqOf(a) - seqOf(b));
  const lost = names.slice(-(choose([1, 2, 5]) ?? 1));
  if (lost.length === 0 || !lost.every((name) => isWhole(world, name))) return null;
  const withIndex = choose([true, false]) === true;
  return (async () => {
    const before = new Map(lost.map((name) => [name, readFileSync(vault(world, 'journal', name))]));
    await world.close();
    for (const name of lost) {
      rmSync(vault(world, 'journal', name));
      if (withIndex) rmSync(vault(world, 'index', name.replace(/jsonl$/, 'tsv')), { force: true });
    }
    for (const folder of ['journal', 'index']) flushPath(vault(world, folder));
    await world.open();
    for (const [name, content] of before) {
      if (!readFileSync(vault(world, 'journal', name)).equals(content))
        throw new Error(`${name} is another now`);
      if (!existsSync(vault(world, 'index', name.replace(/jsonl$/, 'tsv'))))
        throw new Error(`${name} has no index`);
    }
  })();
};

function seqOf(segment: string): number {
  return Number(segment.split('-')[1]);
}

const catalogueFile = (world: World, ending = '') => `${world.home.config.catalogueFile}${ending}`;

/** Ends the process, well or not: the latter leaves a log beside the catalogue. */
async function end(world: World, isWell: boolean): Promise<void> {
  if (isWell) return await world.close();
  world.home.freeze();
  await world.close().catch(() => undefined);
  world.home.revive();
}

export const flipCatalogue: Fault = (world, choose, bit) => {
  const isWell = choose([true, false]) === true;
  const ending = isWell ? '' : (choose(['', '-wal']) ?? '');
  return (async () => {
    await end(world, isWell);
    const file = catalogueFile(world, ending);
    if (existsSync(file)) flipBit(file, bit);
    world.tolerance.wasCatalogueFlipped = true;
    await openDoubtful(world, new Set());
  })();
};

export const deleteCatalogue: Fault = (world, choose) => {
  const isWell = choose([true, false]) === true;
  const withLog = choose([true, false]) === true;
  return (async () => {
    await end(world, isWell);
    for (const ending of withLog ? ['', '-wal', '-shm'] : [''])
      rmSync(catalogueFile(world, ending), { force: true });
    world.home.flush();
    world.tolerance.noteCatalogueLost(new Set());
    await world.open();
  })();
};

/** A copy of the catalogue: made by Reelhold, or of its file while nobody has it open. */
export const backUp: Fault = (world, choose) => {
  const isOurs = choose([true, false]) === true;
  const path = join(world.home.shelf, `backup-${world.backups.length}`);
  return (async () => {
    const names = world.archive.database.sqlite
      .prepare('SELECT name FROM segments WHERE is_whole')
      .pluck()
      .all();
    if (isOurs) await copyOwnBackup(world, path);
    else {
      await world.close();
      copyFileSync(catalogueFile(world), path);
      await world.open();
    }
    world.backups.push({ path, isOurs, has: new Set(names.map(String)) });
  })();
};

async function copyOwnBackup(world: World, to: string): Promise<void> {
  const day = createLocalDay('Europe/Berlin')(world.clock.nowMs());
  const outcome = await createCatalogueBackups(catalogueFile(world)).make(day, new AbortController().signal);
  copyFileSync(join(world.home.config.configDir, 'backups', outcome.name), to);
}

/** Somebody puts an old catalogue in place of the one there is; the log of that one may stay behind. */
export const restoreCatalogue: Fault = (world, choose) => {
  const backup = choose(world.backups);
  if (backup === undefined) return null;
  const isWell = choose([true, false]) === true;
  const logStays = choose([true, false]) === true;
  return (async () => {
    await end(world, isWell);
    if (!logStays)
      for (const ending of ['-wal', '-shm']) rmSync(catalogueFile(world, ending), { force: true });
    copyFileSync(backup.path, catalogueFile(world));
    world.home.flush();
    if (logStays && !backup.isOurs) return await openDoubtful(world, backup.has);
    world.tolerance.noteCatalogueLost(backup.has);
    await world.open();
  })();
};

/**
 * A catalogue whose pages may be damaged, or of two times: either that is noticed and it is set aside, or it is whole as
 * far as SQLite can tell. What it says wrongly then holds until the next rebuild.
 */
export async function openDoubtful(world: World, has: ReadonlySet<string>): Promise<void> {
  for (let triesLeft = 3; ; triesLeft -= 1) {
    try {
      const lines = await world.open();
      const isSetAside = lines.some(({ message }) => message.includes('It was set aside'));
      world.tolerance.noteCatalogueLost(isSetAside ? new Set() : has);
      if (isSetAside) return;
      if (!world.isAsExpected()) world.counts.rebuilt += 1;
      await runHandler(world.archive.rebuild);
      return;
    } catch (error) {
      // The daemon says so, closes the archive, and opens it again in a while.
      if (!isReelholdError(error, 'corrupt') || triesLeft === 0) throw error;
      await world.close();
    }
  }
}

const yearMs = 365 * 24 * 60 * 60 * 1000;

export const jumpClock: Fault = (world, choose) => {
  const now = Date.now();
  const to =
    choose([0, 1e9, now - 10 * yearMs, now + 10 * yearMs, now - yearMs / 365, now, now + yearMs]) ?? now;
  world.clock.setWall(to);
  return Promise.resolve();
};
