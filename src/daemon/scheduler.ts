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

/** What happens by the clock. Cron only inserts operations; the workers do them. */
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

const watchdogEveryMs = 15 * 60_000;

/**
 * Inserts the jobs' operations when they are due, and those that were missed: while the machine was off or
 * asleep, in an hour that a clock change skipped, or because the timer died.
 */
export function startScheduler(deps: {
  readonly jobs: readonly Job[];
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeZone: string;
  readonly onInsert: () => void;
}): AsyncDisposable {
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

  const logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message: string) => log.debug({ cron: message }, 'The scheduler said something.'),
    error: (message: string | Error) => log.warn({ cron: String(message) }, 'The scheduler said something.'),
  };
  catchUp();
  const tasks = jobs.map((job) =>
    cron.schedule(job.cron, () => insert(job), {
      name: job.name,
      timezone: deps.timeZone,
      noOverlap: true,
      logger,
    }),
  );
  /** Called by a timer, where nobody would catch anything: the next time makes up for it. */
  const catchUpIfPossible = () => {
    try {
      catchUp();
    } catch (error) {
      log.warn(
        { error: describeError(error) },
        'What is due by the clock could not be noted; trying again later.',
      );
    }
  };
  const watchdog = setInterval(catchUpIfPossible, watchdogEveryMs).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(watchdog);
      await Promise.all(tasks.map((task) => task.destroy()));
    },
  };
}
