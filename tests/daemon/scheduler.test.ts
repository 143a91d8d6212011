import cron from 'node-cron';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Job, plannedJobs, startScheduler } from '#daemon/scheduler.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { createManualClock } from '#tests/support/manual-clock.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { createTestLog } from '#tests/support/test-log.ts';
import { until } from '#tests/support/until.ts';

const open = useCatalogue(useTempFolder());
const hourMs = 3_600_000;
afterEach(() => {
  vi.useRealTimers();
});

const job = (change: Partial<Job> = {}): Job => ({
  name: 'tidy',
  cron: '0 0 1 1 *',
  lateAfterMs: 26 * hourMs,
  operation: { kind: 'tidy', lane: 'vault', subject: '' },
  ...change,
});

function start(jobs: readonly Job[], timeZone = 'Europe/Berlin') {
  const clock = createManualClock(Date.now());
  const log = createTestLog();
  let inserted = 0;
  const onInsert = () => {
    inserted += 1;
  };
  const begin = () => startScheduler({ jobs, catalogue: open.catalogue, clock, log, timeZone, onInsert });
  return { clock, log, begin, inserted: () => inserted };
}

const notes = () => open.catalogue.notes;
const operations = () => open.catalogue.operations;
const isPending = (nowMs: number) =>
  operations().nextDueMs('vault') !== null && (operations().nextDueMs('vault') ?? 0) <= nowMs;

describe('a job', () => {
  it('of a new installation is not late: it starts to count', async () => {
    const { clock, begin, inserted } = start([job()]);
    await using _ = begin();
    expect(inserted()).toBe(0);
    expect(notes().lastSuccessMs('tidy')).toBe(clock.nowMs());
  });

  it.each([
    ['missed while the machine was off', 27 * hourMs, true],
    ['late by less than its slack', 25 * hourMs, false],
    ['just done', 0, false],
    ['done in the future, by a clock that was set back', -27 * hourMs, true],
    ['done a little in the future', -hourMs, false],
  ])('is caught up with at the start where it was %s', async (_, agoMs, isCaughtUp) => {
    const { clock, begin, inserted } = start([job()]);
    notes().setSuccess('tidy', clock.nowMs() - agoMs);
    await using __ = begin();
    expect(isPending(clock.nowMs())).toBe(isCaughtUp);
    expect(inserted()).toBe(isCaughtUp ? 1 : 0);
    if (isCaughtUp) expect(notes().lastSuccessMs('tidy')).toBe(clock.nowMs());
  });

  it('missed for days is caught up with once', async () => {
    const { clock, begin, inserted } = start([job()]);
    notes().setSuccess('tidy', clock.nowMs() - 400 * hourMs);
    {
      await using _ = begin();
    }
    await using _ = begin();
    expect(inserted()).toBe(1);
    expect(operations().claim('vault', clock.nowMs())).toMatchObject({ kind: 'tidy' });
    expect(operations().claim('vault', clock.nowMs())).toBeNull();
  });

  it('missed while the machine slept is noticed within a quarter of an hour', async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 12) });
    const { clock, begin, inserted } = start([job()]);
    await using _ = begin();
    clock.setWall(clock.nowMs() + 30 * hourMs);
    vi.advanceTimersByTime(15 * 60_000);
    expect(inserted()).toBe(1);
    vi.advanceTimersByTime(60 * 60_000);
    expect(inserted()).toBe(1);
  });

  it('that is due inserts its operation, and nothing more after the end', async () => {
    const { clock, log, begin, inserted } = start([job({ cron: '* * * * * *' })]);
    const scheduler = begin();
    await until('it is inserted', () => inserted() > 0, 3000);
    expect(isPending(clock.nowMs())).toBe(true);
    await scheduler[Symbol.asyncDispose]();
    const before = inserted();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(inserted()).toBe(before);
    expect(log.lines).toEqual([]);
  });

  it('keeps the hours of the owner, in any zone that can be set', async () => {
    for (const timeZone of ['Europe/Berlin', 'America/Sao_Paulo', 'UTC', 'Etc/GMT+5', 'Asia/Kathmandu']) {
      await using _ = start(plannedJobs(), timeZone).begin();
    }
  });
});

/** How far apart two runs are at the most. */
function everyHours(expression: string): number {
  const [, hour, day, , weekday] = expression.split(' ');
  if (hour === '*') return 1;
  if (day !== '*') return 31 * 24;
  return weekday === '*' ? 24 : 7 * 24;
}

describe('the planned jobs', () => {
  it.each(plannedJobs().map((planned) => [planned.name, planned] as const))(
    '%s can be planned',
    (_, planned) => {
      expect(cron.validate(planned.cron)).toBe(true);
      expect(planned.cron.split(' ')).toHaveLength(5);
      expect(planned.operation.kind).toBe(planned.name);
      expect(planned.lateAfterMs).toBe((everyHours(planned.cron) + 2) * hourMs);
    },
  );

  it('have names of their own', () => {
    const names = plannedJobs().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
