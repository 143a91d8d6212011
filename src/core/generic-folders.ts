import { isGenericName } from '#core/generic-names.ts';
import { foldName } from '#core/safe-name.ts';
import { words } from '#core/word-list.ts';

/** Names that systems, cameras and phones give folders and cards, and people who have no better one. */
const genericFolders = words(
  // cards' own
  'dcim private contents m4root bpav xdroot avchd clip clips sub misc card sd sdcard kamera camera untitled',
  // people's, in English, German, Italian
  'inbox stuff things misc temp tmp todo sorted unsorted import imports imported backup backups archive archiv',
  'eingang sonstiges verschiedenes sortiert unsortiert sicherung archivio vari varie altro roba cartella ordner folder',
  'videos video filme film movies clips footage projects projekte progetti reels shorts tiktok youtube instagram',
);

const genericPatterns: readonly RegExp[] = [
  /^(new folder|untitled folder|neuer ordner|nuova cartella|no name|sd card|camera roll|card)([ _-]*\(?\d+\)?)?$/,
  // DCF folders (100APPLE, 101_FUJI), a phone's day folders (2026__11)
  /^\d{3}[a-z0-9_]{5}$/,
  // a date, or a part of one: 2026, 11, 2026-11-21
  /^\d{1,4}([ ._-]*\d{1,2}){0,2}$/,
];

/**
 * Tells whether a folder's name says nothing about which work it holds, so that what comes in a folder of that name
 * another time must not be taken for more of the same.
 */
export function isGenericFolder(name: string): boolean {
  const folded = foldName(name);
  return genericFolders.has(folded) || genericPatterns.some((one) => one.test(folded)) || isGenericName(name);
}
