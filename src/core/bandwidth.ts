import { type LocalTime, parseTimeOfDay, weekdays } from '#core/local-time.ts';

/** How fast a place may be written to from a minute of the week on, until the next; Sunday is the first day. */
export interface BandwidthSlot {
  readonly weekMinute: number;
  /** Null for no limit. */
  readonly bytesPerSecond: number | null;
  /** As it was written: it may say how fast may be received, too. */
  readonly rate: string;
}

/** In the order of the week; never empty. */
export type Timetable = readonly BandwidthSlot[];

export type ReadTimetable =
  | { readonly kind: 'timetable'; readonly slots: Timetable }
  /** `part` is what is not understood. */
  | { readonly kind: 'wrong'; readonly part: string; readonly reason: 'time' | 'rate' | 'zero' | 'empty' };

const dayMinutes = 24 * 60;
const units: Readonly<Record<string, number>> = {
  b: 1,
  k: 1024,
  '': 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

/**
 * Reads a limit as rclone has it: `512K` for always, or by the time of day and, if wanted, the day of the week:
 * `08:00,512K 23:00,off`, `Mon-08:00,1M Sat-00:00,off`. A rate without a unit is KiB a second. Of `10M:1M` the first is
 * for what is sent.
 */
export function readTimetable(text: string): ReadTimetable {
  const tokens = text.trim().split(/\s+/);
  const [first = ''] = tokens;
  if (first === '') return { kind: 'wrong', part: '', reason: 'empty' };
  if (tokens.length === 1 && !first.includes(',')) {
    const read = readRate(first);
    if (typeof read === 'string') return { kind: 'wrong', part: first, reason: read };
    return { kind: 'timetable', slots: [{ weekMinute: 0, rate: first, ...read }] };
  }
  const slots: BandwidthSlot[] = [];
  for (const token of tokens) {
    const [when = '', ...rest] = token.split(',');
    const weekMinutes = readTime(when);
    if (weekMinutes === null) return { kind: 'wrong', part: token, reason: 'time' };
    const rate = rest.join(',');
    const read = readRate(rate);
    if (typeof read === 'string') return { kind: 'wrong', part: token, reason: read };
    for (const weekMinute of weekMinutes) slots.push({ weekMinute, rate, ...read });
  }
  return { kind: 'timetable', slots: slots.toSorted((a, b) => a.weekMinute - b.weekMinute) };
}

/**
 * The same limit with every time of the week in its order: rclone follows a list that is in another as if it were in
 * that order. What is no limit stays as it is.
 */
export function inOrderOfWeek(text: string): string {
  const read = readTimetable(text);
  if (read.kind === 'wrong' || !text.includes(',')) return text;
  return read.slots.map(({ weekMinute, rate }) => `${formatTime(weekMinute)},${rate}`).join(' ');
}

function formatTime(weekMinute: number): string {
  const day = dayNames[Math.floor(weekMinute / dayMinutes)]?.slice(0, 3) ?? '';
  const [hour, minute] = [Math.floor((weekMinute % dayMinutes) / 60), weekMinute % 60];
  return `${day}-${[hour, minute].map((part) => String(part).padStart(2, '0')).join(':')}`;
}

/** Minutes of the week: of a time without a day, one for each day. */
function readTime(text: string): readonly number[] | null {
  const [time = '', day, ...rest] = text.split('-').reverse();
  const minute = parseTimeOfDay(time);
  if (minute === null || minute === dayMinutes || rest.length > 0) return null;
  if (day === undefined) return weekdays.map((_, index) => index * dayMinutes + minute);
  const index = dayNames.findIndex(
    (name) => name === day.toLowerCase() || name.slice(0, 3) === day.toLowerCase(),
  );
  return index < 0 ? null : [index * dayMinutes + minute];
}

const dayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function readRate(text: string): Pick<BandwidthSlot, 'bytesPerSecond'> | 'rate' | 'zero' {
  const rates = text.split(':').map(readOneRate);
  const [sent = 'rate'] = rates;
  const wrong = rates.length > 2 ? 'rate' : rates.find((rate) => rate === 'rate' || rate === 'zero');
  if (wrong !== undefined) return wrong;
  return { bytesPerSecond: typeof sent === 'number' ? sent : null };
}

function readOneRate(text: string): number | 'off' | 'rate' | 'zero' {
  if (text.toLowerCase() === 'off') return 'off';
  const match = /^(\d{1,9}(?:\.\d{1,6})?)([bkmgt]?)$/i.exec(text);
  if (match === null) return 'rate';
  const bytes = Math.round(Number(match[1]) * (units[(match[2] ?? '').toLowerCase()] ?? 1));
  return bytes === 0 ? 'zero' : bytes;
}

/** The limit that holds, bytes a second; null for none. Before the week's first slot its last one still holds. */
export function limitAt(slots: Timetable, { weekday, minute }: LocalTime): number | null {
  const now = weekday * dayMinutes + minute;
  const slot = slots.findLast(({ weekMinute }) => weekMinute <= now) ?? slots.at(-1);
  return slot?.bytesPerSecond ?? null;
}

/** The limit of a place's setting; null where there is none, or it is not understood. */
export function timetableOf(bandwidth: string | null): Timetable | null {
  const read = bandwidth === null ? null : readTimetable(bandwidth);
  return read?.kind === 'timetable' ? read.slots : null;
}
