import { judgeName } from '#core/candidates.ts';
import { describeError } from '#core/errors.ts';
import { nameOf } from '#core/inbox-path.ts';
import { planClear } from '#core/plan-clear.ts';
import type { Catalogue, Hold } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { SourceFiles } from '#core/ports/source-files.ts';
import { contentFingerprint, type FileStat } from '#core/settle.ts';
import type { ChangeGuard } from '#daemon/change-guard.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { SpaceGuard } from '#daemon/space-guard.ts';
import { hasHold, listHold, moveToHold, removeFromHold } from './hold-folder.ts';
import { createHoldWatch } from './hold-watch.ts';
import { createHoldWriters } from './hold-writers.ts';
import type { InboxState } from './inbox-state.ts';
import { statInboxFile } from './walk.ts';

/** The place inside an inbox where originals wait a day between being taken and being removed. */
export interface HoldKeeper {
  /** Notes, in the transaction that records the video, that its original is about to come. */
  record(hold: Hold): void;
  /** Moves the original into the hold. */
  place(hold: Hold): Promise<void>;
  /** The original does not come after all. */
  cancel(hold: Hold): void;
  /** When one should be looked at, on the monotonic clock; null where none is waited for. */
  nextDueMs(): number | null;
  lookAtDue(): Promise<void>;
  /** Looks at everything in the hold, and removes what may go; what was written to is taken again. */
  check(options: { readonly spaceIsShort: boolean; readonly signal: AbortSignal }): Promise<void>;
  /** Breaks off what is being taken again. */
  stop(): Promise<void>;
}

type Verdict = 'stays' | 'missing' | 'removed';

interface Clearing {
  readonly spaceIsShort: boolean;
  readonly mayRemove: () => boolean;
}

export function createHoldKeeper(deps: {
  readonly inbox: string;
  readonly state: InboxState;
  readonly catalogue: Catalogue;
  readonly intake: Intake;
  readonly space: SpaceGuard;
  readonly changes: ChangeGuard;
  readonly files: SourceFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly location: string;
  /** How long nothing about a file may have changed; longer on a drive that is far. */
  readonly quietMs: () => number;
  readonly newId: () => string;
}): HoldKeeper {
  const { inbox, state, catalogue, clock, log } = deps;
  const rows = catalogue.holds;
  const watch = createHoldWatch(deps);
  const writers = createHoldWriters({ ...deps, onTaken: watch.add });
  /** Rows whose file is still on its way. */
  const coming = new Set<string>();

  const checkOne = async (hold: Hold, { spaceIsShort, mayRemove }: Clearing): Promise<Verdict> => {
    if (coming.has(hold.id)) return 'stays';
    const stat = await statInboxFile(state.root(), hold.heldPath);
    if (stat === null) return 'missing';
    if (contentFingerprint(stat) !== hold.fingerprint) {
      writers.see(hold, stat);
      return 'stays';
    }
    const copy = catalogue.archive.copy(hold.digest, deps.location);
    const held = {
      heldAtMs: hold.heldAtMs,
      provenAtMs: copy?.provenAtMs ?? null,
      copyPresent: copy?.state === 'present',
      // All files of zero bytes are one blob, and what is wrong with one says nothing of the others.
      cameDamaged: hold.sizeBytes > 0 && catalogue.archive.cameDamaged(hold.digest),
    };
    const decision = planClear(held, clock.nowMs(), spaceIsShort);
    if (decision === 'prove-first') askForProof();
    if (decision !== 'remove' || !mayRemove()) return 'stays';
    await removeFromHold(state.root(), hold.heldPath);
    return 'removed';
  };

  const askForProof = () => {
    const nowMs = clock.nowMs();
    const operation = { kind: 'prove', lane: 'vault', subject: deps.location, notBeforeMs: nowMs } as const;
    catalogue.operations.insert(operation, nowMs);
  };

  const dropRows = (holds: readonly Hold[]) => {
    if (holds.length === 0) return;
    catalogue.together(() => {
      for (const { id } of holds) rows.remove(id);
    });
  };

  /** Only while the hold itself is there does a missing file mean that somebody took it. */
  const dropMissing = async (holds: readonly Hold[]) => {
    if (holds.length > 0 && (await hasHold(state.root()))) dropRows(holds);
  };

  const look = async (heldPath: string): Promise<void> => {
    const stat = await statInboxFile(state.root(), heldPath);
    if (stat !== null && watch.isAsTaken(heldPath, contentFingerprint(stat))) return;
    const hold = rows.find(inbox, heldPath);
    if (stat !== null) return compare(heldPath, hold, stat);
    writers.forget(heldPath);
    await dropMissing(hold === null ? [] : [hold]);
  };

  const compare = (heldPath: string, hold: Hold | null, stat: FileStat) => {
    const isAsKnown = hold === null ? !isVideo(heldPath) : hold.fingerprint === contentFingerprint(stat);
    if (isAsKnown) writers.forget(heldPath);
    else writers.see(hold ?? { heldPath }, stat);
  };

  /** Files that no row knows (a crash, a lost catalogue) are taken again before they may ever go. */
  const seeUnknown = async (signal: AbortSignal) => {
    const known = new Set(rows.list(inbox).map(({ heldPath }) => heldPath));
    for await (const heldPath of listHold(state.root())) {
      if (signal.aborted) return;
      const stat = known.has(heldPath) ? null : await statInboxFile(state.root(), heldPath);
      // A row may have come meanwhile: it does so before its file.
      if (stat !== null) compare(heldPath, rows.find(inbox, heldPath), stat);
    }
  };

  const checkKnown = async (spaceIsShort: boolean, signal: AbortSignal) => {
    const by: Record<Verdict, Hold[]> = { stays: [], missing: [], removed: [] };
    const failures: string[] = [];
    // Only where one is due, and once for all of them: it reads all versions.
    let isAllowed: boolean | null = null;
    const mayRemove = () => {
      isAllowed ??= deps.changes.mayRemove();
      return isAllowed;
    };
    for (const hold of rows.list(inbox)) {
      if (signal.aborted) break;
      try {
        by[await checkOne(hold, { spaceIsShort, mayRemove })].push(hold);
      } catch (error) {
        failures.push(describeError(error));
      }
    }
    dropRows(by.removed);
    await dropMissing(by.missing);
    if (failures.length > 0) {
      log.warn({ files: failures.length, first: failures[0] }, 'Originals in the hold could not be removed.');
    }
  };

  return {
    record(hold) {
      coming.add(hold.id);
      rows.add(hold);
    },
    async place(hold) {
      await moveToHold(state.root(), hold.path, hold.heldPath);
      coming.delete(hold.id);
      watch.add(hold);
    },
    cancel(hold) {
      coming.delete(hold.id);
      rows.remove(hold.id);
    },
    nextDueMs() {
      const times = [watch.nextDueMs(), writers.nextDueMs()].filter((time) => time !== null);
      return times.length === 0 ? null : Math.min(...times);
    },
    async lookAtDue() {
      for (const path of [...watch.takeDue(), ...writers.takeDue()]) await look(path);
    },
    async check({ spaceIsShort, signal }) {
      if (!(await hasHold(state.root()))) return;
      await seeUnknown(signal);
      await checkKnown(spaceIsShort, signal);
    },
    stop: writers.stop,
  };
}

/** What file browsers leave beside an original is none. */
function isVideo(heldPath: string): boolean {
  return judgeName(nameOf(heldPath)) === 'video';
}
