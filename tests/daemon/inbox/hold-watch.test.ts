import { describe, expect, it } from 'vitest';
import { createHoldWatch } from '#daemon/inbox/hold-watch.ts';
import { createTestClock } from '#tests/support/test-clock.ts';

const quietMs = 10_000;
const held = { heldPath: '.reelhold-hold/1/clip.mp4', fingerprint: '5:6' };

function openWatch() {
  const clock = createTestClock();
  return { clock, watch: createHoldWatch({ clock, quietMs: () => quietMs }) };
}

describe('a held original', () => {
  it('is looked at after the quiet time, then at longer and longer intervals, for about an hour each', () => {
    const { clock, watch } = openWatch();
    watch.add(held);
    const waitsMs: number[] = [];
    for (let dueMs = watch.nextDueMs(); dueMs !== null; dueMs = watch.nextDueMs()) {
      waitsMs.push(Math.round((dueMs - clock.monotonicMs()) / 1000) * 1000);
      expect(watch.takeDue()).toEqual([]);
      clock.advance(dueMs - clock.monotonicMs());
      expect(watch.takeDue()).toEqual([held.heldPath]);
    }
    expect(waitsMs).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560].map((seconds) => seconds * 1000));
  });

  it('is as it was taken for as long as its fingerprint says so', () => {
    const { watch } = openWatch();
    expect(watch.isAsTaken(held.heldPath, held.fingerprint)).toBe(false);
    watch.add(held);
    expect(watch.isAsTaken(held.heldPath, held.fingerprint)).toBe(true);
    expect(watch.isAsTaken(held.heldPath, '5:7')).toBe(false);
  });

  it('is not looked at by turns any more once it was written to, until it was taken again', () => {
    const { watch } = openWatch();
    watch.add(held);
    watch.isAsTaken(held.heldPath, 'other');
    expect(watch.nextDueMs()).toBeNull();
    watch.add({ ...held, fingerprint: 'other' });
    expect(watch.isAsTaken(held.heldPath, 'other')).toBe(true);
  });
});
