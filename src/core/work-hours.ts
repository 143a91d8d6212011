import { parseTimeOfDay, type TellLocalTime } from '#core/local-time.ts';

/** Hours of the day by the clock on the wall, in minutes since midnight; over midnight where they end before they begin. */
export interface WorkHours {
  readonly fromMinute: number;
  /** No longer within: the first minute after them. */
  readonly untilMinute: number;
}

export type WorkTime =
  | { readonly kind: 'may-work' }
  /** ms of the wall clock. */
  | { readonly kind: 'waits'; readonly untilMs: number };

/** Reads `22:00-07:00`; null where it is none. */
export function parseWorkHours(text: string): WorkHours | null {
  const [from = '', until = '', ...rest] = text.trim().split('-');
  const fromMinute = parseTimeOfDay(from.trim());
  const untilMinute = parseTimeOfDay(until.trim());
  if (fromMinute === null || untilMinute === null || rest.length > 0) return null;
  if (fromMinute === dayMinutes || fromMinute === untilMinute % dayMinutes) return null;
  return { fromMinute, untilMinute };
}

/** When work at a place begins by its schedule, as the owner wrote it; null where it may work at any time. */
export function beginningOf(schedule: string | null): string | null {
  return schedule === null || parseWorkHours(schedule) === null
    ? null
    : (schedule.trim().split('-')[0] ?? null);
}

const dayMinutes = 24 * 60;
const minuteMs = 60_000;
/** No clock is set forward or back but at a quarter of an hour, so that within one all minutes are as long. */
export const quarterMs = 15 * minuteMs;

/**
 * Whether a place may work now, or when next. The clock on the wall decides: where it is set forward over the
 * beginning, they begin at that moment; where it is set back, the hour that comes twice counts twice. A schedule that
 * is not understood, as of a newer version, holds up nothing.
 */
export function judgeWorkTime(schedule: string | null, nowMs: number, localTime: TellLocalTime): WorkTime {
  const hours = schedule === null ? null : parseWorkHours(schedule);
  if (hours === null || isWithin(hours, localTime(nowMs).minute)) return { kind: 'may-work' };
  return { kind: 'waits', untilMs: nextBeginning(hours, nowMs, localTime) };
}

export function isWithin({ fromMinute, untilMinute }: WorkHours, minute: number): boolean {
  return fromMinute < untilMinute
    ? fromMinute <= minute && minute < untilMinute
    : minute >= fromMinute || minute < untilMinute;
}

/** From quarter to quarter: what a clock that is set forward passes over begins with the quarter after. */
function nextBeginning(hours: WorkHours, nowMs: number, localTime: TellLocalTime): number {
  const lastMs = nowMs + 2 * dayMinutes * minuteMs;
  for (let quarter = Math.floor(nowMs / quarterMs) * quarterMs; quarter < lastMs; quarter += quarterMs) {
    const { minute } = localTime(quarter);
    if (quarter > nowMs && isWithin(hours, minute)) return quarter;
    const beginsMs = quarter + ((hours.fromMinute - minute + dayMinutes) % dayMinutes) * minuteMs;
    if (beginsMs > nowMs && beginsMs < quarter + quarterMs) return beginsMs;
  }
  return nowMs + dayMinutes * minuteMs;
}
