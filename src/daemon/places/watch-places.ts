import { describeError } from '#core/errors.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { OpenPlace, PlaceBook } from './place-book.ts';
import { remindOfUnseen } from './remind.ts';
import { requestAt } from './request-at.ts';

export interface WatchPlacesDeps {
  readonly book: PlaceBook;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when there is something to do at a place. */
  readonly onCame: () => void;
}

const drivesEveryMs = 5_000;
const remotesEveryMs = 10 * 60_000;
const remindEveryMs = 10 * 60_000;

/**
 * Looks for drives that come and go, and asks for one that came to be brought up to date; a remote is looked at only
 * while it is away, and in its hours. Nothing is written, and no disk is woken: a look reads what the system has at hand.
 */
export async function watchPlaces(deps: WatchPlacesDeps, signal: AbortSignal): Promise<void> {
  const { book, clock, log } = deps;
  let nextRemindMs = 0;
  const nextLookMs = new Map<string, number>();
  const failing = new Map<string, string>();
  while (!signal.aborted) {
    for (const place of book.list()) {
      const { location, name, paused } = place.settings;
      if (paused || clock.monotonicMs() < (nextLookMs.get(location) ?? 0)) continue;
      try {
        await lookAgain(deps, place, signal);
        failing.delete(location);
      } catch (error) {
        if (signal.aborted) return;
        const why = describeError(error);
        if (failing.get(location) !== why)
          log.warn({ place: name, error: why }, 'A place could not be looked at.');
        failing.set(location, why);
      }
      nextLookMs.set(location, clock.monotonicMs() + everyMs(deps, place));
    }
    if (clock.monotonicMs() >= nextRemindMs) {
      remindOfUnseen(deps);
      nextRemindMs = clock.monotonicMs() + remindEveryMs;
    }
    await clock.sleep(drivesEveryMs, signal);
  }
}

function everyMs({ book, clock }: WatchPlacesDeps, { settings }: OpenPlace): number {
  if (settings.placeKind === 'drive') return drivesEveryMs;
  const { presence } = book.condition(settings.location);
  const retryAtMs = presence.state === 'away' ? presence.retryAtMs : null;
  return Math.max(
    remotesEveryMs,
    retryAtMs === null ? 0 : Math.min(retryAtMs - clock.nowMs(), 24 * 60 * 60_000),
  );
}

async function lookAgain(deps: WatchPlacesDeps, place: OpenPlace, signal: AbortSignal): Promise<void> {
  const { book, clock, catalogue } = deps;
  const { location, placeKind } = place.settings;
  const before = book.condition(location);
  const isLeftAlone = before.presence.state === 'present' || book.workTime(place.settings).kind === 'waits';
  if (placeKind === 'remote' && isLeftAlone) return;
  const presence = await book.look(place, signal);
  if (presence.kind !== 'present' || before.presence.state === 'present') return;
  const nowMs = clock.nowMs();
  for (const kind of ['erase-copies', 'mirror', 'scrub']) requestAt(catalogue, kind, location, nowMs, nowMs);
  deps.onCame();
}
