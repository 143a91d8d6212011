import { parsePlaceResult } from '#core/place-result.ts';
import { createVerify } from '#daemon/operations/verify.ts';
import type { Handler } from '#daemon/worker.ts';
import { healingAt } from './heal-copy.ts';
import { createPlaceProver } from './place-prover.ts';
import type { ScrubPlaceDeps } from './scrub-place.ts';
import { createVisit } from './visit.ts';

/** Reads every copy at a place back. */
export function createVerifyPlace(deps: ScrubPlaceDeps, location: string): Handler {
  const { book } = deps;
  const prover = createPlaceProver(() => book.find(location));
  const verify = createVerify({ ...deps, location, prover, healing: healingAt(location) });
  return async (operation, context) => {
    let words = '';
    const visit = createVisit(deps, location, {
      work: async () => {
        words = (await verify(operation, context)) ?? '';
        return { kind: 'read-back', words };
      },
    });
    const result = await visit(operation, context);
    return parsePlaceResult(result)?.kind === 'read-back' ? words : result;
  };
}
