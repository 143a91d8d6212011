import { isReelholdError } from '#core/errors.ts';
import { formatPlaceResult, type PlaceResult } from '#core/place-result.ts';
import type { Presence } from '#core/ports/location.ts';
import type { Handler, RunContext } from '#daemon/worker.ts';
import type { OpenPlace, PlaceBook } from './place-book.ts';

export type PresentPlace = OpenPlace & { readonly presence: Extract<Presence, { kind: 'present' }> };

/**
 * Makes a handler of work at a place: it is looked at first, and nothing is done where it is not the one that is meant.
 * That it is away, or goes away meanwhile, is a result and no failure: the work is asked for again when it is there.
 */
export function createVisit(
  book: PlaceBook,
  location: string,
  work: (place: PresentPlace, context: RunContext, subject: string) => Promise<PlaceResult>,
): Handler {
  const visit = async (context: RunContext, subject: string): Promise<PlaceResult> => {
    const place = book.find(location);
    if (place === null) return { kind: 'unknown' };
    if (place.settings.paused) return { kind: 'paused' };
    const presence = await book.look(place, context.signal);
    if (presence.kind === 'away') return awayResult(presence);
    try {
      return await work({ ...place, presence }, context, subject);
    } catch (error) {
      if (context.signal.aborted || !mayBeAway(error)) throw error;
      const now = await book.look(place, context.signal);
      if (now.kind === 'present') throw error;
      return awayResult(now);
    } finally {
      book.note(location, { work: null });
    }
  };
  return async ({ subject }, context) => formatPlaceResult(await visit(context, subject));
}

function awayResult({ reason, detail }: Extract<Presence, { kind: 'away' }>): PlaceResult {
  return { kind: 'away', reason, detail };
}

function mayBeAway(error: unknown): boolean {
  return isReelholdError(error) && error.side !== 'source' && error.kind !== 'full';
}
