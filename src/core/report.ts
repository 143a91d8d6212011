import type { CopyFacts } from '#core/assess.ts';
import { displayName } from '#core/file-name.ts';

/** A version that is held, or a part, with its copies: a line of the report. */
export interface ReportFile {
  readonly video: string;
  readonly title: string;
  /** Which version of its video it is; null for a part, which is none. */
  readonly number: number | null;
  /** As it came, a part's with the folders of its project. */
  readonly name: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly takenAtMs: number;
  readonly copies: readonly CopyFacts[];
}

/** What is held where, and when each copy was last read back: for an insurer, a client, an heir. */
export interface Report {
  readonly atMs: number;
  readonly places: readonly { readonly location: string; readonly name: string }[];
  readonly files: readonly ReportFile[];
}

const header = ['title', 'version', 'file', 'bytes', 'sha256', 'saved'] as const;

/** The report as RFC 4180 has it, a column for each place: the time of the last proof, or the state where it is not good. */
export function reportAsCsv({ places, files }: Report): string {
  const lines = [
    [...header, ...places.map(({ name }) => `last read back: ${name}`)],
    ...files.map((file) => [
      ...[displayName(file.title), file.number ?? '', displayName(file.name), file.sizeBytes],
      ...[file.digest.replace('sha256:', ''), isoTime(file.takenAtMs)],
      ...places.map(({ location }) => copyCell(copyAt(file, location))),
    ]),
  ];
  return lines.map((cells) => `${cells.map((cell) => csvCell(String(cell))).join(',')}\r\n`).join('');
}

/** The report on what is held; copies at what is no longer a place are left out. */
export function makeReport(atMs: number, places: Report['places'], files: Report['files']): Report {
  const known = new Set(places.map(({ location }) => location));
  const ofThese = (file: ReportFile) => file.copies.filter(({ location }) => known.has(location));
  return { atMs, places, files: files.map((file) => ({ ...file, copies: ofThese(file) })) };
}

/** The copy of a file at a place; undefined where there is none. */
export function copyAt({ copies }: Pick<ReportFile, 'copies'>, location: string): CopyFacts | undefined {
  return copies.find((one) => one.location === location);
}

/** For a program: when it was last read back, or what is wrong; empty where there is none. */
function copyCell(copy: CopyFacts | undefined): string {
  if (copy === undefined) return '';
  if (copy.state !== 'present') return copy.state;
  return copy.provenAtMs === null ? 'not read back yet' : isoTime(copy.provenAtMs);
}

/** A cell that a spreadsheet would take for a formula is made text: names come from outside. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
