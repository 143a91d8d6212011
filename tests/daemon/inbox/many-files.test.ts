import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { filesIn, openBench, someBytes, versions } from '#tests/support/inbox-bench.ts';
import { until } from '#tests/support/until.ts';

const count = 5_000;

describe('an inbox with 5,000 files', () => {
  it('is emptied: each is taken, and none twice', { timeout: 60_000 }, async () => {
    const digests = new Set<string>();
    let startMs = 0;
    let peak = 0;
    await using bench = await openBench({
      quietMs: 400,
      async prepare(root) {
        for (let n = 0; n < count; n += 1) {
          const bytes = someBytes(2_000);
          digests.add(digestOf(bytes));
          await writeFile(`${root}/clip ${n} of many.mp4`, bytes);
        }
        startMs = performance.now();
      },
    });
    await until(
      'all in the hold',
      async () => {
        peak = Math.max(peak, process.memoryUsage.rss());
        return versions(bench).length === count;
      },
      50_000,
    );
    const takenMs = performance.now() - startMs;
    await until(
      'all in the hold',
      async () => (await filesIn(bench.root)).every((path) => path.startsWith('.reelhold-hold/')),
      50_000,
    );
    console.log({ takenMs, heldMs: performance.now() - startMs, peakMiB: peak / 2 ** 20 });
    expect(new Set(versions(bench).map(({ digest }) => digest))).toEqual(digests);
    console.log(
      'seen again',
      versions(bench).filter(({ seenAgain }) => seenAgain > 0).length,
      'holds',
      bench.catalogue.holds.list('inbox').length,
    );
  });
});
