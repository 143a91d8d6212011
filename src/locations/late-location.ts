import { isReelholdError } from '#core/errors.ts';
import type { Location } from '#core/ports/location.ts';

/**
 * A place that is opened when it is first asked, and again where that failed. One whose configuration is not on this
 * machine is away, and says so.
 */
export function createLateLocation(kind: Location['kind'], open: () => Promise<Location>): Location {
  let opened: Promise<Location> | null = null;
  const get = (): Promise<Location> => {
    const opening = opened ?? open();
    opened = opening;
    opening.catch(() => {
      if (opened === opening) opened = null;
    });
    return opening;
  };
  return {
    kind,
    async look(signal) {
      try {
        return await (await get()).look(signal);
      } catch (error) {
        if (!isReelholdError(error, 'missing')) throw error;
        return { kind: 'away', reason: 'not-set-up', detail: null, retryAtMs: null };
      }
    },
    async *list(folder, signal) {
      yield* (await get()).list(folder, signal);
    },
    prepare: async (...args) => (await get()).prepare(...args),
    put: async (...args) => (await get()).put(...args),
    prove: async (...args) => (await get()).prove(...args),
    fetch: async (...args) => (await get()).fetch(...args),
    read: async (...args) => (await get()).read(...args),
    putMutable: async (...args) => (await get()).putMutable(...args),
    replaceUnproven: async (...args) => (await get()).replaceUnproven(...args),
    erase: async (...args) => (await get()).erase(...args),
  };
}
