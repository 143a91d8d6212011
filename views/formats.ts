/** Numbers and times as people of one language and one time zone read them. */
export interface Formats {
  /** `1.2 GB`: decimal units, as on the box a disk came in. */
  bytes(sizeBytes: number): string;
  /** `1:02:03`, `0:07`. */
  duration(durationMs: number): string;
  /** `22 Nov 2026, 14:03` */
  exact(atMs: number): string;
  /** `22 Nov 2026` */
  day(atMs: number): string;
  /** `12 seconds ago`, `yesterday` */
  ago(atMs: number, nowMs: number): string;
  /** `1,234` */
  count(value: number): string;
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

/** Makes the formats once: the formatters behind them are dear to make and cheap to use. */
export function createFormats(language: string, timeZone: string): Formats {
  const sizes = units.map((unit) => ({
    whole: new Intl.NumberFormat(language, {
      style: 'unit',
      unit,
      unitDisplay: unit === 'byte' ? 'long' : 'short',
      maximumFractionDigits: 0,
    }),
    fine: new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 1 }),
  }));
  const exact = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const number = new Intl.NumberFormat(language);
  return {
    bytes(sizeBytes) {
      const power = sizeBytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(sizeBytes) / 3));
      const value = sizeBytes / 1000 ** power;
      const format = sizes[power] ?? sizes[0];
      return (value < 10 && power > 0 ? format?.fine.format(value) : format?.whole.format(value)) ?? '';
    },
    duration: formatDuration,
    exact: (atMs) => exact.format(atMs),
    day: (atMs) => day.format(atMs),
    ago(atMs, nowMs) {
      const [value, unit] = relativeParts(atMs, nowMs);
      return relative.format(value, unit);
    },
    count: (value) => number.format(value),
  };
}

function formatDuration(durationMs: number): string {
  const total = Math.max(0, Math.round(durationMs / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

const steps = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
] as const;

/** The same steps stand in views/static/page.js, which keeps the shown times true. */
function relativeParts(atMs: number, nowMs: number): [number, Intl.RelativeTimeFormatUnit] {
  let value = Math.round((atMs - nowMs) / 1000);
  for (const [unit, size] of steps) {
    if (Math.abs(value) < size) return [value, unit];
    value = Math.round(value / size);
  }
  return [value, 'year'];
}
