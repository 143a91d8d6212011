import type { Place } from '#core/assess.ts';
import { dayMs } from '#core/assess.ts';
import { type AssetRole, isChosenRole } from '#core/asset-role.ts';
import { timetableOf } from '#core/bandwidth.ts';
import type { TellLocalTime } from '#core/local-time.ts';
import type { PlaceCondition } from '#core/place-condition.ts';
import type { PlacePace } from '#core/place-forecast.ts';
import type { LocationFacts } from '#core/place-records.ts';
import type { PlaceIdentity } from '#core/ports/location.ts';

/** A place as the owner set it up: what the journal's last record of it says. */
export type PlaceSettings = Omit<LocationFacts, 'kind'>;

/** How often a drive is expected where nothing else was said, in days: once a month, and some slack. */
export const defaultEveryDays = 35;

/** What goes to a place. A data export goes with what belongs to videos otherwise, but never to a remote in the clear. */
export function rolesOf({
  roles,
  placeKind,
  encrypted,
}: Pick<PlaceSettings, 'roles' | 'placeKind' | 'encrypted'>): readonly AssetRole[] {
  const chosen = roles.filter(isChosenRole);
  const isReadable = placeKind === 'remote' && !encrypted;
  return chosen.includes('other') && !isReadable ? [...chosen, 'export'] : chosen;
}

/** How fast a place is filled, as far as that is known. */
export function paceOfPlace(
  { placeKind, schedule, bandwidth }: PlaceSettings,
  condition: PlaceCondition | null,
  localTime: TellLocalTime,
): PlacePace {
  const measuredBytesPerSecond = condition?.bytesPerSecond ?? null;
  return { measuredBytesPerSecond, placeKind, schedule, timetable: timetableOf(bandwidth), localTime };
}

/** What a place's marks have to say, for us to write there. */
export function identityOf(
  settings: Pick<PlaceSettings, 'location' | 'generation'>,
  archive: string,
  writer: string,
): PlaceIdentity {
  return { archive, location: settings.location, generation: settings.generation, writer };
}

/** The place as the policy asks for it, by what was last seen of it. */
export function placeOf(settings: PlaceSettings, condition: PlaceCondition | null): Place {
  const isHere = condition?.presence.state === 'present';
  const comesAndGoes = settings.placeKind === 'drive' && settings.everyDays !== null;
  const lastSeenMs = condition?.lastSeenMs ?? null;
  return {
    location: settings.location,
    medium: settings.medium,
    awayFromHome: settings.awayFromHome,
    promiseMs: settings.promiseDays * dayMs,
    roles: rolesOf(settings),
    set: settings.set,
    disk: condition?.disk ?? null,
    isHere: settings.placeKind === 'drive' && isHere,
    dueAtMs:
      comesAndGoes && !isHere && lastSeenMs !== null ? lastSeenMs + (settings.everyDays ?? 0) * dayMs : null,
  };
}
