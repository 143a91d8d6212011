import type { CopyState } from '#core/assess.ts';
import type { Digest } from '#core/digest.ts';
import { type Lane, retryDelayMs } from '#core/operation.ts';
import type { EventFacts } from '#core/place-records.ts';
import type { Draft } from '#core/plan-intake.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Ledger } from '#daemon/ledger.ts';
import type { Finding, FoundCopies, Prover, SizedRef } from './prover.ts';

export type Findings = Readonly<Partial<Record<Finding, readonly Digest[]>>>;

/** The operation that sees to a copy. */
export interface Healing {
  readonly kind: string;
  readonly lane: Lane;
  /** What it is about; the digest where it is not said. */
  readonly subject?: (digest: Digest) => string;
}

/** Asks for a copy to be seen to. */
export function requestHealing(
  { operations }: Pick<Catalogue, 'operations'>,
  { kind, lane, subject = (digest) => digest }: Healing,
  digest: Digest,
  notBeforeMs: number,
  nowMs: number,
): void {
  operations.insert({ kind, lane, subject: subject(digest), notBeforeMs }, nowMs);
}

const vaultHealing: Healing = { kind: 'heal', lane: 'vault' };

export interface FindingDeps {
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly location: string;
  /** Who sees to a copy that is not as it should be; `heal` in the vault's lane where it is not said. */
  readonly healing?: Healing;
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

/** Records that a copy is still bad; the journal has it when it is first found so, not each time that it is tried again. */
export async function recordBad(
  deps: FindingDeps,
  digest: Digest,
  finding: Exclude<Finding, 'good'>,
): Promise<void> {
  const { catalogue, clock, location } = deps;
  const copy = catalogue.archive.copy(digest, location);
  const state = finding === 'unreadable' ? 'unreachable' : finding;
  if (copy?.state !== state) await recordFindings(deps, { [finding]: [digest] });
  else catalogue.archive.setCopy({ ...copy, listedAtMs: clock.nowMs(), provenAtMs: null });
}

/** The same as `recordFindings`, and asks for each copy that is not as it should be to be healed. */
export function recordAndHeal(deps: FindingDeps, findings: Findings): Promise<void> {
  const { corrupt = [], missing = [], unreadable = [] } = findings;
  const nowMs = deps.clock.nowMs();
  const heal = (digest: Digest, notBeforeMs: number) =>
    requestHealing(deps.catalogue, deps.healing ?? vaultHealing, digest, notBeforeMs, nowMs);
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
  readonly prover: Prover;
}

export interface ReadBackOutcome {
  readonly proven: number;
  readonly bad: number;
  /** What could not be asked about, and why: neither good nor bad. */
  readonly unread: ReadonlyMap<Digest, unknown>;
}

/**
 * Has copies read from their medium itself, and records what was found as one entry, also where it is broken off. It
 * fails where the place is away, or its disk reports one error after the other.
 */
export async function readBack(
  deps: ReadBackDeps,
  refs: readonly SizedRef[],
  signal: AbortSignal,
): Promise<ReadBackOutcome> {
  const found: Record<Finding, Digest[]> = { good: [], corrupt: [], missing: [], unreadable: [] };
  const unread = new Map<Digest, unknown>();
  const tell: FoundCopies = {
    found: (digest, finding) => found[finding].push(digest),
    unread: (digest, error) => unread.set(digest, error),
  };
  const stopped = await deps.prover.prove(refs, tell, signal).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  await recordAndHeal(deps, found);
  sayFindings(deps, found);
  if (stopped !== null) throw stopped.error;
  return { proven: found.good.length, bad: refs.length - found.good.length - unread.size, unread };
}

function sayFindings(
  { log, healing, location }: FindingDeps,
  { corrupt, missing, unreadable }: Record<Finding, readonly Digest[]>,
): void {
  const [where, facts] = healing === undefined ? ['the vault', {}] : ['a place', { location }];
  if (corrupt.length + missing.length > 0) {
    const videos = { damaged: corrupt, gone: missing, ...facts };
    log.error(videos, `Videos in ${where} do not read back as they were taken.`);
  }
  if (unreadable.length > 0) {
    log.error(
      { unreadable, ...facts },
      `The disk reports errors on reading videos in ${where}; they are tried again.`,
    );
  }
}
