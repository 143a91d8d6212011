import type { IndexRow } from '#core/index-row.ts';
import type { JournalRecord } from '#core/journal-record.ts';
import type { Draft } from '#core/plan-intake.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Journal, Segment } from '#core/ports/journal.ts';

export interface LedgerEntry<T> {
  readonly drafts: readonly Draft[];
  /** Further writes of the same catalogue transaction; runs when the records are durable. */
  readonly also: () => T;
}

/**
 * Where facts become durable: records go to the journal, then to the catalogue, one entry after the other.
 * `plan` sees the catalogue as the previous entry left it.
 */
export interface Ledger {
  commit<T>(plan: () => LedgerEntry<T>): Promise<T>;
  /** Does something while no entry is half-way. */
  between<T>(work: () => Promise<T>): Promise<T>;
}

export function createLedger(deps: {
  readonly journal: Journal;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly writer: string;
}): Ledger {
  const { journal, catalogue, clock, writer } = deps;
  let tail: Promise<unknown> = Promise.resolve();

  /** Segments that are durable, but whose transaction failed: they hold, and come before anything else. */
  const unapplied: Segment[] = [];

  /** An append that failed may stand all the same: its sequences are never given out again. */
  let lastTried = 0;

  const catchUp = () => {
    for (const segment of [...unapplied]) {
      catalogue.together(() => catalogue.archive.apply(segment));
      unapplied.shift();
    }
  };

  const commitNow = async <T>(plan: () => LedgerEntry<T>): Promise<T> => {
    catchUp();
    const entry = plan();
    if (entry.drafts.length === 0) return catalogue.together(entry.also);
    const firstSeq = Math.max(catalogue.archive.lastSeq(), lastTried) + 1;
    lastTried = firstSeq + entry.drafts.length - 1;
    const { records, index } = stamp(entry.drafts, firstSeq, writer, clock.nowMs());
    const segment = await journal.append(records, index);
    unapplied.push(segment);
    const result = catalogue.together(() => {
      catalogue.archive.apply(segment);
      return entry.also();
    });
    unapplied.pop();
    return result;
  };

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = tail.then(work);
    tail = result.catch(() => undefined); // the caller has the error; the next entry starts afresh
    return result;
  };

  return {
    commit: (plan) => inTurn(() => commitNow(plan)),
    between: inTurn,
  };
}

/** Gives drafts their sequence, writer and time. */
function stamp(drafts: readonly Draft[], firstSeq: number, writer: string, nowMs: number) {
  const at = new Date(nowMs).toISOString();
  const records: JournalRecord[] = [];
  const index: IndexRow[] = [];
  drafts.forEach((draft, offset) => {
    const seq = firstSeq + offset;
    records.push({ ...draft.facts, seq, writer, at });
    index.push(...draft.index.map((row) => ({ ...row, seq })));
  });
  return { records, index };
}
