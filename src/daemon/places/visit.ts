import { dayMs } from '#core/assess.ts';
import { isReelholdError, type ReelholdError } from '#core/errors.ts';
import { type Operation, retryDelayMs } from '#core/operation.ts';
import { formatPlaceResult, type PlaceResult } from '#core/place-result.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Presence } from '#core/ports/location.ts';
import type { WorkTime } from '#core/work-hours.ts';
import type { Handler, RunContext } from '#daemon/worker.ts';
import type { OpenPlace, PlaceBook } from './place-book.ts';

export type PresentPlace = OpenPlace & { readonly presence: Extract<Presence, { kind: 'present' }> };

/** Work that the owner asked for now is done now; everything else in the place's hours. */
export type WorkWhen = 'in-its-hours' | 'now';

export interface VisitDeps {
  readonly book: PlaceBook;
  readonly catalogue: Pick<Catalogue, 'operations'>;
  readonly clock: Clock;
  readonly when: WorkWhen;
}

export interface Visit {
  readonly work: (place: PresentPlace, context: RunContext, subject: string) => Promise<PlaceResult>;
  /** Whether it cannot wait for the place's hours. */
  readonly isUrgent?: (subject: string) => boolean;
  /** Whether it brings files there, so that it waits where the place asked to be left alone for a while. */
  readonly brings?: boolean;
}

/**
 * Makes a handler of work at a place: it is looked at first, and nothing is done where it is not the one that is meant.
 * That it is away, or goes away meanwhile, is a result and no failure: the work is asked for again when it is there.
 * So is that its hours have not come: the work waits for them.
 */
export function createVisit(
  deps: VisitDeps,
  location: string,
  { work, isUrgent = () => false, brings = false }: Visit,
): Handler {
  const { book, catalogue, clock } = deps;

  const timeOf = (place: OpenPlace, subject: string): WorkTime => {
    if (isUrgent(subject) || deps.when === 'now') return mayWork;
    const { restsUntilMs = null } = book.condition(location);
    const isResting = brings && restsUntilMs !== null && isAhead(restsUntilMs, clock.nowMs());
    return isResting ? { kind: 'waits', untilMs: restsUntilMs } : book.workTime(place.settings);
  };

  const visit = async (
    { kind, lane, subject, attempt }: Operation,
    context: RunContext,
  ): Promise<PlaceResult> => {
    const place = book.find(location);
    if (place === null) return { kind: 'unknown' };
    if (place.settings.paused) return { kind: 'paused' };
    const time = timeOf(place, subject);
    book.note(location, { waitsUntilMs: time.kind === 'waits' ? time.untilMs : null });
    if (time.kind === 'waits') return time;
    const presence = await book.look(place, context.signal);
    if (presence.kind === 'away') return awayResult(presence);
    try {
      const result = await work({ ...place, presence }, context, subject);
      if (brings) book.note(location, { restsUntilMs: null });
      return result;
    } catch (error) {
      if (context.signal.aborted || !mayBeAway(error)) throw error;
      const now = await book.look(place, context.signal);
      if (now.kind === 'away') return awayResult(now);
      if (error.retryAtMs === undefined) throw error;
      // It answers, and allows no more of this: that is left alone until then.
      const nowMs = clock.nowMs();
      const soonestMs = nowMs + Math.max(shortestRestMs, retryDelayMs(attempt));
      const untilMs = Math.min(Math.max(error.retryAtMs, soonestMs), nowMs + longestRestMs);
      if (brings) book.note(location, { restsUntilMs: untilMs });
      catalogue.operations.insert({ kind, lane, subject, notBeforeMs: untilMs }, nowMs);
      return { kind: 'away', reason: 'quota', detail: error.message };
    } finally {
      book.note(location, { work: null });
    }
  };

  return async (operation, context) => {
    const { kind, lane, subject } = operation;
    const result = await visit(operation, context);
    const untilMs = waitOf(result);
    if (untilMs !== null) {
      book.note(location, { waitsUntilMs: untilMs });
      catalogue.operations.insert({ kind, lane, subject, notBeforeMs: untilMs }, clock.nowMs());
    }
    return formatPlaceResult(result);
  };
}

/** Whether work of this kind may go on at a place, or when next. */
export function workTimeOf({ book, when }: Pick<VisitDeps, 'book' | 'when'>, place: OpenPlace): WorkTime {
  return when === 'now' ? mayWork : book.workTime(place.settings);
}

const mayWork: WorkTime = { kind: 'may-work' };

/** A time that has passed when it is heard of would have it asked again at once. */
const shortestRestMs = 60_000;
/** A service that asks for longer is tried once a day. */
const longestRestMs = dayMs;

/** What lies farther ahead was noted by a clock that was wrong. */
function isAhead(untilMs: number, nowMs: number): boolean {
  return untilMs > nowMs && untilMs <= nowMs + longestRestMs;
}

function waitOf(result: PlaceResult): number | null {
  if (result.kind === 'waits') return result.untilMs;
  return result.kind === 'mirrored' ? result.waitsUntilMs : null;
}

function awayResult({ reason, detail }: Extract<Presence, { kind: 'away' }>): PlaceResult {
  return { kind: 'away', reason, detail };
}

function mayBeAway(error: unknown): error is ReelholdError {
  return isReelholdError(error) && error.side !== 'source' && error.kind !== 'full';
}
