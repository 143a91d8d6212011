import { displayName, splitExtension } from '#core/file-name.ts';

/** A library part is at most 143 bytes (eCryptfs, Synology); this leaves room for a date, a number, an extension. */
const maxBytes = 110;
const untitled = 'Untitled';

/**
 * Windows' device names, reserved with any extension and whatever spaces stand before it; the
 * superscripts are digits to it (Microsoft, "Naming Files, Paths, and Namespaces").
 */
const deviceName = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)/i;

/** What stands in for a character that NTFS, exFAT or SMB refuse; the rest of them is left out. */
const standIns: Readonly<Record<string, string>> = {
  '<': '(',
  '>': ')',
  ':': '-',
  '"': "'",
  '/': '-',
  '\\': '-',
  '|': '-',
  '*': '_',
};

/**
 * What a Mac writes to a share in place of characters SMB refuses, U+F020 on ("Services for
 * Macintosh", the SFM_ constants in Linux' fs/smb/client/cifs_unicode.h).
 */
const macCharacters = '"*:<>?\\| .';

/**
 * Makes of any text a name part that ext4, NTFS, exFAT and SMB all take, alone or with something
 * added behind it; what is safe already comes back unchanged.
 */
export function safeTitle(stem: string): string {
  const text = fromMac(stem.toWellFormed().normalize('NFC').replaceAll('\uFFFD', '_'))
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Bidi_Control}\u200B\u2060]/gu, '')
    .replace(/ ?: /g, ' - ')
    .replace(/[<>:"/\\|?*]/g, (character) => standIns[character] ?? '')
    .replace(/\s+/g, ' ')
    .normalize('NFC');
  const name = trimEdges(cutAtGrapheme(trimEdges(text), maxBytes));
  if (!hasVisible(name)) return untitled;
  // Only after the cut: it may have bared a device name.
  return deviceName.test(name) ? trimEdges(cutAtGrapheme(`_${name}`, maxBytes)) : name;
}

/**
 * Gives the key under which two names are one: on a file system that ignores case, and when asking
 * whether new bytes are a new version.
 *
 * NFC, not NFKC: file systems that fold do so over canonical equivalence, and NFKC would make one
 * video of "Part ²" and "Part 2". Lower, upper and lower case again is near full case folding (ß = ẞ = ss,
 * as ext4's casefold has it) and depends on no locale.
 */
export function foldName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Gives the title a person reads: the name without its extension, on one line, with its `?` and `:`. */
export function titleOf(fileName: string): string {
  const stem = fromMac(splitExtension(fileName).stem).replace(/\s+/g, ' ');
  const title = displayName(stem).replace(/\s+/g, ' ').trim();
  return hasVisible(title) ? title : untitled;
}

function fromMac(text: string): string {
  return text.replace(
    /[\uF020-\uF029]/g,
    (character) => macCharacters[character.charCodeAt(0) - 0xf020] ?? '',
  );
}

/** A leading dot hides a file, a leading hyphen makes `*` an option; Windows drops trailing dots and spaces. */
function trimEdges(text: string): string {
  return text.replace(/^[\s.-]+/, '').replace(/[\s.]+$/, '');
}

function hasVisible(text: string): boolean {
  return /[^\s\p{Default_Ignorable_Code_Point}]/u.test(text);
}

function cutAtGrapheme(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  const segments = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text);
  const graphemes = Array.from(segments, ({ segment }) => segment);
  const cut = takeWhileFits(graphemes, maxBytes);
  // One "character" with a hundred accents is longer than a name may be: then it is cut inside.
  return cut === '' ? takeWhileFits(text, maxBytes) : cut;
}

function takeWhileFits(pieces: Iterable<string>, maxBytes: number): string {
  let taken = '';
  let bytes = 0;
  for (const piece of pieces) {
    bytes += byteLength(piece);
    if (bytes > maxBytes) break;
    taken += piece;
  }
  return taken;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
