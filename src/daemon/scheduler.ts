import cron from 'node-cron';
import { describeError } from '#core/errors.ts';
import type { Catalogue, NewOperation } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';

export interface Job {
  readonly name: string;
  /** Five fields, in the owner's time zone. */
  readonly cron: string;
  /** How long it may be late before it is run at once, ms: its rhythm and some slack. */
  readonly lateAfterMs: number;
  readonly operation: Omit<NewOperation, 'notBeforeMs'>;
}

const hourMs = 60 * 60 * 1000;

/** What happens by the clock, which only inserts operations; the workers do them. */
export function plannedJobs(): readonly Job[] {
  const job = (name: string, at: string, everyHours: number, lane: NewOperation['lane']): Job => ({
    name,
    cron: at,
    lateAfterMs: (everyHours + 2) * hourMs,
    operation: { kind: name, lane, subject: '' },
  });
  return [
    job('look-around', '40 3 * * *', 24, 'intake'),
    job('clear-hold', '10 * * * *', 1, 'intake'),
    job('scrub', '30 1 * * *', 24, 'vault'),
    job('check-library', '20 4 * * *', 24, 'library'),
    job('check-journal', '30 5 * * 0', 7 * 24, 'vault'),
    job('tend-places', '30 2 * * *', 24, 'intake'),
    job('rehearse', '30 6 2 * *', 31 * 24, 'intake'),
    job('tidy', '50 4 * * *', 24, 'vault'),
    // Not in the vault's lane, where reading all videos back may take longer than a night.
    job('back-up', '10 5 * * *', 24, 'library'),
  ];
}

const minuteMs = 60_000;
/** How far back the minutes are gone through: what is missed for longer is caught up with by its lateness. */
const longestGapMs = 24 * hourMs;

export interface SchedulerDeps {
  readonly jobs: readonly Job[];
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeZone: string;
  readonly onInsert: () => void;
}

/**
 * Inserts the jobs' operations when they are due, and those that were missed: while the machine was off or asleep, or
 * in an hour that a clock change skipped. Goes by the clock alone, minute by minute, until the signal is aborted.
 */
export async function runScheduler(deps: SchedulerDeps, signal: AbortSignal): Promise<void> {
  const { jobs, catalogue, clock, log } = deps;

  const insert = ({ name, operation }: Job) => {
    const nowMs = clock.nowMs();
    catalogue.together(() => {
      catalogue.operations.insert({ ...operation, notBeforeMs: nowMs }, nowMs);
      catalogue.notes.setSuccess(name, nowMs);
    });
    deps.onInsert();
  };

  const catchUp = () => {
    for (const job of jobs) {
      const lastMs = catalogue.notes.lastSuccessMs(job.name);
      const lateMs = lastMs === null ? 0 : clock.nowMs() - lastMs;
      if (lastMs === null) catalogue.notes.setSuccess(job.name, clock.nowMs());
      else if (lateMs > job.lateAfterMs || lateMs < -job.lateAfterMs) insert(job);
    }
  };

  await using timetable = readTimetable(jobs, deps.timeZone);
  let seenMs = clock.nowMs();
  /** What fails is made up for by the next turn: until then these minutes count as not looked at. */
  const insertDue = () => {
    const nowMs = clock.nowMs();
    const wasSet = nowMs < seenMs;
    const fromMs = wasSet ? nowMs : Math.max(seenMs, nowMs - longestGapMs);
    for (const { job, isDueAt } of timetable.rows) if (hasMinute(fromMs, nowMs, isDueAt)) insert(job);
    seenMs = nowMs;
  };

  while (!signal.aborted) {
    try {
      catchUp();
      insertDue();
    } catch (error) {
      log.warn(
        { error: describeError(error) },
        'What is due by the clock could not be noted; trying again later.',
      );
    }
    await clock.sleep(minuteMs - (clock.nowMs() % minuteMs), signal);
  }
}

/** Whether a minute that began after `fromMs`, and until `toMs`, is one of those. */
function hasMinute(fromMs: number, toMs: number, isIt: (minuteMs: number) => boolean): boolean {
  const first = (Math.floor(fromMs / minuteMs) + 1) * minuteMs;
  for (let atMs = first; atMs <= toMs; atMs += minuteMs) if (isIt(atMs)) return true;
  return false;
}

interface Timetable extends AsyncDisposable {
  /** `isDueAt` says it of the beginning of a minute. */
  readonly rows: readonly { readonly job: Job; readonly isDueAt: (atMs: number) => boolean }[];
}

function readTimetable(jobs: readonly Job[], timezone: string): Timetable {
  const read = jobs.map((job) => ({
    job,
    task: cron.createTask(job.cron, () => undefined, { timezone }),
    minutes: cron.parse(job.cron).minute,
  }));
  return {
    rows: read.map(({ job, task, minutes }) => ({
      job,
      isDueAt(atMs) {
        // Zones are quarters of an hour apart: most minutes need no calendar, and a day of them is gone through at once.
        const minute = Math.floor(atMs / minuteMs);
        return minutes.some((one) => (one - minute) % 15 === 0) && task.match(new Date(atMs));
      },
    })),
    async [Symbol.asyncDispose]() {
      await Promise.all(read.map(({ task }) => task.destroy()));
    },
  };
}
