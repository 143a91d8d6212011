import { type BlobRef, blobPath } from '#core/digest.ts';
import { planIntake } from '#core/plan-intake.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { requestFollowUps } from '#daemon/intake/follow-ups.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { Ledger } from '#daemon/ledger.ts';
import type { Handler } from '#daemon/worker.ts';

export interface AdoptDeps {
  readonly store: BlobStore;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly intake: Pick<Intake, 'isBusy'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly location: string;
  readonly newId: () => string;
  readonly localDay: (atMs: number) => string;
}

type FoundBlob = BlobRef & { readonly sizeBytes: number };

const politeWaitMs = 500;

/** The empty file that a project had, stored before its record, is no video. */
export function holdsBytes({ sizeBytes }: Pick<FoundBlob, 'sizeBytes'>): boolean {
  return sizeBytes > 0;
}

/**
 * Adopts blobs that stand in the store without a record: a crash came between the two, or the record was lost.
 * Each is kept as a video of its own, under the name that an index still has for it. While files are being
 * taken it waits: their blobs stand a moment before their records do.
 */
export function createAdopt(deps: AdoptDeps): Handler {
  const { store, catalogue, ledger, intake, clock, log } = deps;

  const listOrphans = async (): Promise<readonly FoundBlob[]> => {
    const orphans: FoundBlob[] = [];
    for await (const blob of store.list()) {
      const isKnown = catalogue.archive.blobRef(blob.digest) !== null;
      if (!isKnown && holdsBytes(blob) && !catalogue.places.isErased(blob.digest)) orphans.push(blob);
    }
    return orphans;
  };

  const record = (orphans: readonly FoundBlob[]) =>
    ledger.commit(() => {
      const nowMs = clock.nowMs();
      const fresh = orphans.filter(({ digest }) => catalogue.archive.blobRef(digest) === null);
      const names = catalogue.archive.indexedNames(new Set(fresh.map(({ digest }) => digest)));
      const files = fresh.map((blob) => describe(blob, names.get(blob.digest)));
      const { drafts } = planIntake(files, catalogue.archive, deps.newId, nowMs);
      const also = () => {
        for (const { digest } of fresh) {
          const copy = { digest, location: deps.location, state: 'present', listedAtMs: nowMs } as const;
          catalogue.archive.setCopy({ ...copy, provenAtMs: null });
        }
        if (fresh.length > 0) {
          requestFollowUps(
            deps,
            files.map(({ digest, name }) => ({ digest, name, isPart: false })),
            nowMs,
          );
        }
        return fresh.length;
      };
      return { drafts, also };
    });

  const describe = (blob: FoundBlob, name: string | undefined) => ({
    ...blob,
    name: name ?? `Found ${blobPath(blob).slice(-20)}`,
    nameBase64: null,
    modifiedAtMs: null,
    day: deps.localDay(clock.nowMs()),
    continues: null,
    how: 'found' as const,
  });

  return async (_operation, { signal }) => {
    while (intake.isBusy() && !signal.aborted) await clock.sleep(politeWaitMs, signal);
    signal.throwIfAborted();
    const adopted = await record(await listOrphans());
    if (adopted > 0)
      log.info({ blobs: adopted }, 'Videos that stood in the vault without a record were adopted.');
    return `${adopted} adopted`;
  };
}
