import { createHash } from 'node:crypto';
import {
  formatRecord,
  type JournalRecord,
  type RecordFacts,
  type VersionFacts,
} from '#core/journal-record.ts';
import type { Journal, Segment } from '#core/ports/journal.ts';
import { formatSegmentName } from '#core/segment-name.ts';
import { type AnyRecord, readRecords } from '#core/segment-records.ts';
import { digestOf } from '#tests/support/digests.ts';

export const writer = '0123456789ab';

/** A record as the ledger stamps it: of one writer, an hour after the last. */
export function recordOf(facts: RecordFacts, seq: number, by = writer): JournalRecord {
  return { ...facts, seq, writer: by, at: new Date(Date.UTC(2026, 10, 22) + seq * 3_600_000).toISOString() };
}

/** The records as a journal keeps them; `lines` stand there besides. */
export function segmentOf(records: readonly JournalRecord[], ...lines: readonly string[]): Segment {
  const content = Buffer.from([...records.map(formatRecord), ...lines].map((line) => `${line}\n`).join(''));
  const hash = createHash('sha256').update(content).digest('hex');
  const { seq, writer: by } = records[0] ?? { seq: 1, writer };
  return { name: formatSegmentName({ writer: by, seq, hash }), content, index: Buffer.alloc(0) };
}

/** All records of a journal, segment by segment. */
export async function readJournal(journal: Journal): Promise<readonly AnyRecord[]> {
  const segments = await Promise.all((await journal.list()).map((name) => journal.read(name)));
  return segments.flatMap(({ content }) => readRecords(content));
}

export function videoFacts(video: string, title = video): Extract<RecordFacts, { kind: 'video' }> {
  return { kind: 'video', video, title, folder: `2026/2026-11-22 ${title}` };
}

/** A version whose bytes are its own name. */
export function versionFacts(video: string, number = 1, change: Partial<VersionFacts> = {}): VersionFacts {
  const version = `${video}.${number}`;
  return {
    kind: 'version',
    version,
    video,
    number,
    digest: digestOf(version),
    sizeBytes: 1000 + number,
    ext: 'mp4',
    name: `${video}.mp4`,
    role: 'master',
    how: 'taken',
    ...change,
  };
}
