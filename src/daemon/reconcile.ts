import { describeError, isReelholdError } from '#core/errors.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { HeldFile } from '#core/ports/places.ts';
import { requestFollowUps } from './intake/follow-ups.ts';
import { holdsBytes } from './operations/adopt.ts';
import { type Union, type UniteDeps, uniteJournal } from './unite-journal.ts';

export interface ReconcileDeps extends UniteDeps {
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly location: string;
}

export interface Reconciliation extends Union {
  readonly blobs: number;
  /** Stand in the store without a record, and hold something. */
  readonly orphans: number;
  /** Have a record, and do not stand in the store. */
  readonly missing: number;
}

export interface ReconcileOptions {
  /** Reads every segment, and makes the catalogue's account of the archive again from them. */
  readonly fromScratch?: boolean;
}

/** How long the inbox has to bring again what a crash left without a record, before it is adopted nameless. */
const adoptAfterMs = 10 * 60_000;

/**
 * Unites journal, store and catalogue at start: journal and catalogue get from each other what the one has lost,
 * and each blob's copy is present or missing as the store shows. Blobs without a record are left for an operation
 * to adopt; what the owner had deleted everywhere, and still stands here, is left for the one that deletes it.
 */
export async function reconcile(
  deps: ReconcileDeps,
  options: ReconcileOptions = {},
): Promise<Reconciliation> {
  const { catalogue, clock, log } = deps;
  const union = await uniteJournal(deps, { everySegment: options.fromScratch === true });
  if (options.fromScratch === true) catalogue.together(() => catalogue.archive.startAgain());
  const { present, orphans, missing } = await compareBlobs(deps).catch((error: unknown) => {
    if (!isReelholdError(error, 'corrupt')) throw error;
    log.warn(
      { error: describeError(error) },
      'The catalogue is damaged; its account is made again from the journal.',
    );
    catalogue.together(() => catalogue.archive.startAgain());
    return compareBlobs(deps);
  });
  // What cannot be read may say that the owner brought the same video again.
  const isWhole = union.damaged.length + union.unreadable.length === 0;
  if (isWhole && catalogue.places.erasable(deps.location).length > 0) {
    const nowMs = clock.nowMs();
    log.info({}, 'Videos that were deleted everywhere still stand in the vault; they go now.');
    catalogue.operations.insert({ kind: 'erase', lane: 'vault', subject: '', notBeforeMs: nowMs }, nowMs);
  }
  if (orphans > 0) {
    const nowMs = clock.nowMs();
    const notBeforeMs = nowMs + adoptAfterMs;
    catalogue.operations.insert({ kind: 'adopt', lane: 'intake', subject: '', notBeforeMs }, nowMs);
  }
  // Whoever recorded it may have been stopped before he could ask for what follows.
  if (union.applied > 0 || union.fromScratch) requestFollowUps(deps, [], clock.nowMs());
  const found = { ...union, blobs: present.size, orphans, missing };
  say(log, found);
  return found;
}

function say(log: UniteDeps['log'], found: Reconciliation): void {
  const { applied, mended, damaged, fromScratch, orphans, missing } = found;
  if (applied > 0 || fromScratch) {
    const facts = { segments: applied, fromScratch };
    log.info(facts, 'The catalogue was brought up to date with the journal.');
  }
  if (mended > 0)
    log.warn(
      { segments: mended },
      'The journal had lost segments, or they were damaged: they were put back.',
    );
  for (const segment of damaged) {
    log.warn({ segment }, 'A journal segment is not as it was written; what can be read of it is used.');
  }
  if (orphans > 0)
    log.info({ blobs: orphans }, 'Videos stand in the vault without a record; they are kept and adopted.');
  if (missing > 0) log.error({ blobs: missing }, 'Videos that the journal names are not in the vault.');
}

async function compareBlobs(deps: ReconcileDeps) {
  const { catalogue, clock, location } = deps;
  const { present, orphans, erased } = await listBlobs(deps);
  const missing = catalogue.together(() => {
    catalogue.places.markErasable(location, erased, clock.nowMs());
    return markCopies(deps, present);
  });
  return { present, orphans, missing };
}

async function listBlobs({ store, catalogue }: ReconcileDeps) {
  const present = new Set<string>();
  const erased: HeldFile[] = [];
  let orphans = 0;
  for await (const blob of store.list()) {
    present.add(blob.digest);
    if (catalogue.archive.blobRef(blob.digest) !== null) continue;
    if (catalogue.places.isErased(blob.digest)) erased.push(blob);
    else if (holdsBytes(blob)) orphans += 1;
  }
  return { present, orphans, erased };
}

/** Sets the vault's copies to what the listing shows, and counts those missing; proofs stay as they were dated. */
function markCopies({ catalogue, location, clock }: ReconcileDeps, present: ReadonlySet<string>): number {
  let missing = 0;
  for (const { digest, state, provenAtMs } of catalogue.archive.copiesAt(location)) {
    const isThere = present.has(digest);
    if (!isThere) missing += 1;
    if (isThere && state !== null && state !== 'missing' && state !== 'unknown') continue;
    if (!isThere && state === 'missing') continue;
    catalogue.archive.setCopy({
      digest,
      location,
      state: isThere ? 'present' : 'missing',
      listedAtMs: clock.nowMs(),
      provenAtMs: isThere ? provenAtMs : null,
    });
  }
  return missing;
}
