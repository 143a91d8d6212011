import { describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { type JournalRound, planJournalProof, readRound } from '#core/plan-journal-proof.ts';
import fc from '#tests/support/properties.ts';

const names = (count: number) =>
  Array.from({ length: count }, (_, n) => `segment ${String(n).padStart(5, '0')}`);
const promiseMs = 30 * dayMs;
const firstRound: JournalRound = { after: '', atMs: null };

describe('reading a place’s journal back', () => {
  it('takes the next in the round, and begins anew after the last', () => {
    const all = names(60);
    const round = (after: string): JournalRound => ({ after, atMs: 0 });
    expect(planJournalProof(all, round(''), promiseMs, dayMs)).toEqual(all.slice(0, 3));
    expect(planJournalProof(all, round(all[2] ?? ''), promiseMs, dayMs)).toEqual(all.slice(3, 6));
    expect(planJournalProof(all, round(all[58] ?? ''), promiseMs, dayMs)).toEqual([all[59], all[0], all[1]]);
    expect(planJournalProof(all, round(all[59] ?? ''), promiseMs, dayMs)).toEqual(all.slice(0, 3));
  });

  it('rests where a share was read just now, and where there is nothing', () => {
    expect(planJournalProof(names(9), { after: '', atMs: 1000 }, promiseMs, 2000)).toEqual([]);
    expect(planJournalProof([], firstRound, promiseMs, dayMs)).toEqual([]);
  });

  it('takes all of it once where nobody came by for as long as the promise, and a day’s share after a clock set back', () => {
    expect(
      planJournalProof(names(9), { after: 'segment 00003', atMs: 0 }, promiseMs, promiseMs),
    ).toHaveLength(9);
    expect(planJournalProof(names(60), { after: '', atMs: 5000 * dayMs }, promiseMs, 0)).toHaveLength(3);
  });

  it('reads each segment within the promise, however often it is looked in, and though segments come meanwhile', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 240 }), { minLength: 200, maxLength: 400 }),
        fc.nat(200),
        (hours, count) => {
          const lastRead = new Map(names(count).map((name) => [name, 0]));
          let round = firstRound;
          let nowMs = 0;
          for (const wait of hours) {
            nowMs += (wait * dayMs) / 24;
            const due = planJournalProof([...lastRead.keys()], round, promiseMs, nowMs);
            for (const name of due) lastRead.set(name, nowMs);
            if (due.length > 0) round = { after: due.at(-1) ?? '', atMs: nowMs };
          }
          const end = hours.reduce((sum, wait) => sum + (wait * dayMs) / 24, 0);
          // A visit may be missed for up to ten days, and what is due then waits for the next.
          for (const readMs of lastRead.values())
            expect(end - readMs).toBeLessThanOrEqual(promiseMs + 10 * dayMs);
        },
      ),
    );
  });

  it('goes on where it was by what was noted, and begins anew where that is none', () => {
    expect(readRound('{"after":"a","atMs":7}')).toEqual({ after: 'a', atMs: 7 });
    for (const noted of [null, '', '{', '[]', '{"after":1,"atMs":2}', '{"after":"a","atMs":"soon"}', 'null'])
      expect(readRound(noted)).toEqual(firstRound);
  });
});
