import type { CopyFacts, Medium, Place } from '#core/assess.ts';

/** Places that count as one: drives that take turns, or whatever stands on one disk. Most places are one alone. */
export interface Spot {
  /** Of each of its places, in their order; undefined where there is none. */
  readonly copies: readonly (CopyFacts | undefined)[];
  readonly isProven: boolean;
  readonly medium: Medium;
  /** A proven copy is away from home now. */
  readonly isAway: boolean;
  /** A copy here would be away from home, once nothing is plugged in. */
  readonly mayBeAway: boolean;
  /** When the first of its drives is expected, where none of its places can be reached now; else null. */
  readonly dueAtMs: number | null;
}

/** Brings places together that count as one, with one blob's copies at them. */
export function groupSpots(
  places: readonly Place[],
  copies: readonly CopyFacts[],
  isProven: (copy: CopyFacts, place: Place) => boolean,
): readonly Spot[] {
  return groupPlaces(places).map((members) => {
    const found = members.map((place) => ({
      place,
      copy: copies.find((copy) => copy.location === place.location),
    }));
    const proven = found.flatMap(({ place, copy }) =>
      copy !== undefined && isProven(copy, place) ? [place] : [],
    );
    return {
      copies: found.map(({ copy }) => copy),
      isProven: proven.length > 0,
      medium: (proven[0] ?? members[0])?.medium ?? 'nas',
      isAway: proven.some((place) => place.awayFromHome && place.isHere !== true),
      mayBeAway: members.some((place) => place.awayFromHome),
      dueAtMs: dueOf(members),
    };
  });
}

/** How many places there are for as many copies at most: some count as one. */
export function countSpots(places: readonly Place[]): number {
  return groupPlaces(places).length;
}

/** In their order; a place that stands on a disk with one, and takes turns with another, makes all three one. */
function groupPlaces(places: readonly Place[]): readonly (readonly Place[])[] {
  const groups: Place[][] = [];
  for (const place of places) {
    const same = groups.filter((group) => group.some((other) => countsAsOne(place, other)));
    const [first, ...rest] = same;
    if (first === undefined) groups.push([place]);
    else {
      first.push(...rest.flat(), place);
      for (const merged of rest) groups.splice(groups.indexOf(merged), 1);
    }
  }
  return groups;
}

function countsAsOne(a: Place, b: Place): boolean {
  const isSame = (one: string | null | undefined, other: string | null | undefined) =>
    typeof one === 'string' && one === other;
  return isSame(a.set, b.set) || isSame(a.disk, b.disk);
}

function dueOf(places: readonly Place[]): number | null {
  const dates = places.map(({ dueAtMs }) => dueAtMs ?? null);
  const expected = dates.filter((dueAtMs) => dueAtMs !== null);
  return expected.length < dates.length ? null : Math.max(...expected);
}
