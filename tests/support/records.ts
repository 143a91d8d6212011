import type { JournalRecord, RecordFacts, VersionFacts } from '#core/journal-record.ts';
import { digestOf } from '#tests/support/digests.ts';

export const writer = '0123456789ab';

/** A record as the ledger stamps it: of one writer, an hour after the last. */
export function recordOf(facts: RecordFacts, seq: number, by = writer): JournalRecord {
  return { ...facts, seq, writer: by, at: new Date(Date.UTC(2026, 10, 22) + seq * 3_600_000).toISOString() };
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
