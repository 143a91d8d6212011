import type { AssetRole } from '#core/asset-role.ts';
import { limitAt, type Timetable } from '#core/bandwidth.ts';
import { cipherSize } from '#core/cipher-size.ts';
import type { TellLocalTime } from '#core/local-time.ts';
import { roomOf } from '#core/plan-mirror.ts';
import { isWithin, parseWorkHours, quarterMs } from '#core/work-hours.ts';

/** What a place lacks of one role, in the trash or out of it. Sizes in bytes. */
export interface PlaceLoad {
  readonly role: AssetRole;
  readonly trashed: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly largestBytes: number;
}

/** What is known of a place before it is filled. Sizes in bytes. */
export interface PlaceRoom {
  /** Null where the place does not say. */
  readonly freeBytes: number | null;
  /** The size of the largest file that it can hold; null, or not said, where nothing is known to limit it. */
  readonly largestFileBytes?: number | null | undefined;
  /** Room on this machine for what is encrypted first; null for a place that is not encrypted. */
  readonly spoolBytes: number | null;
}

/** How fast a place is filled. */
export interface PlacePace {
  /** As it was measured where nothing limited it; null where nothing was brought there yet. */
  readonly measuredBytesPerSecond: number | null;
  readonly placeKind: 'drive' | 'remote';
  readonly timetable: Timetable | null;
  readonly schedule: string | null;
  readonly localTime: TellLocalTime;
}

/** What filling a place comes to. Sizes in bytes. */
export interface PlaceForecast {
  readonly files: number;
  readonly bytes: number;
  /** As much of that as there is room for, finals first. */
  readonly fitsBytes: number;
  /** Of what some stays out, the trash aside. */
  readonly outRoles: readonly AssetRole[];
  /** How long it takes, waiting for its hours included; null for longer than a few years. */
  readonly durationMs: number | null;
  /** Set where some file is larger: the size of the largest that the place can hold. */
  readonly tooLargeFrom: number | null;
  /** False where its speed is a guess. */
  readonly isMeasured: boolean;
  /** Null for a place that is not encrypted. */
  readonly spool: { readonly neededBytes: number; readonly roomBytes: number } | null;
}

/** Until something was brought there; bytes a second. */
const guessedBytesPerSecond: Readonly<Record<PlacePace['placeKind'], number>> = {
  drive: 40_000_000,
  remote: 1_000_000,
};

/** Small files are encrypted together, up to so much. */
const spoolGroupBytes = 256 * 1024 ** 2;

/** Says what filling a place comes to; `loads` in the order in which they are brought. */
export function forecastPlace(
  loads: readonly PlaceLoad[],
  { freeBytes, largestFileBytes = null, spoolBytes }: PlaceRoom,
  pace: PlacePace,
  nowMs: number,
): PlaceForecast {
  let roomBytes = roomOf(freeBytes);
  let fitsBytes = 0;
  const outRoles = new Set<AssetRole>();
  for (const { role, trashed, bytes } of loads) {
    const placedBytes = Math.min(bytes, roomBytes);
    if (placedBytes < bytes && !trashed) outRoles.add(role);
    fitsBytes += placedBytes;
    roomBytes -= placedBytes;
  }
  const bytes = loads.reduce((sum, load) => sum + load.bytes, 0);
  const largestBytes = Math.max(0, ...loads.map((load) => load.largestBytes));
  return {
    files: loads.reduce((sum, { files }) => sum + files, 0),
    ...{ bytes, fitsBytes, outRoles: [...outRoles] },
    tooLargeFrom: largestFileBytes !== null && largestBytes > largestFileBytes ? largestFileBytes : null,
    durationMs: howLong(fitsBytes, pace, nowMs),
    isMeasured: pace.measuredBytesPerSecond !== null,
    spool:
      spoolBytes === null
        ? null
        : {
            neededBytes:
              bytes === 0 ? 0 : cipherSize(Math.max(largestBytes, Math.min(bytes, spoolGroupBytes))),
            roomBytes: spoolBytes,
          },
  };
}

const weekMs = 7 * 24 * 60 * 60_000;
const longestWeeks = 250;

/** From quarter to quarter for a week; the weeks after that are like it. */
function howLong(bytes: number, pace: PlacePace, nowMs: number): number | null {
  const { schedule, timetable, localTime } = pace;
  const speed = pace.measuredBytesPerSecond ?? guessedBytesPerSecond[pace.placeKind];
  if (schedule === null && timetable === null) return asDuration((bytes / speed) * 1000);
  const hours = schedule === null ? null : parseWorkHours(schedule);
  const bytesPerMsAt = (atMs: number) => {
    const local = localTime(atMs);
    if (hours !== null && !isWithin(hours, local.minute)) return 0;
    return Math.min(speed, (timetable === null ? null : limitAt(timetable, local)) ?? speed) / 1000;
  };
  const first = spendWeek(bytes, bytesPerMsAt, nowMs);
  const aWeekBytes = bytes - first.leftBytes;
  if (first.leftBytes === 0) return first.ms;
  if (aWeekBytes === 0) return null;
  const moreWeeks = Math.floor(first.leftBytes / aWeekBytes);
  const last = spendWeek(first.leftBytes - moreWeeks * aWeekBytes, bytesPerMsAt, nowMs);
  return asDuration((1 + moreWeeks) * weekMs + last.ms);
}

function spendWeek(
  bytes: number,
  bytesPerMsAt: (atMs: number) => number,
  nowMs: number,
): { readonly leftBytes: number; readonly ms: number } {
  let leftBytes = bytes;
  for (let ms = 0; ms < weekMs; ms += quarterMs) {
    if (leftBytes === 0) return { leftBytes, ms };
    const rate = bytesPerMsAt(nowMs + ms);
    if (leftBytes <= rate * quarterMs) return { leftBytes: 0, ms: ms + leftBytes / rate };
    leftBytes -= rate * quarterMs;
  }
  return { leftBytes, ms: weekMs };
}

function asDuration(ms: number): number | null {
  return ms > longestWeeks * weekMs ? null : ms;
}

/** So small or so short a transfer says nothing of a place's speed. */
const leastMeasuredBytes = 8 * 1024 ** 2;
const leastMeasuredMs = 500;
/** A limit that was not nearly reached did not set the speed. */
const nearlyReached = 0.8;

/**
 * The speed of a transfer, bytes a second; null where it says nothing: too little went, or a limit held it back.
 * `limits`: those that held when it began and when it ended.
 */
export function measureSpeed(bytes: number, ms: number, limits: readonly (number | null)[]): number | null {
  if (bytes < leastMeasuredBytes || ms < leastMeasuredMs) return null;
  const speed = Math.round((bytes * 1000) / ms);
  return limits.some((limit) => limit !== null && speed > limit * nearlyReached) ? null : speed;
}
