import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { describeError, isReelholdError } from '#core/errors.ts';
import { placeFileOf } from '#core/plan-mirror.ts';
import type { ByteSource } from '#core/ports/byte-source.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Log } from '#core/ports/log.ts';
import type { PlaceBook } from './place-book.ts';

/** Copies at other places, the last proven first; each is fetched when it is asked for, and gone after that. */
export function createPlaceCopies(deps: {
  readonly book: PlaceBook;
  readonly catalogue: Catalogue;
  readonly log: Log;
  readonly vault: string;
  readonly passingFile: (name: string) => string;
}): ByteSource {
  const { book, catalogue, log } = deps;
  return {
    async *find(digest, signal) {
      const file = catalogue.places.file(digest);
      if (file === null) return;
      for (const { location } of catalogue.places.goodCopies(digest, deps.vault)) {
        const place = book.find(location);
        if (place === null || place.settings.paused) continue;
        const target = deps.passingFile(randomUUID());
        try {
          if ((await book.look(place, signal)).kind !== 'present') continue;
          await place.location.fetch(placeFileOf(file), target, { signal });
          yield { path: target, within: null };
        } catch (error) {
          // What cannot be written here says nothing of the copies there.
          if (signal.aborted || (isReelholdError(error) && error.side === 'vault')) throw error;
          log.warn(
            { place: place.settings.name, digest, error: describeError(error) },
            'A copy could not be fetched from a place.',
          );
        } finally {
          await rm(target, { force: true });
        }
      }
    },
  };
}
