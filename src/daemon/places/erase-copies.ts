import { blobPath } from '#core/digest.ts';
import { eventDraft } from '#daemon/operations/read-back.ts';
import type { Handler } from '#daemon/worker.ts';
import type { ListPlaceDeps } from './list-place.ts';
import { requestAt } from './request-at.ts';
import { createVisit, type PresentPlace, type VisitDeps } from './visit.ts';

/** Removes at a place what the owner had deleted everywhere, at any hour, and says so in the journal. */
export function createEraseCopies(deps: ListPlaceDeps & VisitDeps, location: string): Handler {
  return createVisit(deps, location, {
    isUrgent: () => true,
    work: async (place, { signal }) => ({ kind: 'erased', files: await eraseCopies(deps, place, signal) }),
  });
}

/** Gives how many blobs were removed. */
async function eraseCopies(
  { catalogue, ledger, log }: Pick<ListPlaceDeps, 'catalogue' | 'ledger' | 'log'>,
  place: PresentPlace,
  signal: AbortSignal,
): Promise<number> {
  const { location, name } = place.settings;
  const files = catalogue.places.erasable(location);
  if (files.length === 0) return 0;
  // What cannot be read of it may say that the owner brought the same video again.
  if ([...catalogue.archive.segments()].some(({ state }) => state === 'damaged')) {
    log.warn(
      { place: name, files: files.length },
      'Part of the journal is damaged: what was deleted everywhere stays at a place until it is whole again.',
    );
    return 0;
  }
  await place.location.erase(
    files.map((file) => ({ path: blobPath(file) })),
    signal,
  );
  const digests = files.map(({ digest }) => digest);
  await ledger.commit(() => ({
    drafts: eventDraft('deletion', 'success', location, digests),
    also: () => undefined,
  }));
  log.info({ place: name, files: files.length }, 'What was deleted everywhere is gone from a place.');
  return files.length;
}

/** Asks every place, also one that is away, to let go of what was deleted everywhere. */
export function requestErasing({
  catalogue,
  book,
  clock,
}: Pick<ListPlaceDeps, 'catalogue' | 'book' | 'clock'>): void {
  const nowMs = clock.nowMs();
  for (const { settings } of book.list())
    requestAt(catalogue, 'erase-copies', settings.location, nowMs, nowMs);
}
