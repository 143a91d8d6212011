import { dayMs } from '#core/assess.ts';
import type { PlaceCondition } from '#core/place-condition.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import { batchBytesFor } from '#core/plan-mirror.ts';
import type { FindingDeps } from '#daemon/operations/read-back.ts';
import { createScrub } from '#daemon/operations/scrub.ts';
import type { Handler } from '#daemon/worker.ts';
import { healingAt } from './heal-copy.ts';
import type { PlaceBook } from './place-book.ts';
import { createPlaceProver } from './place-prover.ts';
import { createVisit, type VisitDeps, workTimeOf } from './visit.ts';

export interface ScrubPlaceDeps extends Omit<FindingDeps, 'location' | 'healing'>, Pick<VisitDeps, 'when'> {
  readonly book: PlaceBook;
  /** What may be read in one night, bytes; null for as much as the promise takes. */
  readonly budgetBytes: () => number | null;
}

/** Reads a share of a place's copies back; a drive that comes once a month has a month's share read each time. */
export function createScrubPlace(deps: ScrubPlaceDeps, location: string): Handler {
  const { book, clock } = deps;
  const settings = () => book.find(location)?.settings ?? null;
  const scrub = createScrub({
    ...deps,
    location,
    lane: `location:${location}`,
    healing: healingAt(location),
    prover: createPlaceProver(() => book.find(location)),
    settings: () => ({
      promiseMs: (settings()?.promiseDays ?? 1) * dayMs,
      budgetBytes: settings()?.placeKind === 'remote' ? deps.budgetBytes() : null,
    }),
    batchBytes: () =>
      batchBytesFor(settings()?.schedule ?? null, book.condition(location).bytesPerSecond ?? null),
    resumesAtMs: () => {
      const place = book.find(location);
      const time = place === null ? null : workTimeOf(deps, place);
      return time?.kind === 'waits' ? time.untilMs : null;
    },
    everyMs: () => rhythmMs(settings(), book.condition(location), clock.nowMs()),
  });
  return async (operation, context) => {
    const visit = createVisit(deps, location, {
      work: async () => ({ kind: 'read-back', words: (await scrub(operation, context)) ?? '' }),
    });
    return visit(operation, context);
  };
}

/** How long a drive stays plugged in before it is taken for one that is always there. */
const residentAfterMs = 2 * dayMs;

/** How often there is a night at a place, in ms. */
function rhythmMs(
  settings: Pick<PlaceSettings, 'placeKind' | 'everyDays'> | null,
  { sinceMs }: Pick<PlaceCondition, 'sinceMs'>,
  nowMs: number,
): number {
  if (settings === null || settings.placeKind === 'remote' || settings.everyDays === null) return dayMs;
  return nowMs - sinceMs >= residentAfterMs ? dayMs : Math.max(dayMs, settings.everyDays * dayMs);
}
