import type { Clock } from '#core/ports/clock.ts';
import { countShortRuns, isSameTrouble, reopenDelayMs, type Trouble, troubleOf } from '#core/trouble.ts';

/** An archive that is open. */
export interface Workable extends AsyncDisposable {
  /** Works until the signal is aborted; rejects where it cannot go on. */
  work(signal: AbortSignal): Promise<void>;
}

export interface Failed {
  readonly trouble: Trouble;
  /** What it was found out by; null where that was no error. */
  readonly error: unknown;
}

export type Opened = { readonly archive: Workable } | Failed;

/** Gives what came of opening; throws what no waiting mends. */
export async function tryToOpen(open: () => Promise<Opened>): Promise<Opened> {
  try {
    return await open();
  } catch (error) {
    return failedBy(error);
  }
}

/**
 * Works on the archive until the signal is aborted. After a failure that time or the owner can mend it is closed,
 * so that nothing of ours keeps its disk busy, and opened again and again until that succeeds. A mistake of the
 * program's is thrown.
 */
export async function keepArchive(
  deps: {
    readonly open: () => Promise<Opened>;
    /** `isNews` is false where the same was said a moment ago. */
    readonly onTrouble: (failed: Failed, isNews: boolean) => void;
    readonly clock: Clock;
  },
  /** Trouble that this came to was said already. */
  first: Opened,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = deps;
  let shortRuns = 0;
  let last = 'trouble' in first ? first.trouble : null;
  for (let opened = first; ; opened = await tryToOpen(deps.open)) {
    const startedMs = clock.monotonicMs();
    const failed = 'archive' in opened ? await workUntilItFails(opened.archive, signal) : opened;
    if (failed === null || signal.aborted) return;
    if ('archive' in opened) shortRuns = countShortRuns(shortRuns, clock.monotonicMs() - startedMs);
    const isKnown = last !== null && isSameTrouble(last, failed.trouble);
    deps.onTrouble(failed, !isKnown || ('archive' in opened && shortRuns === 0));
    last = failed.trouble;
    await clock.sleep(reopenDelayMs(shortRuns), signal);
    if (signal.aborted) return;
  }
}

/** Null where it was asked to stop. */
async function workUntilItFails(archive: Workable, signal: AbortSignal): Promise<Failed | null> {
  try {
    await using open = archive;
    if (!signal.aborted) await open.work(signal);
    return null;
  } catch (error) {
    return failedBy(error);
  }
}

function failedBy(error: unknown): Failed {
  const trouble = troubleOf(error);
  if (trouble === null) throw error;
  return { trouble, error };
}
