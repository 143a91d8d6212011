import { describeError, isReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import { type HoldBack, planHoldBack } from '#core/hold-back.ts';
import { nameOf } from '#core/inbox-path.ts';
import type { Catalogue, Hold } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { SourceFiles } from '#core/ports/source-files.ts';
import { contentFingerprint, type FileStat, fingerprint, settle } from '#core/settle.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { Taken } from '#daemon/intake/take.ts';
import type { SpaceGuard } from '#daemon/space-guard.ts';
import type { InboxState } from './inbox-state.ts';
import { lookAtContent } from './look-inside.ts';

/** A file in the hold that is not what was taken: with its row, or of nobody knows where. */
export type Written = Hold | { readonly heldPath: string };

/**
 * Files in the hold whose writer went on after they were taken, and files that no row knows: taken once they
 * have settled and look whole, as the next version of the same video. What does not is waited for as in the inbox.
 */
export interface HoldWriters {
  see(file: Written, stat: FileStat): void;
  /** When one may have settled, on the monotonic clock; null where none is waited for. */
  nextDueMs(): number | null;
  /** Hands over the paths that should be looked at again. */
  takeDue(): readonly string[];
  forget(heldPath: string): void;
  /** Breaks off what is being taken. */
  stop(): Promise<void>;
}

interface Quiet {
  readonly fingerprint: string;
  readonly sinceMs: number;
  readonly dueMs: number | null;
}

/** A file that looks broken off, as it is now. */
interface Broken {
  readonly fingerprint: string;
  readonly sinceMs: number;
  readonly attempt: number;
}

const retryMs = 60_000;

export function createHoldWriters(deps: {
  readonly inbox: string;
  readonly state: InboxState;
  readonly catalogue: Catalogue;
  readonly intake: Intake;
  readonly space: SpaceGuard;
  readonly files: SourceFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** How long nothing about a file may have changed; longer on a drive that is far. */
  readonly quietMs: () => number;
  readonly newId: () => string;
  /** Told the renewed row, once the file was taken again. */
  readonly onTaken: (hold: Hold) => void;
}): HoldWriters {
  const { inbox, state, catalogue, clock, log, files } = deps;
  const watched = new Map<string, Quiet>();
  const broken = new Map<string, Broken>();
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  /** Null where it looks whole. */
  const planBroken = async ({ heldPath }: Written, stat: FileStat): Promise<HoldBack | null> => {
    const { flaw } = await lookAtContent({ root: state.root, files }, { path: heldPath, stat });
    const last = broken.get(heldPath);
    broken.delete(heldPath);
    if (flaw === null) return null;
    const print = fingerprint(stat);
    const nowMs = clock.monotonicMs();
    const { sinceMs, attempt } = last?.fingerprint === print ? last : { sinceMs: nowMs, attempt: 0 };
    broken.set(heldPath, { fingerprint: print, sinceMs, attempt: attempt + 1 });
    return planHoldBack({ kind: 'flaw', flaw }, attempt + 1, nowMs - sinceMs);
  };

  const takeAgain = async (file: Written, stat: FileStat): Promise<void> => {
    const plan = await planBroken(file, stat);
    if (plan?.kind === 'wait') return lookAgainIn(file, plan.delayMs);
    using room = await deps.space.admit(stat.sizeBytes);
    if (room === null) return lookAgainIn(file, retryMs);
    await deps.intake.take({
      source: { path: `${state.root()}/${file.heldPath}`, within: state.root() },
      continues: 'video' in file ? file.video : null,
      belongs: 'belongs' in file ? (file.belongs ?? null) : null,
      sizeBytes: stat.sizeBytes,
      settledAs: fingerprint(stat),
      damaged: plan?.damaged ?? null,
      // What no row knows is most often an original that was taken with a catalogue that is lost.
      staysInTrash: !('id' in file),
      signal: stopping.signal,
      alsoRecord: (taken) => {
        if ('id' in file) catalogue.holds.remove(file.id);
        const hold = renew(file, taken);
        catalogue.holds.add(hold);
        deps.onTaken(hold);
      },
    });
    broken.delete(file.heldPath);
    log.info(
      { file: displayName(nameOf(file.heldPath)) },
      'An original in the hold is not what was taken; it was taken again.',
    );
  };

  const renew = (file: Written, { digest, outcome, staged }: Taken): Hold => ({
    id: 'id' in file ? file.id : deps.newId(),
    inbox,
    path: 'path' in file ? file.path : nameOf(file.heldPath),
    heldPath: file.heldPath,
    digest,
    video: outcome.video,
    sizeBytes: staged.sizeBytes,
    fingerprint: contentFingerprint(staged.stat),
    heldAtMs: clock.nowMs(),
    belongs: 'belongs' in file ? file.belongs : null,
  });

  const lookAgainIn = ({ heldPath }: Written, ms: number) => {
    const sinceMs = clock.monotonicMs();
    watched.set(heldPath, { fingerprint: '', sinceMs, dueMs: sinceMs + ms });
  };

  const onFailure = (file: Written, error: unknown) => {
    if (isReelholdError(error, 'aborted')) return;
    if (isReelholdError(error, 'changed')) return lookAgainIn(file, 0);
    lookAgainIn(file, retryMs);
    log.warn(
      { file: displayName(nameOf(file.heldPath)), error: describeError(error) },
      'A held original could not be taken again yet.',
    );
  };

  return {
    see(file, stat) {
      const { heldPath } = file;
      if (running.has(heldPath) || stopping.signal.aborted) return;
      // What was taken without a byte may be touched, and still have none.
      const mayBeEmpty = 'sizeBytes' in file && file.sizeBytes === 0;
      const next = settle(watched.get(heldPath), stat, clock.monotonicMs(), deps.quietMs(), mayBeEmpty);
      if (!next.settled) {
        watched.set(heldPath, { ...next, dueMs: next.lookAgainAtMs });
        return;
      }
      watched.delete(heldPath);
      const taking = takeAgain(file, stat)
        .catch((error: unknown) => onFailure(file, error))
        .finally(() => running.delete(heldPath));
      running.set(heldPath, taking);
    },
    nextDueMs() {
      const times = [...watched.values()].flatMap(({ dueMs }) => (dueMs === null ? [] : [dueMs]));
      return times.length === 0 ? null : Math.min(...times);
    },
    takeDue() {
      const now = clock.monotonicMs();
      const due = [...watched].filter(([, { dueMs }]) => dueMs !== null && dueMs <= now);
      for (const [path, quiet] of due) watched.set(path, { ...quiet, dueMs: null });
      return due.map(([path]) => path);
    },
    forget(heldPath) {
      watched.delete(heldPath);
      broken.delete(heldPath);
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled(running.values());
    },
  };
}
