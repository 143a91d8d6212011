import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openForReading } from '#catalogue/database.ts';
import {
  type DaemonProcess,
  type Installation,
  makeInstallation,
  startDaemon,
} from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { someBytes } from '#tests/support/inbox-bench.ts';
import { findFaults, type Source } from '#tests/support/oracle.ts';
import { itInFull, recordFigures } from '#tests/support/reliability.ts';
import { until } from '#tests/support/until.ts';

const section = 'Many files at once';
const sizeBytes = 4_000;
/** A Raspberry Pi has one gigabyte, and other things to do. */
const mostMemoryBytes = 400 * 2 ** 20;
/** As `npm start` runs it. */
const asStarted = {
  NODE_OPTIONS: '--max-semi-space-size=1 --max-old-space-size=128',
  MALLOC_ARENA_MAX: '2',
  UV_THREADPOOL_SIZE: '16',
};

describe('files that are moved into the inbox all at once', () => {
  it('are taken, none is missed and none is taken twice: 1,000', { timeout: 300_000 }, () => takeAll(1_000));

  itInFull('are taken, none is missed and none is taken twice: 20,000', () => takeAll(20_000));
});

async function takeAll(count: number): Promise<void> {
  await using installation = await makeInstallation(asStarted);
  const sources = await writeBeside(installation, count);
  await using daemon = await startDaemon(installation);
  const startedMs = performance.now();
  await rename(join(installation.folder, 'beside'), join(installation.inbox, 'moved in'));
  const counted = watchVersions(installation);
  await until(`all ${count} in the vault`, () => counted() === count, 9 * 60_000);
  const seconds = (performance.now() - startedMs) / 1000;
  const peakBytes = await peakOf(daemon);
  expect(peakBytes).toBeLessThan(mostMemoryBytes);

  const versions = readVersions(installation);
  expect(versions.map(({ digest }) => digest).sort()).toEqual(sources.map(({ digest }) => digest).sort());
  expect(versions.filter(({ number, seenAgain }) => number !== 1 || seenAgain !== 0)).toEqual([]);
  expect(await findFaults(installation, sources, null)).toEqual([]);
  const files = count.toLocaleString('en');
  recordFigures(section, [
    { what: `files moved in at once, each taken exactly once`, figure: files },
    { what: `seconds until all ${files} were durable`, figure: Math.round(seconds) },
    { what: `largest memory of the daemon meanwhile (VmHWM), MiB`, figure: Math.round(peakBytes / 2 ** 20) },
  ]);
}

/** On the inbox's own file system, so that one rename brings all of them. */
async function writeBeside({ folder }: Installation, count: number): Promise<readonly Source[]> {
  const sources: Source[] = [];
  const filesInFolder = 1_000;
  for (let n = 0; n < count; n += 1) {
    const below = `day ${Math.floor(n / filesInFolder)}`;
    if (n % filesInFolder === 0) await mkdir(join(folder, 'beside', below), { recursive: true });
    const bytes = someBytes(sizeBytes);
    const path = `${below}/Film ${n} of many.mp4`;
    await writeFile(join(folder, 'beside', path), bytes);
    sources.push({ path: `moved in/${path}`, digest: digestOf(bytes) });
  }
  return sources;
}

/** Says how many there are, at most a few times a second: the daemon is what is measured. */
function watchVersions(installation: Installation): () => number {
  let last = { atMs: Number.NEGATIVE_INFINITY, count: 0 };
  return () => {
    if (performance.now() - last.atMs > 500) {
      using database = openForReading(join(installation.config, 'catalogue.sqlite'));
      const count = database?.sqlite.prepare<[], number>('SELECT count(*) FROM versions').pluck().get() ?? 0;
      last = { atMs: performance.now(), count };
    }
    return last.count;
  };
}

interface VersionRow {
  readonly digest: string;
  readonly number: number;
  readonly seenAgain: number;
}

function readVersions(installation: Installation): readonly VersionRow[] {
  using database = openForReading(join(installation.config, 'catalogue.sqlite'));
  const rows = database?.sqlite.prepare<[], VersionRow>(
    'SELECT digest, number, seen_again AS seenAgain FROM versions',
  );
  return rows?.all() ?? [];
}

async function peakOf({ pid }: DaemonProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
