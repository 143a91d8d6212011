import { dayMs } from '#core/assess.ts';
import { needsOwner, type PlaceCondition, type PlaceReminder } from '#core/place-condition.ts';
import type { PlaceSettings } from '#core/place-settings.ts';

export interface PlaceSighted {
  readonly settings: Pick<PlaceSettings, 'location' | 'everyDays' | 'set' | 'paused'>;
  readonly condition: PlaceCondition;
}

/**
 * Which places to remind the owner of, by their id: one that is away for no reason that is said anyway, and was not
 * seen for its rhythm, or for `remindDays` where it has none. Drives that take turns form a set, of which one is
 * named: that none was seen for their rhythm, or that one missed its turn, which comes once in as many times as there
 * are drives.
 */
export function dueReminders(
  places: readonly PlaceSighted[],
  remindDays: number,
  nowMs: number,
): ReadonlyMap<string, PlaceReminder> {
  const watched = places.filter(({ settings }) => !settings.paused);
  const reminders = new Map<string, PlaceReminder>();
  for (const members of groupSets(watched)) {
    const longest = members
      .filter(({ condition }) => isQuietlyAway(condition))
      .toSorted((a, b) => lastSeenOf(a) - lastSeenOf(b))[0];
    if (longest === undefined) continue;
    const days = Math.max(...members.map(({ settings }) => settings.everyDays ?? remindDays));
    const isPast = (place: PlaceSighted, timesDays: number) =>
      place.condition.presence.state === 'away' && nowMs - lastSeenOf(place) > timesDays * dayMs;
    const isOne = members.length === 1;
    if (members.every((place) => isPast(place, days)))
      reminders.set(longest.settings.location, { days, of: isOne ? 'place' : 'set' });
    else if (!isOne && isPast(longest, days * members.length))
      reminders.set(longest.settings.location, { days: days * members.length, of: 'turn' });
  }
  return reminders;
}

function groupSets(places: readonly PlaceSighted[]): readonly (readonly PlaceSighted[])[] {
  const keyOf = ({ settings }: PlaceSighted) =>
    settings.set === null ? `place ${settings.location}` : `set ${settings.set}`;
  return [...Map.groupBy(places, keyOf).values()];
}

function isQuietlyAway({ presence }: PlaceCondition): boolean {
  return presence.state === 'away' && !needsOwner(presence.reason);
}

/** Of one that was never there: since when it is known to be away. */
function lastSeenOf({ condition }: PlaceSighted): number {
  return condition.lastSeenMs ?? condition.sinceMs;
}
