import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMounts } from '#daemon/inbox/mounts.ts';
import { condition, isHeld, openBench, put } from '#tests/support/inbox-bench.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { until } from '#tests/support/until.ts';

const folder = useTempFolder();

describe('the list of mounts', () => {
  it('has the root of the system, and is empty where the system keeps none', async () => {
    expect((await readMounts()).map(({ mountPoint }) => mountPoint)).toContain('/');
    expect(await readMounts(join(folder.path, 'none'))).toEqual([]);
  });

  it('is not taken for empty where it cannot be read: a share would pass for local', async () => {
    await expect(readMounts(folder.path)).rejects.toThrow(`read ${folder.path}`);
  });

  it('has an inbox wait until it can be read, which is said once', async () => {
    let isReadable = false;
    let asked = 0;
    await using bench = await openBench({
      async readMounts() {
        asked += 1;
        if (isReadable) return readMounts();
        throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
      },
    });
    const bytes = await put(bench, 'Rome.mp4');
    await until('the first look', () => condition(bench)?.state === 'gone');
    bench.clock.advance(60_000);
    await until('another look', () => asked > 2);
    const said = bench.log.lines.filter(({ level }) => level === 'warn');
    expect(said).toEqual([
      {
        level: 'warn',
        facts: { inbox: bench.root, error: expect.stringContaining('too many files are open (EMFILE)') },
        message: 'The inbox cannot be reached.',
      },
    ]);
    expect(isHeld(bench, bytes)).toBe(false);
    isReadable = true;
    await until('it is taken', () => isHeld(bench, bytes));
  });
});
