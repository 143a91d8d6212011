import { numberAt, textAt } from './reading.ts';

/** RFC 1740 appendix A: AppleDouble's magic number, and the kinds of entries that say how far the Finder is. */
const magic = 0x00051607;
const datesEntry = 8;
const finderInfoEntry = 9;

/** Type and creator of a file that the Finder is still copying (Finder.h: kFirstMagicBusyFiletype, kMagicBusyCreator). */
const busyMark = 'brokMACS';

/**
 * Dates of creation that the Finder gives a file until it is whole: 14 February 1946 (Finder.h:
 * kMagicBusyCreationDate, 0x4F3AFDB0 seconds after 1904) and 24 January 1984, the first Macintosh's.
 */
const busyDays: ReadonlySet<string> = new Set(['1946-02-14', '1984-01-24']);

/** AppleDouble's dates are counted from 2000, in seconds. */
const datesFromMs = Date.UTC(2000, 0, 1);

/** How many bytes of a `._` companion are looked at: a Mac writes 4 KiB. */
export const companionBytes = 4096;

/** Tells from a file's `._` companion whether the Finder is still copying it, or was broken off while it did. */
export function isMarkedBusy(companion: Uint8Array): boolean {
  if (numberAt(companion, 0, 4) !== magic) return false;
  const count = numberAt(companion, 24, 2) ?? 0;
  for (let entry = 26; entry < 26 + 12 * count && entry + 12 <= companion.length; entry += 12) {
    const id = numberAt(companion, entry, 4);
    const at = numberAt(companion, entry + 4, 4) ?? 0;
    if (id === finderInfoEntry && textAt(companion, at, busyMark.length) === busyMark) return true;
    if (id === datesEntry && isBusyEntry(companion, at)) return true;
  }
  return false;
}

/** Tells whether a date of creation, ms, is one by which the Finder says that it is still copying. */
export function isBusyDate(createdAtMs: number): boolean {
  const date = new Date(createdAtMs);
  return !Number.isNaN(date.getTime()) && busyDays.has(date.toISOString().slice(0, 10));
}

function isBusyEntry(companion: Uint8Array, at: number): boolean {
  const seconds = numberAt(companion, at, 4);
  return seconds !== null && isBusyDate(datesFromMs + (seconds | 0) * 1000);
}
