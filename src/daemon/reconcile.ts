import { type BlobRef, blobPath } from '#core/digest.ts';
import { planIntake } from '#core/plan-intake.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Journal } from '#core/ports/journal.ts';
import type { Log } from '#core/ports/log.ts';
import type { Ledger } from './ledger.ts';

export interface ReconcileDeps {
  readonly store: BlobStore;
  readonly journal: Journal;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly location: string;
  readonly newId: () => string;
  readonly localDay: (atMs: number) => string;
}

/**
 * Unites journal, store and catalogue at start: segments the catalogue has not seen are applied, blobs without
 * a record are adopted, and each blob's copy is present or missing as the store shows. Nothing is ever taken away.
 */
export async function reconcile(deps: ReconcileDeps): Promise<void> {
  const applied = await applyUnseenSegments(deps);
  const { present, orphans } = await listBlobs(deps);
  deps.catalogue.together(() => markCopies(deps, present));
  if (orphans.length > 0) await adopt(deps, orphans);
  if (applied > 0 || orphans.length > 0) {
    deps.log.info(
      { segments: applied, orphans: orphans.length },
      'The catalogue was brought up to date with the vault.',
    );
  }
}

async function applyUnseenSegments({ journal, catalogue, log }: ReconcileDeps): Promise<number> {
  let applied = 0;
  for (const name of await journal.list()) {
    if (catalogue.archive.isApplied(name)) continue;
    const { records, whole } = await journal.read(name);
    if (!whole)
      log.warn(
        { segment: name },
        'A journal segment is not as it was written; what can be read of it is used.',
      );
    catalogue.together(() => catalogue.archive.apply(name, records));
    applied += 1;
  }
  return applied;
}

type FoundBlob = BlobRef & { readonly sizeBytes: number };

async function listBlobs({ store, catalogue }: ReconcileDeps) {
  const present = new Set<string>();
  const orphans: FoundBlob[] = [];
  for await (const blob of store.list()) {
    present.add(blob.digest);
    if (catalogue.archive.blobRef(blob.digest) === null) orphans.push(blob);
  }
  return { present, orphans };
}

/** Sets the vault's copies to what the listing shows; proofs stay as they were dated. */
function markCopies({ catalogue, location, clock }: ReconcileDeps, present: ReadonlySet<string>): void {
  for (const digest of catalogue.archive.allDigests()) {
    const copy = catalogue.archive.copy(digest, location);
    const isThere = present.has(digest);
    if (isThere && (copy?.state === 'present' || copy?.state === 'corrupt')) continue;
    if (!isThere && copy?.state === 'missing') continue;
    catalogue.archive.setCopy({
      digest,
      location,
      state: isThere ? 'present' : 'missing',
      listedAtMs: clock.nowMs(),
      provenAtMs: isThere ? (copy?.provenAtMs ?? null) : null,
    });
  }
}

/** Bytes that nobody knows are kept as a video of their own, named by what is left of their name. */
async function adopt(deps: ReconcileDeps, orphans: readonly FoundBlob[]): Promise<void> {
  const { catalogue, ledger, clock, log } = deps;
  await ledger.commit(() => {
    const files = orphans.map((blob) => ({
      ...blob,
      name: `Found ${blobPath(blob).slice(-20)}`,
      nameBase64: null,
      modifiedAtMs: null,
      day: deps.localDay(clock.nowMs()),
      continues: null,
      how: 'found' as const,
    }));
    const { drafts } = planIntake(files, catalogue.archive, deps.newId, clock.nowMs());
    return {
      drafts,
      also: () => {
        for (const { digest } of orphans) {
          catalogue.archive.setCopy({
            digest,
            location: deps.location,
            state: 'present',
            listedAtMs: clock.nowMs(),
            provenAtMs: null,
          });
        }
      },
    };
  });
  log.info({ blobs: orphans.length }, 'Videos that stood in the vault without a record were adopted.');
}
