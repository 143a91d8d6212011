import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type CatalogueDatabase, openForReading, openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { createDiskJournal } from '#store/disk-journal.ts';
import { dumpTables, projectedColumns } from '#tests/support/catalogue.ts';
import {
  type ApiVersion,
  type ApiVideo,
  type Installation,
  makeInstallation,
  spawnDaemon,
  startDaemon,
  waitUntilHealthy,
} from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { findFaults, type Source } from '#tests/support/oracle.ts';
import { createRandom, testSeed } from '#tests/support/seed.ts';
import { until } from '#tests/support/until.ts';

const fileCount = 200;
const kills = 13;
const random = createRandom(testSeed());
const between = (low: number, high: number) => low + random() * (high - low);
const oneOf = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;

it('a daemon that is killed again and again loses nothing, claims nothing that is not so, and finishes', {
  timeout: 300_000,
}, async () => {
  await using installation = await makeInstallation();
  const sources: Source[] = [];
  const bodies: Buffer[] = [];
  for (let round = 0; round < kills; round += 1) {
    const share = Math.ceil((fileCount - sources.length) / (kills - round));
    await putFiles(installation, sources, bodies, share);
    const acknowledged = await runUntilKilled(installation, round);
    expect(await findFaults(installation, sources, acknowledged)).toEqual([]);
  }
  await using daemon = await startDaemon(installation);
  expect(await findFaults(installation, sources, await daemon.api.versions())).toEqual([]);
  await until('an empty inbox', async () => (await waiting(installation)).length === 0, 60_000);
  const versions = await daemon.api.versions();
  expect(await findFaults(installation, sources, versions)).toEqual([]);
  expect(new Set(versions.map(({ digest }) => digest))).toEqual(new Set(sources.map(({ digest }) => digest)));
  for (const version of versions.slice(0, 20)) {
    expect(digestOf(await daemon.api.content(version.id))).toBe(version.digest);
  }
  expectVersionsOfOneName(await daemon.api.videos());
  expect(await daemon.stop()).toBe(0);
  await expectCatalogueFollowsFromJournal(installation);
});

/** Files of 10 KB to 2 MB; one in ten has the bytes of another, one in five another's name in another folder. */
async function putFiles({ inbox, folder }: Installation, sources: Source[], bodies: Buffer[], count: number) {
  for (let n = 0; n < count; n += 1) {
    const isDuplicate = bodies.length > 0 && random() < 0.1;
    const bytes = isDuplicate ? oneOf(bodies) : randomBytes(Math.floor(10_000 * 200 ** random()));
    if (!isDuplicate) bodies.push(bytes);
    const isVersion = sources.length > 0 && random() < 0.2;
    const name = isVersion ? oneOf(sources).path.replace(/^.*\//, '') : `Work no ${sources.length}.mp4`;
    const path = `day ${sources.length}/${name}`;
    await mkdir(join(inbox, path, '..'));
    await writeFile(join(folder, 'draft'), bytes);
    await rename(join(folder, 'draft'), join(inbox, path));
    sources.push({ path, digest: digestOf(bytes) });
  }
}

/**
 * Most kills come in the middle of the work: when files stand in staging, or some blobs, a journal segment or
 * some held originals have come, and up to 15 ms later. Some come while the daemon starts. Gives what the
 * daemon had acknowledged when it was last asked: soon after its start, or just before its end.
 */
async function runUntilKilled(installation: Installation, round: number): Promise<readonly ApiVersion[]> {
  await using daemon = spawnDaemon(installation);
  if (round % 6 === 5) {
    await sleep(between(50, 900));
    await daemon.kill9();
    return [];
  }
  const sign = join(installation.folder, oneOf(['vault/staging', 'vault/blobs', 'vault/journal', hold]));
  const before = sign.endsWith('staging') ? 0 : await countFiles(sign);
  const more = sign.endsWith('journal') ? 1 : Math.ceil(between(0, 6));
  await waitUntilHealthy(daemon, installation);
  const acknowledged = await daemon.api.versions();
  const deadlineMs = performance.now() + 5_000;
  while ((await countFiles(sign)) < before + more && performance.now() < deadlineMs) await sleep(1);
  await sleep(between(0, 15));
  const isAskedLate = random() < 0.3;
  const late = isAskedLate ? await daemon.api.versions() : acknowledged;
  await daemon.kill9();
  return late;
}

const hold = 'inbox/.reelhold-hold';

async function countFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).length;
}

/** Files that the inbox still shows. */
async function waiting({ inbox }: Installation): Promise<readonly string[]> {
  const entries = await readdir(inbox, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/.reelhold-hold/'));
}

/** All bytes that came under one name are versions of one video, numbered without a gap. */
function expectVersionsOfOneName(videos: readonly ApiVideo[]): void {
  const videosOfName = new Map<string, Set<string>>();
  for (const { id, versions } of videos) {
    for (const { name } of versions) {
      videosOfName.set(name, (videosOfName.get(name) ?? new Set()).add(id));
    }
    const numbers = versions.map(({ number }) => number).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  }
  expect([...videosOfName].filter(([, ids]) => ids.size > 1)).toEqual([]);
}

/** Every segment is whole, and an empty catalogue that gets them all says the same as the daemon's. */
async function expectCatalogueFollowsFromJournal({ vault, config, folder }: Installation): Promise<void> {
  const journal = createDiskJournal({ root: vault });
  using rebuilt = openForWriting(join(folder, 'rebuilt.sqlite'));
  const { archive } = createTransactor(rebuilt);
  const names = await journal.list();
  for (const name of names) {
    const segment = await journal.read(name);
    expect(segment.isWhole).toBe(true);
    archive.keep(segment);
  }
  archive.catchUp();
  expect((await readdir(join(vault, 'index'))).length).toBeGreaterThanOrEqual(names.length);
  using daemons = openForReading(join(config, 'catalogue.sqlite')) as CatalogueDatabase;
  const told = dumpTables(daemons, projectedColumns);
  expect(dumpTables(rebuilt, projectedColumns)).toEqual(told);
  expect(told.versions?.length).toBeGreaterThan(0);
}
