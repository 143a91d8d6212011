import { describe, expect, it } from 'vitest';
import { defaultPolicy, parsePolicy, policyOf, readPolicies } from '#core/policy.ts';

describe('a policy', () => {
  it.each([
    ['3-2-1', { copies: 3, media: 2, awayFromHome: 1 }],
    ['2-1-0', { copies: 2, media: 1, awayFromHome: 0 }],
    ['2-3-1', null],
    ['1-1-2', null],
    ['0-0-0', null],
    ['3-2', null],
    ['three', null],
  ])('is read out of %s', (text, policy) => {
    expect(parsePolicy(text)).toEqual(policy);
  });

  it('holds for the role that it was set for; the others go by 3-2-1', () => {
    const policies = readPolicies((name) => (name === 'copies-of-raw' ? '2-2-0' : null));
    expect(policyOf(policies, 'raw')).toEqual({ copies: 2, media: 2, awayFromHome: 0 });
    expect(policyOf(policies, 'final')).toEqual(defaultPolicy);
  });
});
