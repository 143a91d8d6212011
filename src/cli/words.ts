const units = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** What is shown as 1000 is one of the next unit, and what is shown as 100 needs no tenths. */
const roundsToThousand = 999.5;
const roundsToHundred = 99.95;

/** A size as people say it: `1.5 GB`, decimal as on every package of a disk. */
export function sizeInWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= roundsToThousand && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= roundsToHundred ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `1 video`, `2 videos`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A day and a time in the owner's time zone: `2026-11-22 18:05`. */
export function timeInWords(atMs: number, timeZone: string): string {
  const formatted = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(atMs);
  return formatted;
}
