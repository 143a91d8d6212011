import type { CopyState } from '#core/assess.ts';
import type { BlobRef, Digest } from '#core/digest.ts';
import { isReelholdError } from '#core/errors.ts';
import type { EventFacts } from '#core/journal-record.ts';
import { retryDelayMs } from '#core/operation.ts';
import type { Draft } from '#core/plan-intake.ts';
import type { BlobStore, Verification } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { Ledger } from '#daemon/ledger.ts';

/** `unreadable`: the disk reported an error, which says nothing about the bytes. */
export type Finding = Verification | 'unreadable';
export type Findings = Readonly<Partial<Record<Finding, readonly Digest[]>>>;

export interface FindingDeps {
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly location: string;
}

/**
 * Writes into journal and catalogue, as one entry, what reading copies back has found. That a disk could not be
 * read is no finding about the bytes: the journal does not have it. `also` belongs to the same transaction.
 */
export async function recordFindings(
  { catalogue, ledger, clock, location }: FindingDeps,
  { good = [], corrupt = [], missing = [], unreadable = [] }: Findings,
  also = () => {},
): Promise<void> {
  if (good.length + corrupt.length + missing.length + unreadable.length === 0) return;
  const nowMs = clock.nowMs();
  const note = (digests: readonly Digest[], state: CopyState) => {
    const provenAtMs = state === 'present' ? nowMs : null;
    for (const digest of digests) {
      catalogue.archive.setCopy({ digest, location, state, listedAtMs: nowMs, provenAtMs });
    }
  };
  await ledger.commit(() => ({
    drafts: [
      ...eventDraft('fixity check', 'success', location, good),
      ...eventDraft('fixity check', 'failure', location, [...corrupt, ...missing]),
    ],
    also: () => {
      note(good, 'present');
      note(corrupt, 'corrupt');
      note(missing, 'missing');
      note(unreadable, 'unreachable');
      also();
    },
  }));
}

/** The same, and asks for each copy that is not as it should be to be healed. */
export function recordAndHeal(deps: FindingDeps, findings: Findings): Promise<void> {
  const { corrupt = [], missing = [], unreadable = [] } = findings;
  const nowMs = deps.clock.nowMs();
  const heal = (digest: Digest, notBeforeMs: number) =>
    deps.catalogue.operations.insert({ kind: 'heal', lane: 'vault', subject: digest, notBeforeMs }, nowMs);
  return recordFindings(deps, findings, () => {
    for (const digest of [...corrupt, ...missing]) heal(digest, nowMs);
    for (const digest of unreadable) heal(digest, nowMs + retryDelayMs(1));
  });
}

/** One event of a run; none where it is about nothing. */
export function eventDraft(
  event: EventFacts['event'],
  outcome: EventFacts['outcome'],
  location: string,
  digests: readonly Digest[],
): Draft[] {
  if (digests.length === 0) return [];
  return [{ facts: { kind: 'event', event, location, outcome, digests }, index: [] }];
}

export interface ReadBackDeps extends FindingDeps {
  readonly store: BlobStore;
  readonly intake: Pick<Intake, 'isBusy'>;
}

export interface ReadBackOutcome {
  readonly proven: number;
  readonly bad: number;
  /** What could not be asked about, and why: neither good nor bad. */
  readonly unread: ReadonlyMap<Digest, unknown>;
}

const politeWaitMs = 500;
/** So many errors of the disk one after the other are no longer about single files: it is let rest a while. */
const errorsInARow = 8;

/**
 * Reads copies from the disk itself, giving way to the intake, and records what it found as one entry, also where
 * it is broken off. It fails where the vault is away, or its disk reports one error after the other.
 */
export async function readBack(
  deps: ReadBackDeps,
  refs: readonly BlobRef[],
  signal: AbortSignal,
): Promise<ReadBackOutcome> {
  const { store, intake, clock } = deps;
  const found: Record<Finding, Digest[]> = { good: [], corrupt: [], missing: [], unreadable: [] };
  const unread = new Map<Digest, unknown>();
  let stopped: { readonly error: unknown } | null = null;
  let inARow = 0;
  for (const ref of refs) {
    while (intake.isBusy() && !signal.aborted) await clock.sleep(politeWaitMs, signal);
    try {
      found[await store.verify(ref, signal)].push(ref.digest);
      inARow = 0;
    } catch (error) {
      const isOfDisk = isReelholdError(error, 'io');
      if (isOfDisk) inARow += 1;
      if (isOfDisk) found.unreadable.push(ref.digest);
      else if (!signal.aborted) unread.set(ref.digest, error);
      if (signal.aborted || isReelholdError(error, 'unreachable') || inARow >= errorsInARow)
        stopped = { error };
    }
    if (stopped !== null) break;
  }
  await recordAndHeal(deps, found);
  sayFindings(deps.log, found);
  if (stopped !== null) throw stopped.error;
  return { proven: found.good.length, bad: refs.length - found.good.length - unread.size, unread };
}

function sayFindings(log: Log, { corrupt, missing, unreadable }: Record<Finding, readonly Digest[]>): void {
  if (corrupt.length + missing.length > 0) {
    const facts = { damaged: corrupt, gone: missing };
    log.error(facts, 'Videos in the vault do not read back as they were taken.');
  }
  if (unreadable.length > 0) {
    log.error(
      { unreadable },
      'The disk reports errors on reading videos in the vault; they are tried again.',
    );
  }
}
