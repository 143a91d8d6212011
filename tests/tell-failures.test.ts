import { describe, expect, it } from 'vitest';
import { tellFailures } from '#tell-failures.ts';

const failure = new Error('no');

function tellable() {
  const told: unknown[] = [];
  const target = {
    fails() {
      throw failure;
    },
    failsLater: () => Promise.reject(failure),
    adds: (a: number, b: number) => a + b,
    addsLater: async (a: number, b: number) => a + b,
    rows: {
      fails() {
        throw failure;
      },
    },
    name: 'catalogue',
    nothing: null,
  };
  return { told, telling: tellFailures(target, (error) => told.push(error)) };
}

describe('functions whose failures are told', () => {
  it('fail as before, at once, later, and deeper down, and somebody knows', async () => {
    const { told, telling } = tellable();
    expect(() => telling.fails()).toThrow(failure);
    await expect(telling.failsLater()).rejects.toBe(failure);
    expect(() => telling.rows.fails()).toThrow(failure);
    expect(told).toEqual([failure, failure, failure]);
  });

  it('give what they gave', async () => {
    const { told, telling } = tellable();
    expect(telling.adds(1, 2)).toBe(3);
    expect(await telling.addsLater(1, 2)).toBe(3);
    expect(telling).toMatchObject({ name: 'catalogue', nothing: null });
    expect(told).toEqual([]);
  });
});
