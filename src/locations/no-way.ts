import { ReelholdError } from '#core/errors.ts';
import type { Location } from '#core/ports/location.ts';

/** A place of a kind that this installation has no way to: it is away, and nothing is done to it. */
export function createNoWay(kind: Location['kind'], detail: string): Location {
  const fail = async (): Promise<never> => {
    throw new ReelholdError({ kind: 'unreachable', operation: 'reach', object: 'the place' }, detail);
  };
  return {
    kind,
    async look() {
      return { kind: 'away', reason: 'no-tool', detail, retryAtMs: null };
    },
    async *list() {
      yield await fail();
    },
    prepare: fail,
    put: fail,
    prove: fail,
    fetch: fail,
    read: fail,
    putMutable: fail,
    replaceUnproven: fail,
    erase: fail,
  };
}
