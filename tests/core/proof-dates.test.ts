import { describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { isClockBehind, judgingMs, latestBelievedMs } from '#core/proof-dates.ts';

const nowMs = Date.UTC(2026, 10, 22);
const yearMs = 365 * dayMs;

/** Dates as the catalogue counts them, of proofs so many ms after now. */
function dates(...offsetsMs: readonly number[]) {
  const latest = (from: readonly number[]) => (from.length === 0 ? null : nowMs + Math.max(...from));
  return {
    proofs: offsetsMs.length,
    ahead: offsetsMs.filter((offset) => nowMs + offset > latestBelievedMs(nowMs)).length,
    latestMs: latest(offsetsMs),
    latestBelievedMs: latest(offsetsMs.filter((offset) => nowMs + offset <= latestBelievedMs(nowMs))),
  };
}

describe('the clock', () => {
  it.each([
    ['with no proof at all', dates(), false, nowMs],
    ['after all proofs', dates(-dayMs, -30 * dayMs), false, nowMs],
    ['a few hours before the latest proof, as on another machine', dates(dayMs / 2, -dayMs), false, nowMs],
    [
      'after most proofs, and one from a day on which it ran ten years ahead',
      dates(10 * yearMs, -1, -2),
      false,
      nowMs,
    ],
    ['before as many as after', dates(10 * yearMs, -1), false, nowMs],
    [
      'set back ten years, so that all proofs lie ahead',
      dates(10 * yearMs, 10 * yearMs - 80 * dayMs),
      true,
      nowMs + 10 * yearMs,
    ],
    [
      'set back ten years, with a few proofs noted since',
      dates(10 * yearMs, 10 * yearMs - dayMs, -1),
      true,
      nowMs + 10 * yearMs,
    ],
    ['set back ten years, with most proofs noted since', dates(10 * yearMs, -1, -2, -3), false, nowMs],
  ])('%s', (_, proofs, isBehind, judgedAtMs) => {
    expect(isClockBehind(proofs)).toBe(isBehind);
    expect(judgingMs(proofs, nowMs)).toBe(judgedAtMs);
  });
});
