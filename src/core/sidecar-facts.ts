import { displayName } from '#core/file-name.ts';
import { scanXml, type XmlPiece } from '#core/xml-scan.ts';

/** What a sidecar says of its video: text from a stranger, cleaned and cut. Null is "it does not say". */
export interface SidecarFacts {
  readonly title: string | null;
  readonly description: string | null;
  /** `YYYY-MM-DD`, or a full date and time as it stands there. */
  readonly date: string | null;
  readonly tags: readonly string[];
  /** 1 to 5 stars; -1 is "rejected" (XMP). */
  readonly rating: number | null;
  /** The id and the address of what was saved from a platform. */
  readonly sourceId: string | null;
  readonly sourceUrl: string | null;
}

export type SidecarFormat = 'xmp' | 'info-json';

/** Larger is no sidecar: yt-dlp's are up to a few megabytes, as they list every format. */
export const largestSidecarBytes: Readonly<Record<SidecarFormat, number>> = {
  xmp: 1024 * 1024,
  'info-json': 8 * 1024 * 1024,
};

const longest = { title: 300, description: 5000, tag: 100, address: 2000 };
const mostTags = 100;

/** The format of a sidecar that can be read, by its name; null for any other file. */
export function sidecarFormatOf(name: string): SidecarFormat | null {
  const folded = name.toLowerCase();
  if (folded.startsWith('._')) return null;
  if (folded.endsWith('.xmp')) return 'xmp';
  return folded.endsWith('.info.json') ? 'info-json' : null;
}

/** Reads what a sidecar says; null where it says nothing that can be read. */
export function readSidecar(text: string, format: SidecarFormat): SidecarFacts | null {
  const facts = format === 'xmp' ? readXmp(text) : readInfoJson(text);
  if (facts === null) return null;
  const { tags, ...rest } = facts;
  return tags.length > 0 || Object.values(rest).some((value) => value !== null) ? facts : null;
}

const nothing: SidecarFacts = {
  ...{ title: null, description: null, date: null, tags: [], rating: null, sourceId: null, sourceUrl: null },
};

/** Adobe, "XMP Specification Part 2"; tags by digiKam and Lightroom too. Prefixes as everybody writes them. */
function readXmp(text: string): SidecarFacts | null {
  const pieces = scanXml(text);
  if (pieces === null || !pieces.some((piece) => piece.kind === 'open' && piece.name === 'rdf:RDF'))
    return null;
  const values = valuesOf(pieces);
  const first = (...names: readonly string[]) => names.flatMap((name) => values.get(name) ?? [])[0];
  const all = (...names: readonly string[]) => names.flatMap((name) => values.get(name) ?? []);
  return {
    ...nothing,
    title: lineOf(first('dc:title'), longest.title),
    description: textOf(first('dc:description')),
    date: dateOf(first('xmp:CreateDate', 'exif:DateTimeOriginal', 'photoshop:DateCreated')),
    tags: tagsOf(all('digiKam:TagsList', 'lr:hierarchicalSubject', 'dc:subject')),
    rating: ratingOf(first('xmp:Rating')),
  };
}

/** Simple properties stand as attributes or as elements; lists as `rdf:li` within one. */
function valuesOf(pieces: readonly XmlPiece[]): ReadonlyMap<string, string[]> {
  const values = new Map<string, string[]>();
  const put = (name: string, value: string) => {
    if (value.trim() !== '') values.set(name, [...(values.get(name) ?? []), value.trim()].slice(0, mostTags));
  };
  const path: string[] = [];
  let text = '';
  for (const piece of pieces) {
    if (piece.kind === 'text') text += piece.text;
    if (piece.kind === 'open') {
      if (piece.name === 'rdf:Description') for (const [name, value] of piece.attributes) put(name, value);
      path.push(piece.name);
    }
    if (piece.kind === 'close') {
      path.pop();
      if (piece.name === 'rdf:li') put(path.at(-2) ?? '', text);
      else if (path.at(-1) === 'rdf:Description') put(piece.name, text);
    }
    if (piece.kind !== 'text') text = '';
  }
  return values;
}

/** yt-dlp's `--write-info-json` (its README, "OUTPUT TEMPLATE", names the fields). */
function readInfoJson(text: string): SidecarFacts | null {
  const value = parseObject(text);
  if (value === null) return null;
  const uploaded = /^(\d{4})(\d\d)(\d\d)$/.exec(String(value.upload_date ?? ''));
  return {
    ...nothing,
    title: lineOf(value.title, longest.title),
    description: textOf(value.description),
    date: uploaded === null ? null : dateOf(uploaded.slice(1).join('-')),
    tags: tagsOf(Array.isArray(value.tags) ? value.tags : []),
    sourceId: lineOf(typeof value.id === 'number' ? String(value.id) : value.id, longest.tag),
    sourceUrl: addressOf(value.webpage_url),
  };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function lineOf(value: unknown, longestChars: number): string | null {
  if (typeof value !== 'string') return null;
  const line = displayName(value.replace(/\s+/g, ' ')).trim();
  return line === ''
    ? null
    : [...line.slice(0, 2 * longestChars)].slice(0, longestChars).join('').toWellFormed();
}

/** Text of several lines. */
function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const lines = value
    .slice(0, longest.description)
    .toWellFormed()
    .split(/\r\n|\r|\n/)
    .map(displayName);
  const text = lines.join('\n').trim();
  return text === '' ? null : text;
}

/** Only a day, alone or with a time behind it. */
function dateOf(value: string | undefined): string | null {
  const match = /^(\d{4}-\d\d-\d\d)([T ][\d:.]{4,18}(Z|[+-]\d\d:?\d\d)?)?$/.exec(value ?? '');
  return match === null || Number.isNaN(Date.parse(match[1] ?? '')) ? null : (match[0] ?? null);
}

function tagsOf(values: readonly unknown[]): readonly string[] {
  const tags = values.flatMap((value) => lineOf(value, longest.tag) ?? []);
  return [...new Set(tags)].slice(0, mostTags);
}

function ratingOf(value: string | undefined): number | null {
  const rating = Number(value ?? Number.NaN);
  return Number.isInteger(rating) && rating !== 0 && rating >= -1 && rating <= 5 ? rating : null;
}

/** Shown as a link: nothing but the web's own addresses. */
function addressOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > longest.address || !URL.canParse(value)) return null;
  const url = new URL(value);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}
