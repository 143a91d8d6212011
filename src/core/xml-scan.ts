/** One piece of an XML document, in its order. */
export type XmlPiece =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string };

/** Deeper, no sidecar goes; who does wants something else. */
const maxDepth = 64;

/**
 * Goes through XML from a stranger: null where it is none, or declares a document type, as that is where entities are
 * defined that grow without end or name other files. Only the five entities of XML itself, and characters by number,
 * are resolved. Each character is looked at a fixed number of times.
 */
export function scanXml(text: string): readonly XmlPiece[] | null {
  const pieces: XmlPiece[] = [];
  const open: string[] = [];
  for (let at = 0; at < text.length; ) {
    const tag = text.indexOf('<', at);
    if (tag !== at) pieces.push({ kind: 'text', text: resolve(text.slice(at, tag < 0 ? text.length : tag)) });
    if (tag < 0) break;
    const aside = asideAt(text, tag);
    if (aside === null) return null;
    if (aside.piece !== null) pieces.push(aside.piece);
    if (aside.end > tag) {
      at = aside.end;
      continue;
    }
    const end = endOfTag(text, tag);
    if (end < 0 || !readTag(text.slice(tag + 1, end), pieces, open)) return null;
    at = end + 1;
  }
  return open.length === 0 && pieces.some(({ kind }) => kind === 'open') ? pieces : null;
}

/** What is no tag: comments, instructions, CDATA. Null for what is refused; an end at `at` means "a tag". */
function asideAt(text: string, at: number): { readonly end: number; readonly piece: XmlPiece | null } | null {
  const until = (mark: string, from: number) => {
    const found = text.indexOf(mark, from);
    return found < 0 ? null : { end: found + mark.length, piece: null };
  };
  if (text.startsWith('<!--', at)) return until('-->', at + 4);
  if (text.startsWith('<?', at)) return until('?>', at + 2);
  if (text.startsWith('<![CDATA[', at)) {
    const found = text.indexOf(']]>', at);
    return found < 0 ? null : { end: found + 3, piece: { kind: 'text', text: text.slice(at + 9, found) } };
  }
  return text.startsWith('<!', at) ? null : { end: at, piece: null };
}

/** A `>` within quotes ends no tag. */
function endOfTag(text: string, from: number): number {
  let quote = '';
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at;
    else if (character === '<') return -1;
  }
  return -1;
}

function readTag(tag: string, pieces: XmlPiece[], open: string[]): boolean {
  if (tag.startsWith('/')) {
    const name = tag.slice(1).trim();
    pieces.push({ kind: 'close', name });
    return open.pop() === name;
  }
  const isEmpty = tag.endsWith('/');
  const body = isEmpty ? tag.slice(0, -1) : tag;
  const [name = ''] = body.split(/\s/, 1);
  if (name === '' || open.length >= maxDepth) return false;
  pieces.push({ kind: 'open', name, attributes: attributesOf(body.slice(name.length)) });
  if (isEmpty) pieces.push({ kind: 'close', name });
  else open.push(name);
  return true;
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const equals = text.indexOf('=', at);
    if (equals < 0) break;
    const name = text.slice(at, equals).trim();
    const value = text.slice(equals + 1).trimStart();
    const start = text.length - value.length;
    const quote = text[start] ?? '';
    const end = quote === '"' || quote === "'" ? text.indexOf(quote, start + 1) : -1;
    if (end < 0) break;
    attributes.set(name, resolve(text.slice(start + 1, end)));
    at = end + 1;
  }
  return attributes;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function resolve(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-z]{2,4});/g, (whole, name: string) => {
    if (!name.startsWith('#')) return entities[name] ?? whole;
    const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : '';
  });
}
