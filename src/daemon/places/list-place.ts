import { type BlobRef, parseBlobPath } from '#core/digest.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { ListedCopy } from '#core/ports/places.ts';
import type { Ledger } from '#daemon/ledger.ts';
import { eventDraft } from '#daemon/operations/read-back.ts';
import type { Handler } from '#daemon/worker.ts';
import { requestHealCopy } from './heal-copy.ts';
import type { OpenPlace, PlaceBook } from './place-book.ts';
import { requestAt } from './request-at.ts';
import { createVisit, type VisitDeps } from './visit.ts';

export interface ListPlaceDeps {
  readonly book: PlaceBook;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
}

const batchSize = 500;

/** Lists the blobs of a place, and asks for what is gone, or no longer as it was, to be seen to. */
export function createListPlace(deps: ListPlaceDeps & VisitDeps, location: string): Handler {
  return createVisit(deps, location, {
    work: async (place, { signal }) => ({ kind: 'listed', ...(await listPlace(deps, place, signal)) }),
  });
}

/**
 * Notes what a place's list shows. A copy is missing only where the list came to its end, and the place is still the
 * one that is meant: what could not be listed is not gone.
 */
export async function listPlace(
  deps: ListPlaceDeps,
  place: OpenPlace,
  signal: AbortSignal,
): Promise<{ readonly files: number; readonly gone: number; readonly changed: number }> {
  const { catalogue, clock, log } = deps;
  const { location, name } = place.settings;
  const atMs = clock.nowMs();
  let files = 0;
  let batch: (ListedCopy & BlobRef)[] = [];
  const changed: ListedCopy['digest'][] = [];
  const keep = () => {
    const listed = batch;
    batch = [];
    files += listed.length;
    const erased = listed.filter(({ digest }) => catalogue.places.isErased(digest));
    catalogue.together(() => {
      changed.push(...catalogue.places.markListed(location, listed, atMs));
      catalogue.places.markErasable(location, erased, atMs);
    });
  };
  for await (const { path, sizeBytes, hashes } of place.location.list('blobs', signal)) {
    const ref = parseBlobPath(path);
    if (ref === null) continue;
    batch.push({ ...ref, sizeBytes, hashes });
    if (batch.length >= batchSize) keep();
  }
  keep();
  signal.throwIfAborted();
  if (catalogue.places.erasable(location).length > 0)
    requestAt(catalogue, 'erase-copies', location, atMs, atMs);
  const gone = catalogue.places.unlisted(location, atMs);
  if (gone.length > 0 && (await deps.book.look(place, signal)).kind !== 'present') {
    return { files, gone: 0, changed: changed.length };
  }
  await recordGone(deps, location, gone);
  for (const digest of [...gone, ...changed]) requestHealCopy(deps, location, digest);
  if (gone.length + changed.length > 0) {
    const facts = { place: name, gone: gone.length, changed: changed.length };
    log.warn(facts, 'A place no longer lists all that was there; what is good elsewhere is brought again.');
  }
  return { files, gone: gone.length, changed: changed.length };
}

async function recordGone(
  { catalogue, ledger, clock }: ListPlaceDeps,
  location: string,
  gone: readonly ListedCopy['digest'][],
): Promise<void> {
  if (gone.length === 0) return;
  await ledger.commit(() => ({
    drafts: eventDraft('fixity check', 'failure', location, gone),
    also: () => {
      const listedAtMs = clock.nowMs();
      for (const digest of gone) {
        catalogue.archive.setCopy({ digest, location, state: 'missing', listedAtMs, provenAtMs: null });
      }
    },
  }));
}
