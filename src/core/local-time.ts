/** What the clock on the wall shows at an instant. */
export interface LocalTime {
  /** 0 for Sunday, as rclone counts them. */
  readonly weekday: number;
  /** Since midnight by the clock on the wall, 0 to 1439. */
  readonly minute: number;
}

/** Tells what the clock on the wall of a time zone shows at an instant, ms. */
export type TellLocalTime = (atMs: number) => LocalTime;

/** The days of a week in English, as a timetable names them. */
export const weekdays: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

export function createLocalTime(timeZone: string): TellLocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    numberingSystem: 'latn',
  });
  return (atMs) => {
    const parts = format.formatToParts(atMs);
    const part = (type: Intl.DateTimeFormatPartTypes) =>
      parts.find((item) => item.type === type)?.value ?? '';
    return {
      weekday: weekdays.indexOf(part('weekday')),
      minute: 60 * Number(part('hour')) + Number(part('minute')),
    };
  };
}

/** Minutes since midnight of `HH:MM`; null where it is no time of a day. `24:00` is the end of one. */
export function parseTimeOfDay(text: string): number | null {
  const match = /^(\d\d):(\d\d)$/.exec(text);
  if (match === null) return null;
  const [hours, minutes] = [Number(match[1]), Number(match[2])];
  const isTime = minutes < 60 && (hours < 24 || (hours === 24 && minutes === 0));
  return isTime ? 60 * hours + minutes : null;
}
