import { and, desc, eq, exists, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { CopyFacts, CopyState, Reason, Verdict } from '#core/assess.ts';
import { roleOfVersion } from '#core/asset-role.ts';
import { isDataExport } from '#core/data-export.ts';
import { type BlobRef, type Digest, parseDigest } from '#core/digest.ts';
import type { Role } from '#core/journal-record.ts';
import type { Drizzle } from './database.ts';
import { type FileSituation, judgeFile, type Rules, worstOf } from './judge-archive.ts';
import { copies, media } from './schema/finding-tables.ts';
import { parts, versions, videos } from './schema/journal-tables.ts';
import { readTwins, type Twin } from './twins.ts';
import { type PartCount, readPartsOfVideos } from './video-parts.ts';

export interface VersionRow extends BlobRef {
  readonly id: string;
  readonly number: number;
  readonly role: Role;
  readonly sizeBytes: number;
  readonly name: string;
  readonly takenAtMs: number;
  readonly seenAgain: number;
  /** What was wrong with it before it reached us; null where nothing is known to be. */
  readonly damaged: string | null;
  readonly media: MediaRow | null;
  readonly copies: readonly CopyFacts[];
  /** Other versions with the same picture and sound in other bytes, of videos that are not in the trash. */
  readonly twins: readonly Twin[];
}

export interface MediaRow {
  readonly durationMs: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly rotationDegrees: number | null;
  readonly videoCodec: string | null;
  readonly audioCodec: string | null;
  readonly container: string | null;
  readonly hasPoster: boolean;
  readonly problem: string | null;
}

export interface VideoRow {
  readonly id: string;
  readonly title: string;
  readonly folder: string;
  /** Where the next page of the list begins. */
  readonly changedSeq: number;
  /** Newest first; none of a project that has nothing final yet. */
  readonly versions: readonly VersionRow[];
  readonly parts: readonly PartCount[];
  /** A part of which there is a still, for a video without versions. */
  readonly picturedPart: Digest | null;
  /** Of the versions and the parts together. */
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
}

/** How a video's copies are judged: by which rules, and as of when (ms of the wall clock). */
export interface Judging {
  readonly rules: Rules;
  readonly atMs: number;
}

/** `beforeSeq`: where the page before ended; null at the beginning. */
export interface VideoPage {
  readonly limit: number;
  readonly beforeSeq: number | null;
}

/** Videos that are not in the trash, the one that changed last first. */
export function readLatestVideos(db: Drizzle, { limit, beforeSeq }: VideoPage, judging: Judging): VideoRow[] {
  const rows = db
    .select()
    .from(videos)
    .where(
      and(
        isNull(videos.trashedAtMs),
        beforeSeq === null ? undefined : lt(videos.changedSeq, beforeSeq),
        // Two installations may have taken the same bytes: they are versions of one video only.
        or(
          exists(db.select().from(versions).where(eq(versions.videoId, videos.id))),
          exists(db.select().from(parts).where(eq(parts.videoId, videos.id))),
        ),
      ),
    )
    .orderBy(desc(videos.changedSeq))
    .limit(limit)
    .all();
  return withVersions(db, rows, judging);
}

/** Also one that is in the trash; null where there is none. */
export function readVideo(db: Drizzle, id: string, judging: Judging): VideoRow | null {
  const rows = db.select().from(videos).where(eq(videos.id, id)).all();
  return withVersions(db, rows, judging)[0] ?? null;
}

type VideoFields = Pick<typeof videos.$inferSelect, 'id' | 'title' | 'folder' | 'changedSeq'>;

function withVersions(db: Drizzle, rows: readonly VideoFields[], { rules, atMs }: Judging): VideoRow[] {
  const versionRows = db
    .select()
    .from(versions)
    .leftJoin(media, eq(media.digest, versions.digest))
    .where(
      inArray(
        versions.videoId,
        rows.map((row) => row.id),
      ),
    )
    .orderBy(desc(versions.number))
    .all();
  const copiesByDigest = readCopies(
    db,
    versionRows.map((row) => row.versions.digest),
  );
  const twinsOf = readTwins(
    db,
    versionRows.map((row) => row.media?.streams ?? ''),
  );
  const partsOfVideos = readPartsOfVideos(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => {
    const ofVideo = versionRows.filter((version) => version.versions.videoId === row.id);
    const list = ofVideo.map((version) => ({
      ...version.versions,
      digest: parseDigest(version.versions.digest),
      role: version.versions.role as Role,
      media: version.media,
      copies: copiesByDigest.get(version.versions.digest) ?? [],
      twins: twinsOf(version.media?.streams ?? '').filter((twin) => twin.version !== version.versions.id),
    }));
    const situations: readonly FileSituation[] = [
      ...list.map((version) => ({
        role: isDataExport(version.name) ? ('export' as const) : roleOfVersion(version.role),
        copies: version.copies,
      })),
      ...partsOfVideos.situations(row.id),
    ];
    const judged = situations.map((file) => judgeFile(file.copies, file.role, rules, atMs));
    return {
      id: row.id,
      title: row.title,
      folder: row.folder,
      changedSeq: row.changedSeq,
      versions: list,
      parts: partsOfVideos.counts(row.id),
      picturedPart: partsOfVideos.pictured(row.id),
      ...worstOf(judged),
    };
  });
}

function readCopies(db: Drizzle, digests: readonly string[]): Map<string, CopyFacts[]> {
  const byDigest = new Map<string, CopyFacts[]>();
  for (const row of db
    .select()
    .from(copies)
    .where(inArray(copies.digest, [...digests]))
    .all()) {
    const list = byDigest.get(row.digest) ?? [];
    list.push({ location: row.location, state: row.state as CopyState, provenAtMs: row.provenAtMs });
    byDigest.set(row.digest, list);
  }
  return byDigest;
}

/** One short pass over each table: much cheaper than the lists it stands for. */
export function readVideosFingerprint(db: Drizzle): string {
  const row = db.get<Record<string, number | null>>(sql`SELECT
    (SELECT max(changed_seq) FROM videos) AS changed,
    (SELECT count(*) FROM videos WHERE trashed_at_ms IS NULL) AS shown,
    (SELECT total(seen_again) FROM versions) AS again,
    (SELECT total(has_poster) + count(*) * 1e9 FROM media) AS pictures,
    (SELECT count(streams) FROM media) AS streams,
    (SELECT count(*) FROM copies WHERE state = 'present') AS present,
    (SELECT count(proven_at_ms) FROM copies) AS proofs,
    (SELECT max(proven_at_ms) FROM copies) AS proven`);
  return Object.values(row).join(' ');
}
