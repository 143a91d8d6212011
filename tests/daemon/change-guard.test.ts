import { describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import { createChangeGuard } from '#daemon/change-guard.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { changeManyVideos } from '#tests/support/mass-change.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { createTestClock } from '#tests/support/test-clock.ts';
import { createTestLog } from '#tests/support/test-log.ts';

const open = useCatalogue(useTempFolder());
const minuteMs = 60_000;

function openGuard() {
  const clock = createTestClock();
  const log = createTestLog();
  const guard = createChangeGuard({ catalogue: open.catalogue, clock, log });
  const noted = () => open.catalogue.notes.condition('changes')?.change;
  return { guard, clock, log, noted };
}

describe('the guard against much that changes at once', () => {
  it('lets everything go while little changes, and says nothing', () => {
    const { guard, log, noted } = openGuard();
    expect(guard.mayRemove()).toBe(true);
    expect(noted()).toBe('none');
    expect(log.lines).toEqual([]);
  });

  it('keeps everything from the moment that much changed until a day after', () => {
    const { guard, clock, noted } = openGuard();
    expect(guard.mayRemove()).toBe(true);
    changeManyVideos(open.catalogue, clock.nowMs());
    expect(guard.mayRemove()).toBe(false);
    expect(noted()).toBe('many-changed');
    clock.advance(dayMs - minuteMs);
    expect(guard.mayRemove()).toBe(false);
    clock.advance(2 * minuteMs);
    expect(guard.mayRemove()).toBe(true);
    expect(noted()).toBe('none');
  });

  it('says it once, however often it is asked, and once that it is over', () => {
    const { guard, clock, log } = openGuard();
    changeManyVideos(open.catalogue, clock.nowMs());
    for (let minutes = 0; minutes < 25 * 60; minutes += 10) {
      guard.mayRemove();
      clock.advance(10 * minuteMs);
    }
    expect(log.lines.map(({ level, message }) => `${level}: ${message.slice(0, 40)}`)).toEqual([
      'error: Many videos changed at once. Old version',
      'info: It is a day since many videos changed at',
    ]);
  });
});
