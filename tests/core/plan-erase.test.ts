import { describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { type ErasableVideo, type EraseWish, planErase } from '#core/plan-erase.ts';
import { digestOf } from '#tests/support/digests.ts';

const nowMs = 100 * dayMs;
const wish: EraseWish = { video: 'v', title: 'Rome', now: false };
const video: ErasableVideo = {
  ...{ id: 'v', title: 'Rome', trashed: true, trashedAtMs: nowMs - 31 * dayMs },
  digests: [digestOf('rome')],
};
const plan = (
  change: { wish?: Partial<EraseWish>; video?: Partial<ErasableVideo> | null; isMassChange?: boolean } = {},
) =>
  planErase({ ...wish, ...change.wish }, change.video === null ? null : { ...video, ...change.video }, {
    nowMs,
    isMassChange: change.isMassChange ?? false,
  });

describe('deleting a video everywhere', () => {
  it('is one record, which names all its files', () => {
    const facts = { kind: 'tombstone', video: 'v', digests: video.digests };
    expect(plan()).toEqual({ kind: 'erase', drafts: [{ facts, index: [] }] });
  });

  it.each([
    ['nobody knows it', { video: null }, 'no-such-video'],
    ['it is not in the trash', { video: { trashed: false, trashedAtMs: null } }, 'not-in-trash'],
    ['another title is typed', { wish: { title: 'Oslo' } }, 'another-title'],
    ['it has not rested', { video: { trashedAtMs: nowMs - 29 * dayMs } }, 'too-soon'],
    ['nobody knows how long it rested', { video: { trashedAtMs: null } }, 'too-soon'],
    ['much changes at once', { isMassChange: true }, 'many-changes'],
  ] as const)('is refused where %s', (_, change, reason) => {
    expect(plan(change)).toEqual({ kind: 'refused', reason });
  });

  it('needs no month where the owner says so twice, and is never done without the title', () => {
    const fresh = { trashedAtMs: nowMs };
    expect(plan({ wish: { now: true }, video: fresh }).kind).toBe('erase');
    expect(plan({ wish: { now: true, title: '' }, video: fresh }).kind).toBe('refused');
  });

  it('goes on where it was cut off', () => {
    expect(plan({ video: { digests: [] } })).toEqual({ kind: 'go-on' });
  });
});
