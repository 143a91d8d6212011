import { asc, eq, sql } from 'drizzle-orm';
import { type BlobRef, type Digest, parseDigest } from '#core/digest.ts';
import type { PartKind } from '#core/journal-record.ts';
import type { SidecarFacts } from '#core/sidecar-facts.ts';
import type { Drizzle } from './database.ts';
import { type FileSituation, parseSituation, roleOfPartRow, situationOf } from './judge-archive.ts';
import { sidecarFacts } from './schema/finding-tables.ts';
import { parts } from './schema/journal-tables.ts';

/** How many parts of a kind a video has. */
export interface PartCount {
  readonly kind: PartKind;
  readonly files: number;
  readonly sizeBytes: number;
}

/** A file that belongs to a video beside its versions. */
export interface PartRow extends BlobRef {
  readonly id: string;
  readonly kind: PartKind;
  readonly name: string;
  /** The folders it came in below its project's; null for what came beside its video. */
  readonly path: string | null;
  readonly sizeBytes: number;
  readonly takenAtMs: number;
  /** What was wrong with it before it reached us; null where nothing is known to be. */
  readonly damaged: string | null;
  /** What it says of its video, where it is a sidecar that was read. */
  readonly facts: SidecarFacts | null;
}

/** The parts of several videos, as far as a list of videos shows them. */
export interface PartsOfVideos {
  counts(video: string): readonly PartCount[];
  /** Each distinct situation that copies of its parts are in, proofs dated to the start of their day. */
  situations(video: string): readonly FileSituation[];
  /** A part of which there is a still; null for none. */
  pictured(video: string): Digest | null;
}

export function readPartsOfVideos(db: Drizzle, ids: readonly string[]): PartsOfVideos {
  const among = sql`video_id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  const counts = Map.groupBy(
    db.all<{ video: string } & PartCount>(sql`
      SELECT video_id AS video, kind, count(*) AS files, sum(size_bytes) AS sizeBytes FROM parts
      WHERE ${among} GROUP BY video_id, kind ORDER BY min(seq)`),
    ({ video }) => video,
  );
  const situations = Map.groupBy(
    db.all<{ video: string; situation: string }>(sql`
      SELECT DISTINCT video_id AS video, ${situationOf(roleOfPartRow, sql`parts.digest`)} AS situation FROM parts WHERE ${among}`),
    ({ video }) => video,
  );
  const pictured = new Map(
    db
      .all<{ video: string; digest: string }>(sql`
      SELECT video_id AS video, min(digest) AS digest FROM parts JOIN media USING (digest)
      WHERE ${among} AND has_poster GROUP BY video_id`)
      .map(({ video, digest }) => [video, parseDigest(digest)] as const),
  );
  return {
    counts: (video) =>
      (counts.get(video) ?? []).map(({ kind, files, sizeBytes }) => ({ kind, files, sizeBytes })),
    situations: (video) =>
      (situations.get(video) ?? []).flatMap(({ situation }) => parseSituation(situation)),
    pictured: (video) => pictured.get(video) ?? null,
  };
}

/** The parts of a video in the order of their folders and names. */
export function readParts(db: Drizzle, video: string, limit: number): readonly PartRow[] {
  return db
    .select()
    .from(parts)
    .leftJoin(sidecarFacts, eq(sidecarFacts.digest, parts.digest))
    .where(eq(parts.videoId, video))
    .orderBy(asc(parts.path), asc(parts.name), asc(parts.seq))
    .limit(limit)
    .all()
    .map(({ parts: row, sidecar_facts: said }) => ({
      ...row,
      digest: parseDigest(row.digest),
      kind: row.kind as PartKind,
      facts: said?.json == null ? null : (JSON.parse(said.json) as SidecarFacts),
    }));
}
