import cron from 'node-cron';
import { describe, expect, it } from 'vitest';
import { type Job, plannedJobs, runScheduler } from '#daemon/scheduler.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { createManualClock } from '#tests/support/manual-clock.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { createTestLog } from '#tests/support/test-log.ts';

const open = useCatalogue(useTempFolder());
const hourMs = 3_600_000;
const minuteMs = 60_000;

const job = (change: Partial<Job> = {}): Job => ({
  name: 'tidy',
  cron: '0 0 1 1 *',
  lateAfterMs: 26 * hourMs,
  operation: { kind: 'tidy', lane: 'vault', subject: '' },
  ...change,
});

function start(jobs: readonly Job[], timeZone = 'Europe/Berlin', startMs?: number) {
  const clock = createManualClock(startMs);
  const log = createTestLog();
  const inserted: number[] = [];
  const onInsert = () => {
    inserted.push(clock.nowMs());
  };
  const deps = { jobs, catalogue: open.catalogue, clock, log, timeZone, onInsert };
  /** Runs until it is disposed of. */
  const begin = () => {
    const stop = new AbortController();
    const running = runScheduler(deps, stop.signal);
    return {
      async [Symbol.asyncDispose]() {
        stop.abort();
        await running;
      },
    };
  };
  /** Lets time go by as it does for a machine that is awake: a minute at a time. */
  const live = async (ms: number) => {
    for (let left = ms; left > 0; left -= minuteMs) await clock.advance(Math.min(left, minuteMs));
  };
  return { clock, log, begin, live, inserted };
}

const notes = () => open.catalogue.notes;
const operations = () => open.catalogue.operations;
const isPending = (nowMs: number) =>
  operations().nextDueMs('vault') !== null && (operations().nextDueMs('vault') ?? 0) <= nowMs;

describe('a job', () => {
  it('of a new installation is not late: it starts to count', async () => {
    const { clock, begin, inserted } = start([job()]);
    await using _ = begin();
    expect(inserted).toEqual([]);
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
    expect(inserted).toHaveLength(isCaughtUp ? 1 : 0);
    if (isCaughtUp) expect(notes().lastSuccessMs('tidy')).toBe(clock.nowMs());
  });

  it('missed for days is caught up with once', async () => {
    const { clock, begin, inserted } = start([job()]);
    notes().setSuccess('tidy', clock.nowMs() - 400 * hourMs);
    {
      await using _ = begin();
    }
    await using _ = begin();
    expect(inserted).toHaveLength(1);
    expect(operations().claim('vault', clock.nowMs())).toMatchObject({ kind: 'tidy' });
    expect(operations().claim('vault', clock.nowMs())).toBeNull();
  });

  it('missed while the machine slept is noticed within a minute', async () => {
    const { clock, begin, live, inserted } = start([job()]);
    await using _ = begin();
    clock.setWall(clock.nowMs() + 30 * hourMs);
    await live(minuteMs);
    expect(inserted).toHaveLength(1);
    await live(hourMs);
    expect(inserted).toHaveLength(1);
  });

  it('that is due inserts its operation, and nothing more after the end', async () => {
    const { clock, log, begin, live, inserted } = start([job({ cron: '* * * * *' })]);
    const scheduler = begin();
    await live(minuteMs);
    expect(inserted).toHaveLength(1);
    expect(isPending(clock.nowMs())).toBe(true);
    await scheduler[Symbol.asyncDispose]();
    await live(3 * minuteMs);
    expect(inserted).toHaveLength(1);
    expect(log.lines).toEqual([]);
  });

  it('is inserted once a day at its minute, whatever the clocks of the country do', async () => {
    const daily = job({ cron: '30 1 * * *' });
    // Noon of the day before they go forward (28 March 2027), and before they go back (31 October 2027).
    for (const [noon, first, second] of [
      [Date.UTC(2027, 2, 27, 11), Date.UTC(2027, 2, 28, 0, 30), Date.UTC(2027, 2, 28, 23, 30)],
      [Date.UTC(2027, 9, 30, 10), Date.UTC(2027, 9, 30, 23, 30), Date.UTC(2027, 10, 1, 0, 30)],
    ] as const) {
      notes().setSuccess('tidy', noon);
      const { begin, live, inserted } = start([daily], 'Europe/Berlin', noon);
      await using _ = begin();
      await live(2 * 24 * hourMs);
      expect(inserted).toEqual([first, second]);
    }
  });

  it('in an hour that the clocks of the country leave out comes some hours later', async () => {
    const noon = Date.UTC(2027, 2, 27, 11);
    const lastMs = Date.UTC(2027, 2, 27, 1, 30);
    notes().setSuccess('tidy', lastMs);
    const { begin, live, inserted } = start([job({ cron: '30 2 * * *' })], 'Europe/Berlin', noon);
    await using _ = begin();
    await live(2 * 24 * hourMs);
    expect(inserted).toEqual([lastMs + 26 * hourMs + minuteMs, Date.UTC(2027, 2, 29, 0, 30)]);
  });

  it('is not forgotten where a whole hour was busy, and comes once', async () => {
    const { clock, begin, inserted } = start([job({ cron: '*/5 * * * *' })]);
    await using _ = begin();
    await clock.advance(hourMs);
    expect(inserted).toHaveLength(1);
  });

  it('is not run again for hours that a clock which is set back has a second time', async () => {
    const { clock, begin, live, inserted } = start([job({ cron: '30 * * * *' })]);
    await using _ = begin();
    await live(hourMs);
    clock.setWall(clock.nowMs() - 10 * hourMs);
    await live(20 * minuteMs);
    expect(inserted).toHaveLength(1);
    await live(hourMs);
    expect(inserted).toHaveLength(2);
  });

  it('that could not be noted is noted a minute later', async () => {
    const { clock, log, live } = start([]);
    const stop = new AbortController();
    let failures = 1;
    const onInsert = () => {
      if (failures-- > 0) throw new Error('the disk is full');
    };
    const deps = { catalogue: open.catalogue, clock, log, timeZone: 'UTC', onInsert };
    const running = runScheduler({ ...deps, jobs: [job({ cron: '5 12 * * *' })] }, stop.signal);
    await live(6 * minuteMs);
    expect(failures).toBe(-1);
    expect(log.lines).toMatchObject([{ level: 'warn' }]);
    stop.abort();
    await running;
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
