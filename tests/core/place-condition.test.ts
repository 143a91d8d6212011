import { describe, expect, it } from 'vitest';
import { afterLook, type PlaceCondition, unseenPlace } from '#core/place-condition.ts';

const hourMs = 3_600_000;
const present = (freeBytes: number): PlaceCondition['presence'] => ({
  ...{ state: 'present', freeBytes, totalBytes: 1e12 },
});
const away: PlaceCondition['presence'] = {
  ...{ state: 'away', reason: 'not-connected', detail: null, retryAtMs: null },
};

describe('what is known of a place after a look', () => {
  it('does not change while the place does not, so that nothing is written', () => {
    const first = afterLook(unseenPlace(0), present(5e11), 10);
    expect(first).toMatchObject({ sinceMs: 10, lastSeenMs: 10 });
    expect(afterLook(first, present(5e11 - 1000), 5_000)).toEqual(first);
    const gone = afterLook(first, away, 6_000);
    expect(afterLook(gone, away, 9_000)).toEqual(gone);
  });

  it('says since when it is so, and when it was last seen', () => {
    const first = afterLook(unseenPlace(0), present(5e11), 10);
    expect(afterLook(first, present(5e11), 2 * hourMs).lastSeenMs).toBe(2 * hourMs);
    const gone = afterLook(first, away, 3 * hourMs);
    expect(gone).toMatchObject({ sinceMs: 3 * hourMs, lastSeenMs: 3 * hourMs });
    expect(afterLook(gone, away, 9 * hourMs).lastSeenMs).toBe(3 * hourMs);
  });

  it('never says that what is away may be unplugged, or is worked on', () => {
    const work = { what: 'copying', bytesDone: 1, bytesTotal: 2, bytesPerSecond: null } as const;
    const before = { ...afterLook(unseenPlace(0), present(5e11), 10), safeToUnplug: true, work };
    expect(afterLook(before, away, 20)).toMatchObject({ safeToUnplug: false, work: null });
  });
});
