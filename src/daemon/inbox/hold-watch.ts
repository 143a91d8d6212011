import type { Hold } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';

/**
 * Which originals in the hold are to be looked at for a writer that had stalled and goes on: each after the
 * quiet time, then after twice as long, and so on up to an hour, when the hourly check of the hold takes over.
 * Watching them would take a watch of the system for each, of which there are few.
 */
export interface HoldWatch {
  add(hold: Pick<Hold, 'heldPath' | 'fingerprint'>): void;
  /** Whether the file is still what was taken, and was not to be expected to be anything else. */
  isAsTaken(heldPath: string, fingerprint: string): boolean;
  nextDueMs(): number | null;
  /** Hands over the paths whose turn it is, and sets their next. */
  takeDue(): readonly string[];
}

interface Turn {
  readonly fingerprint: string;
  readonly afterMs: number;
  readonly dueMs: number;
}

const longestMs = 60 * 60 * 1000;

export function createHoldWatch({ clock, quietMs }: { clock: Clock; quietMs: () => number }): HoldWatch {
  const turns = new Map<string, Turn>();

  const setTurn = (heldPath: string, fingerprint: string, afterMs: number) => {
    if (afterMs > longestMs) turns.delete(heldPath);
    else turns.set(heldPath, { fingerprint, afterMs, dueMs: clock.monotonicMs() + afterMs });
  };

  return {
    add: ({ heldPath, fingerprint }) => setTurn(heldPath, fingerprint, quietMs()),
    isAsTaken(heldPath, fingerprint) {
      const turn = turns.get(heldPath);
      if (turn === undefined) return false;
      if (turn.fingerprint === fingerprint) return true;
      turns.delete(heldPath); // whoever takes it again adds it again
      return false;
    },
    nextDueMs() {
      let next: number | null = null;
      for (const { dueMs } of turns.values()) if (next === null || dueMs < next) next = dueMs;
      return next;
    },
    takeDue() {
      const now = clock.monotonicMs();
      const due = [...turns].filter(([, { dueMs }]) => dueMs <= now);
      for (const [path, { fingerprint, afterMs }] of due) setTurn(path, fingerprint, 2 * afterMs);
      return due.map(([path]) => path);
    },
  };
}
