/**
 * Names of journal segments: `<writer>-<seq>-<sha256 of the content>.jsonl`. The content's own hash in the name
 * means that a segment is whole exactly when `sha256sum` says so, and that two writers never collide.
 */
export interface SegmentName {
  readonly writer: string;
  /** Sequence of the segment's first record. */
  readonly seq: number;
  /** 64 lower-case hexadecimal digits. */
  readonly hash: string;
}

const seqDigits = 12;
/** A sequence beyond has no name that reads back; no archive comes near. */
export const largestSeq = 10 ** seqDigits - 1;
const pattern = /^([0-9a-f]{12})-(\d{12})-([0-9a-f]{64})\.jsonl$/;

export function formatSegmentName({ writer, seq, hash }: SegmentName): string {
  return `${writer}-${String(seq).padStart(seqDigits, '0')}-${hash}.jsonl`;
}

/** Null where the name is none that Reelhold gives to a segment. */
export function parseSegmentName(name: string): SegmentName | null {
  const match = pattern.exec(name);
  if (match === null) return null;
  return { writer: match[1] ?? '', seq: Number(match[2]), hash: match[3] ?? '' };
}

/** The name of the index file that stands beside a segment. */
export function indexNameOf(segmentName: string): string {
  return segmentName.replace(/\.jsonl$/, '.tsv');
}

/** The segment that an index file belongs to; null where the name is none of an index. */
export function segmentNameOf(indexName: string): string | null {
  const name = indexName.replace(/\.tsv$/, '.jsonl');
  return name === indexName || parseSegmentName(name) === null ? null : name;
}

export function isWriterId(text: string): boolean {
  return /^[0-9a-f]{12}$/.test(text);
}

/**
 * Segments that are gone though their index stands. Those behind the last segment that is there are not among them:
 * the index comes first, so that a copy that was broken off, or a crash, leaves one whose segment never came.
 */
export function lostSegments(segments: readonly string[], indexes: readonly string[]): readonly string[] {
  const seqOf = (name: string) => parseSegmentName(name)?.seq ?? 0;
  const standing = new Set(segments);
  const lastSeq = segments.reduce((last, name) => Math.max(last, seqOf(name)), 0);
  return indexes
    .flatMap((name) => segmentNameOf(name) ?? [])
    .filter((name) => !standing.has(name) && seqOf(name) < lastSeq);
}
