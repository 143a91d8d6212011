import { and, asc, desc, eq, exists, inArray, isNull, lt, ne, not, or, sql } from 'drizzle-orm';
import type { CopyFacts, CopyState, Reason, Verdict } from '#core/assess.ts';
import { roleOfVersion } from '#core/asset-role.ts';
import type { ConditionName, Conditions } from '#core/conditions.ts';
import { type BlobRef, type Digest, parseDigest } from '#core/digest.ts';
import { decodeName } from '#core/file-name.ts';
import type { Role } from '#core/journal-record.ts';
import type { ArchiveFacts } from '#core/overview.ts';
import type { PlaceCondition } from '#core/place-condition.ts';
import type { PlaceLoad } from '#core/place-forecast.ts';
import { type PlaceSettings, rolesOf } from '#core/place-settings.ts';
import type { SightingState } from '#core/ports/catalogue.ts';
import { judgingMs } from '#core/proof-dates.ts';
import type { KitNote } from '#core/recovery-kit.ts';
import type { ReportFile } from '#core/report.ts';
import type { EditSuggestion } from '#core/suggest-edits.ts';
import type { CatalogueDatabase, Drizzle } from './database.ts';
import { readEditSuggestions } from './edit-suggestions.ts';
import {
  type FileSituation,
  judgeArchive,
  judgeFile,
  type Rules,
  readProofDates,
  worstOf,
} from './judge-archive.ts';
import { readKit } from './kit-row.ts';
import { readCondition } from './note-rows.ts';
import { countCopies, noCopies, type PlaceCounts } from './place-counts.ts';
import { readLoads, readPlaces } from './place-rows.ts';
import { readReport } from './report-rows.ts';
import { copies, media, parts, sightings, versions, videos } from './schema.ts';
import { guarded } from './sqlite-errors.ts';
import { readTwins, type Twin } from './twins.ts';
import { type PartCount, type PartRow, readParts, readPartsOfVideos } from './video-parts.ts';

/** A file that is on its way into the archive. */
export interface Arrival {
  readonly id: number;
  /** The name of its inbox. */
  readonly inbox: string;
  /** Below the inbox; bytes that are not UTF-8 as lone surrogates (core/file-name.ts). */
  readonly path: string;
  readonly sizeBytes: number;
  readonly bytesDone: number;
  readonly state: SightingState;
  readonly reason: string | null;
  readonly firstSeenAtMs: number;
}

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

/** A held file, as far as sending it asks. */
export type SentFacts = BlobRef & {
  readonly sizeBytes: number;
  readonly name: string;
  readonly takenAtMs: number;
};

/** `videosAtRisk`: videos with no copy that was read back in time, or with a damaged one. */
export interface Summary extends ArchiveFacts {
  readonly versionsTotal: number;
  readonly inboxWaiting: number;
  readonly freeBytes: number | null;
}

/** A place as the page shows it. */
export interface PlaceView {
  readonly settings: PlaceSettings;
  readonly condition: PlaceCondition | null;
  readonly counts: PlaceCounts;
}

/** The reading side of the catalogue, each method a question that the page or the command line asks. */
export interface Queries {
  /** What is coming in, then what waits for a reason, each by its first sight, and each no more than `limit`. */
  arrivals(limit: number): { readonly items: readonly Arrival[]; readonly total: number };
  latestVideos(page: { readonly limit: number; readonly beforeSeq: number | null }): readonly VideoRow[];
  video(id: string): VideoRow | null;
  version(id: string): SentFacts | null;
  /** The parts of a video in the order of their folders and names. */
  parts(video: string, limit: number): readonly PartRow[];
  part(id: string): SentFacts | null;
  /** Videos that seem to be edits of others. */
  suggestions(): readonly EditSuggestion[];
  summary(): Summary;
  condition<Name extends ConditionName>(name: Name): Conditions[Name] | null;
  /** The recovery kit that was made last; null where none was. */
  kit(): KitNote | null;
  /** Places other than the vault, as they are set up and were last seen, with what each of them holds. */
  places(): readonly PlaceView[];
  /** What a place lacks, in the order in which it is brought. */
  loads(settings: PlaceSettings): readonly PlaceLoad[];
  /** Every version that is held, with each of its copies. */
  report(): readonly ReportFile[];
  /** What the vault holds; null where it was never opened. */
  vaultCounts(): PlaceCounts | null;
  /** Grows whenever anybody commits to the catalogue. */
  dataVersion(): number;
  /** Differs from what it was when anything that a list of videos shows may have changed. */
  videosFingerprint(): string;
}

/** The questions, over one connection; what the disk or the file is to blame for leaves as a `ReelholdError`. */
export function createQueries(database: CatalogueDatabase, nowMs: () => number): Queries {
  return guarded(createRawQueries(database, nowMs), 'read', database);
}

function createRawQueries({ sqlite, db }: CatalogueDatabase, nowMs: () => number): Queries {
  const condition: Queries['condition'] = (name) => readCondition(db, name);
  const rules = (): Rules => ({ places: [], policies: {}, ...condition('places') });
  const dataVersion = () => Number(sqlite.pragma('data_version', { simple: true }));
  const proofDates = memoise(() => readProofDates(db, nowMs()), dataVersion, nowMs);
  const judged = memoise(() => judgeArchive(db, rules(), nowMs(), proofDates()), dataVersion, nowMs);
  const counts = memoise(() => countCopies(db, rules().places, nowMs()), dataVersion, nowMs);
  const placesNow = (): readonly PlaceView[] =>
    readPlaces(db).map((settings) => ({
      settings,
      condition: condition(`place:${settings.location}`),
      counts: counts().get(settings.location) ?? noCopies,
    }));
  const suggested = memoise(() => readEditSuggestions(db), dataVersion, nowMs);
  const judgedAtMs = () => judgingMs(proofDates(), nowMs());
  return {
    condition,
    kit: () => readKit(db),
    dataVersion,
    arrivals(limit) {
      const open = ne(sightings.state, 'taken');
      const waits = eq(sightings.state, 'waiting');
      const rows = [not(waits), waits].flatMap((which) =>
        db
          .select()
          .from(sightings)
          .where(and(open, which))
          .orderBy(asc(sightings.firstSeenAtMs))
          .limit(limit)
          .all(),
      );
      const total = db.select({ n: sql<number>`count(*)` }).from(sightings).where(open).get()?.n ?? 0;
      return {
        items: rows.map((row) => ({ ...row, path: decodeName(row.path), state: row.state as SightingState })),
        total,
      };
    },
    latestVideos({ limit, beforeSeq }) {
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
      return withVersions(db, rows, rules(), judgedAtMs());
    },
    video(id) {
      const rows = db.select().from(videos).where(eq(videos.id, id)).all();
      return withVersions(db, rows, rules(), judgedAtMs())[0] ?? null;
    },
    version(id) {
      const row = db.select().from(versions).where(eq(versions.id, id)).get();
      return row === undefined ? null : { ...row, digest: parseDigest(row.digest) };
    },
    parts: (video, limit) => readParts(db, video, limit),
    part(id) {
      const row = db.select().from(parts).where(eq(parts.id, id)).get();
      return row === undefined ? null : { ...row, digest: parseDigest(row.digest) };
    },
    suggestions: suggested,
    videosFingerprint: () => readVideosFingerprint(db),
    places: () => placesNow(),
    loads: (settings) => readLoads(db, settings.location, rolesOf(settings)),
    report: () => readReport(db),
    vaultCounts: () => counts().get(rules().places[0]?.location ?? '') ?? null,
    summary() {
      const waiting = db
        .select({ n: sql<number>`count(*)` })
        .from(sightings)
        .where(ne(sightings.state, 'taken'))
        .get();
      return { ...judged(), inboxWaiting: waiting?.n ?? 0, freeBytes: condition('space')?.freeBytes ?? null };
    },
  };
}

type VideoFields = Pick<typeof videos.$inferSelect, 'id' | 'title' | 'folder' | 'changedSeq'>;

function withVersions(db: Drizzle, rows: readonly VideoFields[], rules: Rules, nowMs: number): VideoRow[] {
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
      ...list.map((version) => ({ role: roleOfVersion(version.role), copies: version.copies })),
      ...partsOfVideos.situations(row.id),
    ];
    const judged = situations.map((file) => judgeFile(file.copies, file.role, rules, nowMs));
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
function readVideosFingerprint(db: Drizzle): string {
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

const memoForMs = 1_000;

/** Computes again only when somebody committed, and at most once a second. */
function memoise<T>(compute: () => T, dataVersion: () => number, nowMs: () => number): () => T {
  let last: { value: T; version: number; atMs: number } | null = null;
  return () => {
    const version = dataVersion();
    const ageMs = last === null ? Number.POSITIVE_INFINITY : Math.abs(nowMs() - last.atMs);
    const isFresh = last !== null && (ageMs < memoForMs || (last.version === version && ageMs < 60_000));
    if (last === null || !isFresh) last = { value: compute(), version, atMs: nowMs() };
    return last.value;
  };
}
