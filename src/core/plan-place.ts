import { dayMs, defaultPromiseMs, type Medium } from '#core/assess.ts';
import { type AssetRole, chosenRoles, isChosenRole } from '#core/asset-role.ts';
import { timetableOf } from '#core/bandwidth.ts';
import { defaultEveryDays, type PlaceSettings } from '#core/place-settings.ts';
import { foldName } from '#core/safe-name.ts';
import { parseWorkHours } from '#core/work-hours.ts';

/** What the owner wants of a place; what is left out gets the default of its kind. */
export interface PlaceWish {
  /** Under which what reaches it was set up already; a new one where there is none. */
  readonly location?: string;
  readonly name: string;
  readonly placeKind: 'drive' | 'remote';
  readonly path: string;
  readonly encrypted?: boolean;
  readonly medium?: Medium;
  readonly awayFromHome?: boolean;
  readonly promiseDays?: number;
  readonly everyDays?: number | null;
  readonly roles?: readonly AssetRole[];
  readonly set?: string | null;
  readonly schedule?: string | null;
  readonly bandwidth?: string | null;
}

/** What can be changed of a place that is there. */
export type PlaceAdjustment = Partial<Omit<PlaceWish, 'placeKind' | 'encrypted' | 'location'>>;

export type PlaceChange =
  /** `replaces`: the place, by name or id, whose part it takes. `anyway`: though that has what is good nowhere else. */
  | {
      readonly kind: 'add';
      readonly wish: PlaceWish;
      readonly replaces?: string;
      readonly anyway?: boolean;
    }
  | { readonly kind: 'adjust'; readonly name: string; readonly adjustment: PlaceAdjustment }
  /** `anyway`: though it has what is good nowhere else. */
  | { readonly kind: 'remove'; readonly name: string; readonly anyway?: boolean }
  | { readonly kind: 'pause' | 'resume' | 'take-over'; readonly name: string };

export type PlaceRefusal =
  | 'no-name'
  | 'name-taken'
  | 'no-such-place'
  | 'ambiguous-name'
  | 'path-taken'
  | 'no-such-value'
  | 'no-such-hours'
  | 'no-such-bandwidth';

export type PlacePlan =
  | { readonly kind: 'settings'; readonly settings: PlaceSettings }
  | { readonly kind: 'refused'; readonly reason: PlaceRefusal };

const refuse = (reason: PlaceRefusal): PlacePlan => ({ kind: 'refused', reason });

/** Decides what a new place is; its id is given, as it may have had one before. */
export function planNewPlace(
  wish: PlaceWish,
  location: string,
  existing: readonly PlaceSettings[],
  generation = 1,
): PlacePlan {
  const medium = wish.medium ?? (wish.placeKind === 'drive' ? 'drive' : 'cloud');
  const settings: PlaceSettings = {
    location,
    name: cleanName(wish.name),
    placeKind: wish.placeKind,
    medium,
    awayFromHome: wish.awayFromHome ?? wish.placeKind === 'remote',
    path: wish.path,
    encrypted: wish.placeKind === 'remote' && (wish.encrypted ?? true),
    promiseDays: wish.promiseDays ?? defaultPromiseMs[medium] / dayMs,
    everyDays: wish.placeKind === 'drive' ? (wish.everyDays ?? defaultEveryDays) : null,
    roles: wish.roles ?? chosenRoles,
    set: wish.set ?? null,
    schedule: wish.schedule ?? null,
    bandwidth: wish.bandwidth ?? null,
    ...{ paused: false, removed: false, generation },
  };
  return judge(settings, existing);
}

/** What is wanted of a place that takes the part of another: all as it was, but for how it is reached. */
export function wishOfReplaced(
  {
    name,
    placeKind,
    medium,
    awayFromHome,
    promiseDays,
    everyDays,
    set,
    schedule,
    bandwidth,
    ...old
  }: PlaceSettings,
  path: string,
): PlaceWish {
  const terms = { medium, awayFromHome, promiseDays, everyDays, set, schedule, bandwidth };
  const { encrypted } = old;
  return { name, placeKind, path, encrypted, roles: old.roles.filter(isChosenRole), ...terms };
}

/** Decides what becomes of a place that is there. */
export function planAdjustedPlace(
  settings: PlaceSettings,
  { name, ...adjustment }: PlaceAdjustment,
  existing: readonly PlaceSettings[],
): PlacePlan {
  const changed = { ...settings, ...adjustment, ...(name === undefined ? {} : { name: cleanName(name) }) };
  const next = { ...changed, everyDays: settings.placeKind === 'drive' ? changed.everyDays : null };
  return judge(
    next,
    existing.filter(({ location }) => location !== settings.location),
  );
}

function judge(settings: PlaceSettings, others: readonly PlaceSettings[]): PlacePlan {
  const { name, promiseDays, everyDays, roles, schedule, bandwidth } = settings;
  if (name === '') return refuse('no-name');
  const key = foldName(name);
  if (key === 'vault' || others.some((other) => foldName(other.name) === key)) return refuse('name-taken');
  if (others.some(({ path, placeKind }) => placeKind === settings.placeKind && path === settings.path))
    return refuse('path-taken');
  const isDays = (days: number) => Number.isInteger(days) && days >= 1 && days <= 3650;
  const areGood =
    isDays(promiseDays) &&
    (everyDays === null || isDays(everyDays)) &&
    roles.length > 0 &&
    roles.every(isChosenRole);
  if (!areGood) return refuse('no-such-value');
  if (schedule !== null && parseWorkHours(schedule) === null) return refuse('no-such-hours');
  if (bandwidth !== null && timetableOf(bandwidth) === null) return refuse('no-such-bandwidth');
  return { kind: 'settings', settings };
}

function cleanName(name: string): string {
  return name
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 60);
}

/** The place that the owner calls so, by its name or its id. */
export function findPlace(
  name: string,
  existing: readonly PlaceSettings[],
):
  | { readonly kind: 'found'; readonly settings: PlaceSettings }
  | { readonly kind: 'refused'; readonly reason: PlaceRefusal } {
  const byId = existing.find(({ location }) => location === name);
  const named = existing.filter((one) => foldName(one.name) === foldName(name.trim()));
  const settings = byId ?? named[0];
  if (settings === undefined) return { kind: 'refused', reason: 'no-such-place' };
  if (byId === undefined && named.length > 1) return { kind: 'refused', reason: 'ambiguous-name' };
  return { kind: 'found', settings };
}
