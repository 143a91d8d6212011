import { dayMs } from './assess.ts';

/** How far the reading back of a place's journal has come: it goes round and round, in the order of the names. */
export interface JournalRound {
  /** The segment that was read last; '' before the first. */
  readonly after: string;
  /** When the last share was done, ms of the wall clock; null where none was yet. */
  readonly atMs: number | null;
}

const firstRound: JournalRound = { after: '', atMs: null };

/** How much more is read than a steady pace needs, for days on which the place is away. */
const slack = 1.5;
/** A place that is brought up to date many times a day has its share read once. */
export const restMs = dayMs / 2;

/**
 * Which segments at a place to read back now, so that all of them are within `promiseMs`: the next in the round, as
 * many as the time since the last share asks for. A clock that was set back costs a day's share.
 */
export function planJournalProof(
  names: readonly string[],
  { after, atMs }: JournalRound,
  promiseMs: number,
  nowMs: number,
): readonly string[] {
  const sinceMs = atMs === null || atMs > nowMs ? dayMs : nowMs - atMs;
  if (sinceMs < restMs) return [];
  const share = Math.min(names.length, Math.ceil((slack * names.length * sinceMs) / promiseMs));
  const inOrder = names.toSorted();
  const first = inOrder.findIndex((name) => name > after);
  const turned = first <= 0 ? inOrder : [...inOrder.slice(first), ...inOrder.slice(0, first)];
  return turned.slice(0, share);
}

/** Where the round stands by what was noted; at its beginning where that cannot be read. */
export function readRound(noted: string | null): JournalRound {
  try {
    const { after, atMs } = JSON.parse(noted ?? '{}') as Partial<JournalRound>;
    return typeof after === 'string' && (typeof atMs === 'number' || atMs === null)
      ? { after, atMs }
      : firstRound;
  } catch {
    return firstRound;
  }
}
