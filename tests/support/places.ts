import type { LocationFacts } from '#core/place-records.ts';

/** The record of a drive, as it is added where nothing else is said. */
export function placeFacts(location: string, change: Partial<LocationFacts> = {}): LocationFacts {
  return {
    ...{ kind: 'location', location, name: location, placeKind: 'drive', medium: 'drive' },
    ...{ awayFromHome: false, path: `/mnt/${location}`, encrypted: false, promiseDays: 180 },
    ...{ everyDays: 35, roles: ['final', 'published', 'draft', 'raw', 'other'], set: null },
    ...{ schedule: null, bandwidth: null, paused: false, removed: false, generation: 1 },
    ...change,
  };
}
