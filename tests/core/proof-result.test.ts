import { expect, it } from 'vitest';
import { describeShare, formatProofResult, parseProofResult } from '#core/proof-result.ts';

it('reads back what a share of proofs, and a whole reading, came to', () => {
  const result = { proven: 12, bad: 3, unread: 0, unmended: 4 };
  for (const goesOn of [true, false]) {
    expect(parseProofResult(describeShare(result, goesOn))).toEqual(result);
    const well = { ...result, bad: 0, unmended: 0 };
    expect(parseProofResult(describeShare(well, goesOn))).toEqual(well);
  }
  const whole = { ...result, unread: 5 };
  expect(parseProofResult(formatProofResult(whole))).toEqual(whole);
  expect(parseProofResult('')).toEqual({ proven: 0, bad: 0, unread: 0, unmended: 0 });
});
