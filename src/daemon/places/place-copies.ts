import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { describeError } from '#core/errors.ts';
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
        if ((await book.look(place, signal)).kind !== 'present') continue;
        const target = deps.passingFile(randomUUID());
        try {
          await place.location.fetch(placeFileOf(file), target, { signal });
          yield { path: target, within: null };
        } catch (error) {
          if (signal.aborted) throw error;
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
