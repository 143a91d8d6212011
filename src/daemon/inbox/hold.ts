import { judgeName } from '#core/candidates.ts';
import { describeError } from '#core/errors.ts';
import { planClear } from '#core/plan-clear.ts';
import type { Catalogue, Hold } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { contentFingerprint } from '#core/settle.ts';
import { hasHold, listHold, moveToHold, removeFromHold } from './hold-folder.ts';
import { nameOf } from './hold-path.ts';
import type { HoldWriters } from './hold-writers.ts';
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
  /** Looks at one path in the hold, as a watcher hinted: a writer may have gone on. */
  look(heldPath: string): Promise<void>;
  /** Looks at everything in the hold, and removes what may go; what was written to is taken again. */
  check(options: { readonly spaceIsShort: boolean; readonly signal: AbortSignal }): Promise<void>;
}

export function createHoldKeeper(deps: {
  readonly inbox: string;
  readonly state: InboxState;
  readonly catalogue: Catalogue;
  readonly writers: HoldWriters;
  readonly clock: Clock;
  readonly log: Log;
  readonly location: string;
}): HoldKeeper {
  const { inbox, state, catalogue, writers, clock, log } = deps;
  const rows = catalogue.holds;
  /** Rows whose file is still on its way. */
  const coming = new Set<string>();
  /** What we moved there ourselves, and the watcher is about to tell us of. */
  const expected = new Map<string, string>();

  type Verdict = 'stays' | 'missing' | 'removed';

  const checkOne = async (hold: Hold, spaceIsShort: boolean): Promise<Verdict> => {
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
    };
    const decision = planClear(held, clock.nowMs(), spaceIsShort);
    if (decision === 'prove-first') askForProof();
    if (decision !== 'remove') return 'stays';
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

  /** Files that no row knows (a crash, a lost catalogue) are taken again before they may ever go. */
  const seeUnknown = async (signal: AbortSignal) => {
    const known = new Set(rows.list(inbox).map(({ heldPath }) => heldPath));
    for await (const heldPath of listHold(state.root())) {
      if (signal.aborted) return;
      if (!known.has(heldPath)) await keeper.look(heldPath);
    }
  };

  const checkKnown = async (spaceIsShort: boolean, signal: AbortSignal) => {
    const by: Record<Verdict, Hold[]> = { stays: [], missing: [], removed: [] };
    const failures: string[] = [];
    for (const hold of rows.list(inbox)) {
      if (signal.aborted) break;
      try {
        by[await checkOne(hold, spaceIsShort)].push(hold);
      } catch (error) {
        failures.push(describeError(error));
      }
    }
    dropRows(by.removed);
    // Only while the hold itself is there does a missing file mean that somebody took it.
    if (await hasHold(state.root())) dropRows(by.missing);
    if (failures.length > 0) {
      log.warn({ files: failures.length, first: failures[0] }, 'Originals in the hold could not be removed.');
    }
  };

  const keeper: HoldKeeper = {
    record(hold) {
      coming.add(hold.id);
      rows.add(hold);
    },
    async place(hold) {
      expected.set(hold.heldPath, hold.fingerprint);
      await moveToHold(state.root(), hold.path, hold.heldPath);
      coming.delete(hold.id);
    },
    cancel(hold) {
      coming.delete(hold.id);
      rows.remove(hold.id);
    },
    async look(heldPath) {
      const stat = await statInboxFile(state.root(), heldPath);
      if (stat === null) return writers.forget(heldPath);
      if (expected.get(heldPath) === contentFingerprint(stat)) {
        expected.delete(heldPath);
        return;
      }
      const hold = rows.find(inbox, heldPath);
      if (hold === null ? !isVideo(heldPath) : hold.fingerprint === contentFingerprint(stat)) {
        return writers.forget(heldPath);
      }
      writers.see(hold ?? { heldPath }, stat);
    },
    async check({ spaceIsShort, signal }) {
      if (!(await hasHold(state.root()))) return;
      expected.clear();
      await seeUnknown(signal);
      await checkKnown(spaceIsShort, signal);
    },
  };
  return keeper;
}

/** What file browsers leave beside an original is none. */
function isVideo(heldPath: string): boolean {
  return judgeName(nameOf(heldPath)) === 'video';
}
