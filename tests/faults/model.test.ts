import { afterAll, describe, expect, it } from 'vitest';
import { describeError } from '#core/errors.ts';
import { noLoopDisksBecause, skippedBecause } from '#tests/support/loop-disk.ts';
import { makeHome } from '#tests/support/model/home.ts';
import { anyStep, describeStep, takeStep } from '#tests/support/model/steps.ts';
import { World } from '#tests/support/model/world.ts';
import fc from '#tests/support/properties.ts';
import { faultScope, recordFigures } from '#tests/support/reliability.ts';

const stepsInAll = faultScope === 'all' ? 2_000 : 60;
const stepsInARun = Math.min(100, stepsInAll);
/** A busy machine takes several times as long. */
const timeLimitMs = faultScope === 'all' ? 45 * 60_000 : 5 * 60_000;
/** The same archives each time, so that it is a change that fails and not chance; others by REELHOLD_TEST_SEED. */
const seed = Number(process.env.REELHOLD_TEST_SEED ?? 3000);
const totals = { runs: 0, steps: 0, kills: 0, cuts: 0, starts: 0, rebuilt: 0 };
const hasNoDisks = skippedBecause(
  'power cuts of the model-based run, which are kills instead',
  noLoopDisksBecause,
);

/** One archive from its first day on. What failed is repeated by the seed that the message names. */
async function run(runSeed: number): Promise<void> {
  const libraryMode = (['auto', 'copy', 'off'] as const)[runSeed % 3] ?? 'auto';
  await using world = new World(await makeHome({ withDisks: !hasNoDisks, libraryMode }), runSeed);
  const trail: string[] = [];
  try {
    await world.open();
    for (const step of fc.sample(anyStep, { seed: runSeed, numRuns: stepsInARun })) {
      trail.push(describeStep(step));
      await takeStep(world, step);
    }
  } catch (error) {
    const said = world.log.lines.map(
      (line) => `  ${line.level} ${line.message} ${JSON.stringify(line.facts)}`,
    );
    throw new Error(
      `REELHOLD_TEST_SEED=${runSeed}, step ${trail.length}: ${describeError(error)}
after: ${trail.join('; ')}
the log since the last start:\n${said.slice(-20).join('\n')}`,
      { cause: error },
    );
  } finally {
    totals.runs += 1;
    for (const [name, count] of Object.entries(world.counts)) totals[name as keyof typeof totals] += count;
  }
}

describe('whatever happens to an archive', () => {
  it('it has what the model says after each step', { timeout: timeLimitMs }, async () => {
    while (totals.steps < stepsInAll) await run(seed + totals.runs);
    expect(totals.steps).toBeGreaterThanOrEqual(stepsInAll);
  });
});

afterAll(() => {
  recordFigures('Model-based run', [
    {
      what: `steps compared with the model, in ${totals.runs} archives (seed ${seed})`,
      figure: totals.steps,
    },
    { what: 'processes killed in the middle of a step', figure: totals.kills },
    {
      what: hasNoDisks
        ? 'power cuts in the middle of a step (no disks to cut here)'
        : 'power cuts in the middle of a step',
      figure: totals.cuts,
    },
    { what: 'starts', figure: totals.starts },
    { what: 'catalogues damaged in a way that only a rebuild put right', figure: totals.rebuilt },
  ]);
});
