import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { filesIn, openBench, someBytes, versions } from '#tests/support/inbox-bench.ts';
import { until } from '#tests/support/until.ts';

const count = 5_000;

describe('an inbox with 5,000 files', () => {
  it('is emptied: each is taken, and none twice', { timeout: 120_000 }, async () => {
    const digests = new Set<string>();
    await using bench = await openBench({
      quietMs: 400,
      async prepare(root) {
        for (let n = 0; n < count; n += 1) {
          const bytes = someBytes(2_000);
          digests.add(digestOf(bytes));
          await writeFile(`${root}/clip ${n} of many.mp4`, bytes);
        }
      },
    });
    const countRows = bench.database.sqlite.prepare('SELECT count(*) FROM versions').pluck();
    await until('all taken', () => countRows.get() === count, 50_000);
    const isInHold = (path: string) => path.startsWith('.reelhold-hold/');
    await until('an empty inbox', async () => (await filesIn(bench.root)).every(isInHold));
    expect(new Set(versions(bench).map(({ digest }) => digest))).toEqual(digests);
    expect(versions(bench).filter(({ number, seenAgain }) => number !== 1 || seenAgain !== 0)).toEqual([]);
    expect(bench.catalogue.holds.list('inbox')).toHaveLength(count);
    expect(bench.queries.arrivals(1).total).toBe(0);
  });
});
