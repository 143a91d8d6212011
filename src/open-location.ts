import type { OpenLocation } from '#daemon/places/place-book.ts';
import { createNoWay } from '#locations/no-way.ts';

/** The ways to places that this installation has, by their kind. */
export type Ways = Readonly<Partial<Record<'drive' | 'remote', OpenLocation>>>;

/** Makes the way to a place; a kind without one is away, and says so. */
export function createOpenLocation(ways: Ways): OpenLocation {
  return (settings, identity) => {
    const way = ways[settings.placeKind];
    if (way !== undefined) return way(settings, identity);
    return createNoWay(settings.placeKind, `this Reelhold has no way to a ${settings.placeKind}`);
  };
}
