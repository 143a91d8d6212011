import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { ReconcileOptions, Reconciliation } from '#daemon/reconcile.ts';
import { requestLibrary } from '#daemon/request-library.ts';
import type { Handler } from '#daemon/worker.ts';

/**
 * Makes the catalogue's account of the archive again from the journal and the blobs: every segment is read, and
 * what they say takes the place of what the catalogue had. What the journal does not know (the inbox, the queue,
 * what ffprobe said) stays. All of it changes at once, or nothing. The readable tree is made whole again with it.
 */
export function createRebuild(deps: {
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly reconcile: (options: ReconcileOptions) => Promise<Reconciliation>;
}): Handler {
  return async () => {
    const found = await deps.reconcile({ fromScratch: true });
    const nowMs = deps.clock.nowMs();
    deps.catalogue.library.dropGone();
    requestLibrary(deps.catalogue, nowMs);
    const { damaged, unreadable, orphans, missing } = found;
    const amiss = { damaged: damaged.length, unreadable: unreadable.length, orphans, missing };
    return JSON.stringify({ ...deps.catalogue.archive.count(), ...amiss });
  };
}
