import { expect, it } from 'vitest';
import { createGate } from '#daemon/import/gate.ts';

it('a gate lets no more pass at once than it may, in their order, also after one that failed', async () => {
  const pass = createGate(2);
  const [begun, open] = [[] as number[], { now: 0, most: 0 }];
  const run = (n: number) => async () => {
    begun.push(n);
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    await new Promise((resolve) => setImmediate(resolve));
    open.now -= 1;
    if (n === 1) throw new Error('one failed');
    return n;
  };
  const results = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((n) => pass(run(n))));
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true, true]);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  expect(open.most).toBe(2);
  expect(await pass(run(6))).toBe(6);
});
