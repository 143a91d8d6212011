import { describe, expect, it } from 'vitest';
import { awayWords, sharesDiskWords } from '#views/locales/en-places.ts';

const said = Object.values(awayWords).map(({ what, next }) => `${what} ${next}`);

describe('what is said of a place that cannot be used', () => {
  it('is something of its own for each reason, and always says how it goes on', () => {
    expect(new Set(said).size).toBe(said.length);
    for (const { what, next } of Object.values(awayWords))
      expect(Math.min(what.length, next.length)).toBeGreaterThan(10);
  });

  it('never speaks as an engineer does', () => {
    for (const words of said) expect(words).not.toMatch(/mount point|hash|blob|remote|job|writer|clone/i);
  });
});

it('says of a place on the disk of the videos that it does not count', () => {
  expect(sharesDiskWords).toMatch(/cannot be told.*counts as no further copy/);
});
