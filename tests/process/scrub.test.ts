import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type CatalogueDatabase, openForReading, openForWriting } from '#catalogue/database.ts';
import { dayMs } from '#core/assess.ts';
import { blobPath, type Digest, parseDigest } from '#core/digest.ts';
import type { JournalRecord } from '#core/journal-record.ts';
import { createDiskJournal } from '#store/disk-journal.ts';
import { type Installation, makeInstallation, spawnDaemon, startDaemon } from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { findFaults, type Source } from '#tests/support/oracle.ts';
import { readJournal } from '#tests/support/records.ts';
import { createRandom, testSeed } from '#tests/support/seed.ts';
import { until } from '#tests/support/until.ts';

const fileCount = 80;
const kills = 6;
const random = createRandom(testSeed());

it('a scrub that is killed again and again reads everything back, nothing twice, and mends what is damaged', {
  timeout: 300_000,
}, async () => {
  await using installation = await makeInstallation({ REELHOLD_LIBRARY_MODE: 'copy' });
  const sources = await fillVault(installation);
  const beganMs = Date.now();
  makeProofsOld(installation);
  const [flipped, lost] = sources.map(({ digest }) => parseDigest(digest)) as [Digest, Digest];
  await flipBit(blobFile(installation, flipped));
  await rm(blobFile(installation, lost));
  for (let round = 0; round < kills; round += 1) {
    makeScrubLate(installation);
    await using daemon = spawnDaemon(installation);
    // It may be over before anybody sees it.
    await until('the operation', () => openWork(installation) > 0 || !isScrubLate(installation), 60_000);
    await sleep(random() * 120);
    await daemon.kill9();
    expect((await findFaults(installation, sources, null)).length).toBeLessThanOrEqual(2);
  }
  for (let night = 0; unread(installation, beganMs) > 0; night += 1) {
    expect(night).toBeLessThan(12);
    makeScrubLate(installation);
    await using daemon = await startDaemon(installation);
    await until('the night’s plan', () => !isScrubLate(installation), 60_000);
    await until('a night’s work', () => openWork(installation) === 0, 60_000);
    await daemon.stop();
  }
  expect(await findFaults(installation, sources, null)).toEqual([]);
  expect(await readdir(join(installation.vault, 'quarantine'))).toHaveLength(1);
  const checks = (await readJournal(createDiskJournal({ root: installation.vault }))).filter(
    (record): record is Extract<JournalRecord, { kind: 'event' }> =>
      record.kind === 'event' && Date.parse(record.at) >= beganMs,
  );
  const digestsOf = (event: string, outcome: string) =>
    checks.flatMap((check) => (check.event === event && check.outcome === outcome ? check.digests : []));
  const proven = digestsOf('fixity check', 'success');
  expect(proven.toSorted()).toEqual(sources.map(({ digest }) => digest).toSorted());
  expect(new Set(digestsOf('recovery', 'success'))).toEqual(new Set([flipped, lost]));
});

/** Has a daemon take files of 20 KB to 200 KB. */
async function fillVault(installation: Installation): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (let n = 0; n < fileCount; n += 1) {
    const bytes = randomBytes(Math.floor(20_000 * 10 ** random()));
    const path = `day ${n}/Work no ${n}.mp4`;
    await mkdir(join(installation.inbox, path, '..'));
    await writeFile(join(installation.inbox, path), bytes);
    sources.push({ path, digest: digestOf(bytes) });
  }
  await using daemon = await startDaemon(installation);
  await until('all taken', async () => (await daemon.api.versions()).length === fileCount, 60_000);
  const shown = async () => {
    const entries = await readdir(installation.library, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).length;
  };
  await until('all shown', async () => (await shown()) === fileCount, 60_000);
  await daemon.stop();
  return sources;
}

function change({ config }: Installation, write: (sqlite: CatalogueDatabase['sqlite']) => void): void {
  using database = openForWriting(join(config, 'catalogue.sqlite'));
  write(database.sqlite);
}

function count({ config }: Installation, sentence: string, ...values: readonly unknown[]): number {
  using database = openForReading(join(config, 'catalogue.sqlite'));
  return Number(
    database?.sqlite
      .prepare(sentence)
      .pluck()
      .get(...values),
  );
}

/** As they are when the end of the promise is near, and no first proof is awaited. */
function makeProofsOld(installation: Installation): void {
  change(installation, (sqlite) => {
    sqlite.prepare('UPDATE copies SET proven_at_ms = ?').run(Date.now() - 85 * dayMs);
    sqlite.prepare("DELETE FROM operations WHERE lane = 'vault'").run();
  });
}

function makeScrubLate(installation: Installation): void {
  const sentence = "UPDATE jobs SET last_success_at_ms = ? WHERE name = 'scrub'";
  change(installation, (sqlite) => sqlite.prepare(sentence).run(Date.now() - 2 * dayMs));
}

function isScrubLate(installation: Installation): boolean {
  const sentence = "SELECT last_success_at_ms FROM jobs WHERE name = 'scrub'";
  return count(installation, sentence) < Date.now() - dayMs;
}

function openWork(installation: Installation): number {
  const isOpen = "kind IN ('scrub', 'heal') AND state IN ('pending', 'running')";
  return count(installation, `SELECT count(*) FROM operations WHERE ${isOpen}`);
}

function unread(installation: Installation, sinceMs: number): number {
  const isUnread = "state <> 'present' OR coalesce(proven_at_ms, 0) < ?";
  return count(installation, `SELECT count(*) FROM copies WHERE ${isUnread}`, sinceMs);
}

function blobFile({ vault }: Installation, digest: Digest): string {
  return join(vault, blobPath({ digest, ext: 'mp4' }));
}

async function flipBit(path: string): Promise<void> {
  await chmod(path, 0o644);
  await using file = await open(path, 'r+');
  const at = Math.floor(random() * 20_000);
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  await file.sync();
}
