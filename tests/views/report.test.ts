import { expect, it } from 'vitest';
import { reportedCopy } from '#views/locales/en-report.ts';

const copy = { location: 'Blue', provenAtMs: null } as const;

it.each([
  [undefined, 'no copy'],
  [{ ...copy, state: 'corrupt' }, 'damaged'],
  [{ ...copy, state: 'missing' }, 'gone'],
  [{ ...copy, state: 'unreachable' }, 'could not be read'],
  [{ ...copy, state: 'unknown' }, 'not looked at yet'],
  [{ ...copy, state: 'present' }, 'there, not read back yet'],
  [{ ...copy, state: 'present', provenAtMs: 7 }, 'read back at 7'],
] as const)('a report says of a copy in plain words: %j', (one, words) => {
  expect(reportedCopy(one, (atMs) => `at ${atMs}`)).toBe(words);
});
