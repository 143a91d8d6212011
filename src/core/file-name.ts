/**
 * A file name is bytes; in memory it is a string in which each byte that is not part of valid UTF-8
 * stands as a lone surrogate U+DC80..U+DCFF, as in Python's PEP 383 ("surrogateescape").
 * So every name survives the way through memory and back, and sorting or splitting at `/` still works.
 */
const escapeBase = 0xdc00;
const firstEscape = 0xdc80;
const lastEscape = 0xdcff;

/** Decodes a name of any bytes so that `encodeName` gives exactly these bytes back. */
export function decodeName(bytes: Uint8Array): string {
  try {
    // Without ignoreBOM a leading EF BB BF would vanish, and the file could not be opened again.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return decodeEscaping(bytes);
  }
}

/** Encodes a name that `decodeName` made to its bytes; refuses surrogates that stand for no byte. */
export function encodeName(name: string): Uint8Array {
  const encoder = new TextEncoder();
  if (name.isWellFormed()) return encoder.encode(name);
  const bytes: number[] = [];
  for (const character of name) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= firstEscape && code <= lastEscape) bytes.push(code - escapeBase);
    else if (character.isWellFormed()) bytes.push(...encoder.encode(character));
    else throw new RangeError(`encode name: U+${code.toString(16).toUpperCase()} stands for no byte`);
  }
  return Uint8Array.from(bytes);
}

/** Tells whether the bytes behind a decoded name are valid UTF-8. */
export function isUtf8Name(name: string): boolean {
  return name.isWellFormed();
}

/** Makes a name fit for one line of text: no control character, no line break, no turned direction in it. */
export function displayName(name: string): string {
  return name
    .toWellFormed()
    .replace(/\p{Bidi_Control}/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, controlSymbol);
}

/** Splits a file name at its extension (lower-case, without the dot; '' where there is none). */
export function splitExtension(name: string): { stem: string; ext: string } {
  // A name that is all dots before its last one is a hidden file, as in Python's os.path.splitext.
  const match = /^(\.*[^.].*)\.([a-z0-9]{1,10})$/is.exec(name);
  const [, stem, ext] = match ?? [];
  return stem === undefined || ext === undefined ? { stem: name, ext: '' } : { stem, ext: ext.toLowerCase() };
}

function decodeEscaping(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let name = '';
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    name += length > 0 ? decoder.decode(bytes.subarray(at, at + length)) : escapeByte(bytes[at] ?? 0);
    at += Math.max(length, 1);
  }
  return name;
}

function escapeByte(byte: number): string {
  return String.fromCharCode(escapeBase + byte);
}

/** The length of the well-formed UTF-8 sequence at `at`, 0 if there is none (Unicode 16, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || !isSecondByte(lead, bytes[at + 1])) return 0;
  for (let offset = 2; offset < length; offset += 1) {
    if (!isWithin(bytes[at + offset], 0x80, 0xbf)) return 0;
  }
  return length;
}

/** The second byte carries the rules against overlong forms, surrogates and values above U+10FFFF. */
function isSecondByte(lead: number, byte: number | undefined): boolean {
  if (lead === 0xe0) return isWithin(byte, 0xa0, 0xbf);
  if (lead === 0xed) return isWithin(byte, 0x80, 0x9f);
  if (lead === 0xf0) return isWithin(byte, 0x90, 0xbf);
  if (lead === 0xf4) return isWithin(byte, 0x80, 0x8f);
  return isWithin(byte, 0x80, 0xbf);
}

function isWithin(byte: number | undefined, low: number, high: number): boolean {
  return byte !== undefined && byte >= low && byte <= high;
}

/** Unicode has pictures for ASCII's control characters; the others share the replacement character. */
function controlSymbol(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return code === 0x85 || code > 0x9f ? '\u2424' : '\uFFFD';
}
