import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  addsFromElsewhere,
  type CutBench,
  readsBack,
  rebuilds,
  type Scenario,
  takesFromInbox,
  type Work,
} from '#tests/support/cut-scenarios.ts';
import { makeInstallation, startDaemon } from '#tests/support/daemon.ts';
import {
  type FileSystem,
  type LoopDisk,
  makeLoopDisk,
  noLoopDisksBecause,
  skippedBecause,
} from '#tests/support/loop-disk.ts';
import { findFaults, findTorn } from '#tests/support/oracle.ts';
import { faultScope, recordFigures } from '#tests/support/reliability.ts';
import { createRandom, testSeed } from '#tests/support/seed.ts';
import { until } from '#tests/support/until.ts';

const isSkipped = skippedBecause('Power cuts', noLoopDisksBecause);
const seed = testSeed();
const section = 'Power cuts';

/** How often the power is cut in each piece of work, on each file system. */
const cuts =
  faultScope === 'all'
    ? { ingests: 12, adds: 9, rebuilds: 4, readings: 5 }
    : { ingests: 1, adds: 1, rebuilds: 0, readings: 0 };

const sampleSpanMs = 300;

describe.skipIf(isSkipped).concurrent('a power cut', () => {
  it.each(['ext4', 'xfs'] as const)(
    'on %s, at any moment, loses nothing that was acknowledged and nothing that waits, and the next start finishes',
    { timeout: 15 * 60_000 },
    async (fileSystem) => {
      await using disk = await makeLoopDisk(fileSystem, 2048);
      await using installation = await makeInstallation({}, disk.root);
      const random = createRandom(seed + fileSystem.length);
      const bench: CutBench = { installation, sources: [], random };
      const plan: readonly (readonly [Scenario, number])[] = [
        [takesFromInbox, cuts.ingests],
        [addsFromElsewhere(), cuts.adds],
        [readsBack, cuts.readings],
        [rebuilds, cuts.rebuilds],
      ];
      for (const [scenario, count] of plan) await cutAgainAndAgain(disk, bench, scenario, count);
      const total = plan.reduce((sum, [, count]) => sum + count, 0);
      recordFigures(section, [
        { what: `${fileSystem}: in all`, figure: `${total} cuts survived (seed ${seed})` },
      ]);
    },
  );
});

/** Measures how long the work takes, then cuts it once in each equal share of that time, in any order. */
async function cutAgainAndAgain(disk: LoopDisk, bench: CutBench, scenario: Scenario, count: number) {
  if (count === 0) return;
  let spanMs = faultScope === 'all' ? await measure(bench, scenario) : sampleSpanMs;
  let midway = 0;
  for (const share of shares(count, bench.random)) {
    const endedAfterMs = await cutOnce(disk, bench, scenario, share * spanMs);
    if (endedAfterMs === null) midway += 1;
    // Other work on this machine made it look longer; or its beginning was seen too late, and it looks shorter now.
    else spanMs = Math.min(spanMs, Math.max(spanMs / 2, endedAfterMs));
  }
  record(disk.fileSystem, scenario, { count, midway, spanMs });
}

async function measure(bench: CutBench, scenario: Scenario): Promise<number> {
  await scenario.prepare(bench);
  const work = scenario.start(bench);
  await work.began;
  const beganMs = performance.now();
  await work.done;
  const spanMs = performance.now() - beganMs;
  await work.finish();
  return spanMs;
}

/** Gives how long the work had taken, in ms; null where it was still going on when the power went. */
async function cutOnce(disk: LoopDisk, bench: CutBench, scenario: Scenario, afterMs: number) {
  const { installation, sources } = bench;
  await scenario.prepare(bench);
  const work = scenario.start(bench);
  const endedAfterMs = watchEnd(work);
  await work.began;
  await sleep(afterMs);
  const before = await work.acknowledged();
  await disk.cutPower();
  const tookMs = endedAfterMs();
  // Whoever goes on without a disk must not claim anything any more.
  const acknowledged = new Set([...before, ...(await work.acknowledged())]);
  await work.kill9();
  await disk.unmount();
  await disk.mount();
  expect(await findFaults(installation, sources, [...acknowledged].map(asVersion))).toEqual([]);
  expect(await findTorn(installation)).toEqual([]);
  await scenario.again?.(bench);
  await expectFinished(bench, scenario);
  return tookMs;
}

function watchEnd(work: Work): () => number | null {
  let tookMs: number | null = null;
  const measureEnd = async () => {
    await work.began;
    const beganMs = performance.now();
    await work.done;
    tookMs = performance.now() - beganMs;
  };
  work.done.catch(() => undefined); // it was cut off
  measureEnd().catch(() => undefined);
  return () => tookMs;
}

const asVersion = (digest: string) => ({
  id: '',
  number: 0,
  name: digest.slice(0, 20),
  sizeBytes: 0,
  digest,
});

/** The next start does what was left, and lists every video that was ever handed over; each reads back. */
async function expectFinished(bench: CutBench, scenario: Scenario): Promise<void> {
  const { installation, sources } = bench;
  await using daemon = await startDaemon(installation);
  const isListed = async () => {
    const listed = new Set((await daemon.api.versions()).map(({ digest }) => digest));
    return sources.every(({ digest }) => listed.has(digest));
  };
  await until('every video on the page', isListed, 60_000);
  await until(`the end of what was cut off: ${scenario.name}`, () => scenario.isFinished(bench), 60_000);
  expect(await findFaults(installation, sources, await daemon.api.versions())).toEqual([]);
  expect(await daemon.stop()).toBe(0);
}

/** One moment in each of so many equal shares of the time, shuffled. */
function shares(count: number, random: () => number): readonly number[] {
  const all = Array.from({ length: count }, (_, n) => (n + random()) / count);
  return all
    .map((share) => ({ share, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ share }) => share);
}

function record(
  fileSystem: FileSystem,
  { name }: Scenario,
  { count, midway, spanMs }: { count: number; midway: number; spanMs: number },
) {
  const span = `the work takes ${(spanMs / 1000).toFixed(2)} s`;
  recordFigures(section, [
    {
      what: `${fileSystem}: while ${name}`,
      figure: `${count} cuts survived, ${midway} of them midway (${span})`,
    },
  ]);
}
