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

/** How long something takes, as roughly as that can be known: `about 2 hours 10 minutes`. */
export function durationInWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 60) return `about ${counted(minutes, 'minute', 'minutes')}`;
  const tens = Math.round(minutes / 10) * 10;
  const hours = Math.floor(tens / 60);
  if (hours >= 48) return `about ${counted(Math.round(hours / 24), 'day', 'days')}`;
  const rest = tens % 60 === 0 || hours >= 10 ? '' : ` ${tens % 60} minutes`;
  return `about ${counted(hours, 'hour', 'hours')}${rest}`;
}

/** Where somebody says how a drive is to be encrypted. */
export const neverEncrypted =
  'a drive is not encrypted by Reelhold; --plain and --password-file go with a remote. Encrypt its disk, with LUKS for example, if nobody is to read it.';
