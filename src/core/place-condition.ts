import type { AssetRole } from '#core/asset-role.ts';
import type { AwayReason } from '#core/ports/location.ts';

/** What is being done at a place, as people watch it. */
export interface PlaceWork {
  readonly what: 'copying' | 'reading-back' | 'listing' | 'rehearsing' | 'erasing';
  readonly bytesDone: number;
  readonly bytesTotal: number;
  /** Null where nobody knows. */
  readonly bytesPerSecond: number | null;
}

/** That a place was not seen for longer than it should be. */
export interface PlaceReminder {
  readonly days: number;
  /** `turn`: the others of its set were seen meanwhile. `set`: none of them was. */
  readonly of: 'place' | 'turn' | 'set';
}

/** How a place was when it was last looked at. Times in ms of the wall clock. */
export interface PlaceCondition {
  readonly presence:
    | {
        readonly state: 'present';
        readonly freeBytes: number | null;
        readonly totalBytes: number | null;
        readonly largestFileBytes?: number | null;
      }
    | {
        readonly state: 'away';
        readonly reason: AwayReason;
        readonly detail: string | null;
        readonly retryAtMs: number | null;
      };
  /** Since when it is present, or away. */
  readonly sinceMs: number;
  /** To the hour while it stays; null where it never was. */
  readonly lastSeenMs: number | null;
  /** The disk that it shares with another place; null where it has one of its own. */
  readonly disk: string | null;
  /** When all that belongs there was last there, and read back as far as the place can. */
  readonly upToDateMs: number | null;
  /** What does not fit there, bytes; 0 where all of it does. */
  readonly noRoomForBytes: number;
  /** Of what some does not fit there. */
  readonly noRoomForRoles?: readonly AssetRole[];
  /** How many files are larger than any that it can hold. */
  readonly tooLargeFiles?: number;
  /** The smallest file that it refused as too large, and when. */
  readonly refused?: { readonly sizeBytes: number; readonly atMs: number };
  /** What cannot be encrypted to be brought there, as there is no room for it here; bytes. */
  readonly noSpoolForBytes?: number;
  /** It was said in the log that not all fits there, or cannot be encrypted here. */
  readonly isShortSaid?: boolean;
  /** How fast things were brought there where nothing limited it; null where that is not known. */
  readonly bytesPerSecond?: number | null;
  /** A drive on which nothing is left to be written or read back. */
  readonly safeToUnplug: boolean;
  readonly work: PlaceWork | null;
  /** That it was not seen for too long; null where that is not so. */
  readonly reminder?: PlaceReminder | null;
  /** When work goes on that waits for the place's hours; null where none does. */
  readonly waitsUntilMs?: number | null;
  /** Until when it asked to be brought nothing, ms of the wall clock; null where it did not. */
  readonly restsUntilMs?: number | null;
  /** The last rehearsal: how many videos were asked for, and how many came back whole. */
  readonly drill: { readonly atMs: number; readonly tried: number; readonly good: number } | null;
}

/** How a place is that nobody looked at yet. */
export function unseenPlace(nowMs: number): PlaceCondition {
  return {
    presence: { state: 'away', reason: 'not-connected', detail: null, retryAtMs: null },
    sinceMs: nowMs,
    lastSeenMs: null,
    disk: null,
    upToDateMs: null,
    noRoomForBytes: 0,
    safeToUnplug: false,
    work: null,
    drill: null,
  };
}

/** Being away is no trouble in itself: drives come and go, and servers do. What needs the owner is said. */
const patientReasons: ReadonlySet<AwayReason> = new Set(['not-connected', 'empty-mount-point', 'quota']);

/** Whether a place that is away for this reason waits for its owner. */
export function needsOwner(reason: AwayReason): boolean {
  return !patientReasons.has(reason);
}

const hourMs = 60 * 60 * 1000;
const roundedBytes = 2 ** 26;

/**
 * The condition after a look. Nothing changes in it while nothing happens, so that nothing is written: free space is
 * rounded to 64 MiB, and when a place was last seen to the hour.
 */
export function afterLook(
  before: PlaceCondition,
  presence: PlaceCondition['presence'],
  nowMs: number,
): PlaceCondition {
  const isSame =
    before.presence.state === presence.state &&
    (presence.state === 'present' ||
      (before.presence.state === 'away' && before.presence.reason === presence.reason));
  const sinceMs = isSame ? before.sinceMs : nowMs;
  if (presence.state === 'away') {
    const lastSeenMs = before.presence.state === 'present' ? nowMs : before.lastSeenMs;
    return { ...before, presence, sinceMs, lastSeenMs, safeToUnplug: false, work: null };
  }
  const isFresh = before.lastSeenMs !== null && Math.abs(nowMs - before.lastSeenMs) < hourMs;
  const freeBytes =
    presence.freeBytes === null ? null : Math.floor(presence.freeBytes / roundedBytes) * roundedBytes;
  return {
    ...before,
    presence: { ...presence, freeBytes },
    sinceMs,
    reminder: null,
    lastSeenMs: isSame && isFresh ? before.lastSeenMs : nowMs,
  };
}
