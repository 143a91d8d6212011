import { type BlobRef, type Digest, parseDigest } from '#core/digest.ts';
import { isReelholdError } from '#core/errors.ts';
import { isTakenForLasting, isTakenForLastingAtRemote } from '#core/lasting-error.ts';
import type { Operation } from '#core/operation.ts';
import { placeFileOf } from '#core/plan-mirror.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { PlaceFinding } from '#core/ports/location.ts';
import type { Log } from '#core/ports/log.ts';
import type { Ledger } from '#daemon/ledger.ts';
import { recordBad, recordFindings } from '#daemon/operations/read-back.ts';
import type { Handler } from '#daemon/worker.ts';
import { type Brought, bringFiles } from './bring.ts';
import type { OpenPlace, PlaceBook } from './place-book.ts';
import { recordBrought } from './record-brought.ts';
import { requestAt } from './request-at.ts';
import { createVisit, type PresentPlace, type VisitDeps } from './visit.ts';

export interface HealCopyDeps extends Pick<VisitDeps, 'when'> {
  readonly book: PlaceBook;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly vault: string;
  readonly blobFile: (ref: BlobRef) => string | null;
}

/** What sees to a copy at a place; its subject names both, as a subject is one among all lanes. */
export function healingAt(location: string) {
  return {
    kind: 'heal-copy',
    lane: `location:${location}`,
    subject: (digest: Digest) => `${location} ${digest}`,
  } as const;
}

export function requestHealCopy(
  { catalogue, clock }: { readonly catalogue: Catalogue; readonly clock: Clock },
  location: string,
  digest: Digest,
): void {
  const nowMs = clock.nowMs();
  const { kind, lane, subject } = healingAt(location);
  catalogue.operations.insert({ kind, lane, subject: subject(digest), notBeforeMs: nowMs }, nowMs);
}

/**
 * Sees to one copy at a place that did not read back, or was not in its list: reads it once more, and where it is bad,
 * gone or cannot be read for good, puts the vault's bytes in its place, if those are good. Where they are not, the vault
 * comes first.
 */
export function createHealCopy(deps: HealCopyDeps, location: string): Handler {
  const { catalogue, clock, log, vault } = deps;

  const readOnceMore = async (place: OpenPlace, digest: Digest, signal: AbortSignal) => {
    const file = catalogue.places.file(digest);
    if (file === null) return null;
    const [finding] = await place.location.prove([placeFileOf(file)], { signal });
    return { file, finding: finding ?? { kind: 'missing' as const } };
  };

  /** Fails where nothing can be said of the copy yet: the place is in the way, or its disk may read it the next time. */
  const record = async (finding: PlaceFinding, digest: Digest, isLasting: () => boolean): Promise<void> => {
    const finds = { ...deps, location };
    if (finding.kind === 'good') return recordFindings(finds, { good: [digest] });
    if (finding.kind !== 'unknown') return recordBad(finds, digest, finding.kind);
    const isOfCopy = isReelholdError(finding.error, 'io') && finding.error.side === undefined;
    if (isOfCopy) await recordBad(finds, digest, 'unreadable');
    if (!isOfCopy || !isLasting()) throw finding.error;
  };

  const heal = async (
    place: PresentPlace,
    digest: Digest,
    { attempt, createdAtMs, signal }: Try,
  ): Promise<void> => {
    const read = await readOnceMore(place, digest, signal);
    if (read === null) return;
    const { file, finding } = read;
    await record(finding, digest, () =>
      place.settings.placeKind === 'remote'
        ? isTakenForLastingAtRemote(attempt, createdAtMs, clock.nowMs())
        : isTakenForLasting(attempt),
    );
    if (finding.kind === 'good') return;
    const source = deps.blobFile(file);
    const own = catalogue.archive.copy(digest, vault);
    if (source === null || own?.state !== 'present') {
      const nowMs = clock.nowMs();
      catalogue.operations.insert(
        { kind: 'heal', lane: 'vault', subject: digest, notBeforeMs: nowMs },
        nowMs,
      );
      log.error(
        { place: place.settings.name, digest },
        'A copy is damaged or gone, and the vault has no good one to mend it with.',
      );
      return;
    }
    const outgoing = { ...placeFileOf(file), source };
    const brought =
      finding.kind === 'missing'
        ? await bringFiles(place, [outgoing], { signal })
        : (await bringFiles(replacing(place), [outgoing], { signal })).map(asReplaced);
    await recordBrought({ ...deps, location }, brought);
    for (const { kind, error } of brought) {
      if (error !== null && kind === 'failed') throw error;
      if (kind === 'proven') {
        log.info(
          { place: place.settings.name, digest },
          'A copy was damaged or gone; a good one stands in its place again.',
        );
        const nowMs = clock.nowMs();
        if (catalogue.proofs.damaged(location) === 0) requestAt(catalogue, 'mirror', location, nowMs, nowMs);
      }
      if (kind === 'bad-source') {
        const nowMs = clock.nowMs();
        catalogue.operations.insert(
          { kind: 'heal', lane: 'vault', subject: digest, notBeforeMs: nowMs },
          nowMs,
        );
      }
    }
  };

  const digestOf = (subject: string) => parseDigest(subject.slice(location.length + 1));

  return (operation, context) => {
    const visit = createVisit(deps, location, {
      // With one good copy left elsewhere, or none, it cannot wait.
      isUrgent: (subject) => catalogue.places.goodCopies(digestOf(subject), location).length < 2,
      async work(place, { signal }, subject) {
        await heal(place, digestOf(subject), { ...operation, signal });
        return { kind: 'seen-to' };
      },
    });
    return visit(operation, context);
  };
}

interface Try extends Pick<Operation, 'attempt' | 'createdAtMs'> {
  readonly signal: AbortSignal;
}

/** What stood there was bad: that good bytes came in its place is a recovery, and no further copy. */
function asReplaced(brought: Brought): Brought {
  return { ...brought, isReplaced: true };
}

/** The place as whoever knows that what stands there is bad writes to it. */
function replacing({ location }: OpenPlace): Pick<OpenPlace, 'location'> {
  return {
    location: {
      ...location,
      put: async (files, context) => {
        const outcomes = [];
        for (const file of files) outcomes.push(await location.replaceUnproven(file, context));
        return outcomes;
      },
    },
  };
}
