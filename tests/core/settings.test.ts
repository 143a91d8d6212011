import { describe, expect, it } from 'vitest';
import { proofSettings, remindDays } from '#core/settings.ts';

describe('how often copies are read back', () => {
  const read = (days: string | null, gigabytes: string | null) =>
    proofSettings((name) => (name === 'proof-days' ? days : gigabytes), 1000);

  it('is as the owner set it, each number in its unit', () => {
    expect(read('2', '50')).toEqual({ promiseMs: 172_800_000, budgetBytes: 5e10 });
  });

  it('is as the place promises, without a limit, where nothing that can be read is set', () => {
    expect(read(null, null)).toEqual({ promiseMs: 1000, budgetBytes: null });
    expect(read('many', '1e9')).toEqual({ promiseMs: 1000, budgetBytes: null });
  });
});

it('the owner is reminded of a place after a week, or after as many days as was set', () => {
  expect(remindDays(() => null)).toBe(7);
  expect(remindDays(() => 'soon')).toBe(7);
  expect(remindDays((name) => (name === 'remind-days' ? '30' : null))).toBe(30);
});
