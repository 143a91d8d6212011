import type { Catalogue, Sighting } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { fingerprint, type Quiet, settle, settlingFingerprint } from '#core/settle.ts';
import type { InboxFile } from './walk.ts';

interface Watched extends Quiet {
  readonly dueMs: number | null;
}

/** Why a file waits that belongs to a video which is not taken yet. */
export const forItsVideo = 'for-its-video';

/**
 * The files of an inbox that are not taken yet, and how long each has been quiet. Rows are for the page and
 * for what must outlive a restart; the quiet time runs on the clock that never jumps, and starts over with us.
 */
export interface Sightings {
  /** Notes a file as it was just seen; true where it has settled and may be taken, without a byte if `mayBeEmpty`. */
  see(file: InboxFile, isEvent: boolean, mayBeEmpty: boolean): boolean;
  /** When the next file may have settled, on the monotonic clock; null where none is waiting for time. */
  nextDueMs(): number | null;
  /** Paths whose quiet time may be over. */
  due(): readonly string[];
  /** Holds a file back for a while. */
  delay(path: string, delayMs: number): void;
  /** Has a file looked at soon that was held back. */
  hasten(path: string): void;
  /** Notes that a file waits for the video it belongs to. */
  waitForVideo(path: string): void;
  /** Stops waiting for a file that was taken; its row stays as it is. */
  release(path: string): void;
  forget(path: string): void;
}

/** Reasons for which a file stays after being taken that end when its good bytes come. */
const unfinished: ReadonlySet<string | null> = new Set(['damaged', 'unfinished']);

/** What was taken of a file that was not whole: what comes in its place is the same work, whatever its name says. */
function versionToContinue(known: Sighting | null): string | null {
  if (known === null || (known.state === 'taken' && !unfinished.has(known.reason))) return null;
  return known.versionId ?? null;
}

export function createSightings(deps: {
  readonly inbox: string;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  /** How long nothing about a file may have changed; longer on a drive that is far. */
  readonly quietMs: () => number;
}): Sightings {
  const { inbox, clock, quietMs } = deps;
  const rows = deps.catalogue.sightings;
  const watched = new Map<string, Watched>();

  const note = (file: InboxFile, print: string, known: Sighting | null): void => {
    // What is being taken is not seen: a row that says so was left by a process that died.
    const isOpen = known?.state === 'settling' || known?.state === 'waiting';
    if (isOpen && known.fingerprint === print) return;
    rows.see(
      {
        inbox,
        path: file.path,
        sizeBytes: file.stat.sizeBytes,
        fingerprint: print,
        state: 'settling',
        reason: file.stat.sizeBytes === 0 ? 'empty' : null,
        versionId: versionToContinue(known),
      },
      clock.nowMs(),
    );
  };

  return {
    see(file, isEvent, mayBeEmpty) {
      const print = fingerprint(file.stat);
      const known = rows.find(inbox, file.path);
      if (known?.state === 'taken' && known.fingerprint === print) {
        watched.delete(file.path);
        return false;
      }
      const now = clock.monotonicMs();
      const last = watched.get(file.path);
      const isSame = last?.fingerprint === settlingFingerprint(file.stat);
      const isHeldBack = isSame && last.dueMs !== null && now < last.dueMs && !isEvent;
      if (isHeldBack) return false;
      const next = settle(isEvent ? undefined : last, file.stat, now, quietMs(), mayBeEmpty);
      watched.set(file.path, { ...next, dueMs: next.settled ? null : next.lookAgainAtMs });
      note(file, print, known);
      return next.settled;
    },
    nextDueMs() {
      let next: number | null = null;
      for (const { dueMs } of watched.values()) {
        if (dueMs !== null && (next === null || dueMs < next)) next = dueMs;
      }
      return next;
    },
    due() {
      const now = clock.monotonicMs();
      return [...watched].flatMap(([path, { dueMs }]) => (dueMs !== null && dueMs <= now ? [path] : []));
    },
    delay(path, delayMs) {
      const now = clock.monotonicMs();
      const print = watched.get(path)?.fingerprint ?? '';
      watched.set(path, { fingerprint: print, sinceMs: now, dueMs: now + Math.max(quietMs(), delayMs) });
    },
    hasten(path) {
      const last = watched.get(path);
      if (last !== undefined) watched.set(path, { ...last, dueMs: clock.monotonicMs() });
    },
    waitForVideo(path) {
      const row = rows.find(inbox, path);
      if (row === null || row.state === 'waiting') return;
      rows.update(row.id, { state: 'waiting', reason: forItsVideo }, clock.nowMs());
    },
    release(path) {
      watched.delete(path);
    },
    forget(path) {
      watched.delete(path);
      const row = rows.find(inbox, path);
      if (row !== null) rows.forget(row.id);
    },
  };
}
