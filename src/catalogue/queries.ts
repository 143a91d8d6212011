import { and, asc, eq, ne, not, sql } from 'drizzle-orm';
import type { ConditionName, Conditions } from '#core/conditions.ts';
import { type BlobRef, parseDigest } from '#core/digest.ts';
import { decodeName } from '#core/file-name.ts';
import type { ArchiveFacts } from '#core/overview.ts';
import type { PlaceCondition } from '#core/place-condition.ts';
import type { PlaceLoad } from '#core/place-forecast.ts';
import { type PlaceSettings, placeOf, rolesOf } from '#core/place-settings.ts';
import type { SightingState } from '#core/ports/catalogue.ts';
import { judgingMs } from '#core/proof-dates.ts';
import type { KitNote } from '#core/recovery-kit.ts';
import type { ReportFile } from '#core/report.ts';
import type { EditSuggestion } from '#core/suggest-edits.ts';
import type { CatalogueDatabase } from './database.ts';
import { readEditSuggestions } from './edit-suggestions.ts';
import { judgeArchive, type Rules, readProofDates } from './judge-archive.ts';
import { readKit } from './kit-row.ts';
import { createConditionReader } from './note-rows.ts';
import { countCopies, noCopies, type PlaceCounts } from './place-counts.ts';
import { createPlaceReader, readLoads } from './place-rows.ts';
import { readReport } from './report-rows.ts';
import { parts, versions } from './schema/journal-tables.ts';
import { sightings } from './schema/work-tables.ts';
import { guarded } from './sqlite-errors.ts';
import { type PartRow, readParts } from './video-parts.ts';
import {
  type Judging,
  readLatestVideos,
  readVideo,
  readVideosFingerprint,
  type VideoPage,
  type VideoRow,
} from './video-rows.ts';

export type { VersionRow, VideoRow } from './video-rows.ts';

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
  latestVideos(page: VideoPage): readonly VideoRow[];
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
  const condition = createConditionReader(db);
  const places = createPlaceReader(db);
  const rules = (): Rules => ({ places: [], policies: {}, ...condition('places') });
  const dataVersion = () => Number(sqlite.pragma('data_version', { simple: true }));
  const proofDates = memoise(() => readProofDates(db, nowMs()), dataVersion, nowMs);
  const judged = memoise(() => judgeArchive(db, rules(), nowMs(), proofDates()), dataVersion, nowMs);
  /** Of those that nobody looked at since they came into this catalogue too. */
  const allPlaces = () => {
    const known = rules().places;
    const others = places().filter((one) => known.every(({ location }) => location !== one.location));
    return [...known, ...others.map((one) => placeOf(one, condition(`place:${one.location}`)))];
  };
  const counts = memoise(() => countCopies(db, allPlaces(), nowMs()), dataVersion, nowMs);
  const placesNow = (): readonly PlaceView[] =>
    places().map((settings) => ({
      settings,
      condition: condition(`place:${settings.location}`),
      counts: counts().get(settings.location) ?? noCopies,
    }));
  const suggested = memoise(() => readEditSuggestions(db), dataVersion, nowMs);
  const judging = (): Judging => ({ rules: rules(), atMs: judgingMs(proofDates(), nowMs()) });
  const isOpen = ne(sightings.state, 'taken');
  const countOpen = () => db.select({ n: sql<number>`count(*)` }).from(sightings).where(isOpen).get()?.n ?? 0;
  return {
    condition,
    kit: () => readKit(db),
    dataVersion,
    arrivals(limit) {
      const waits = eq(sightings.state, 'waiting');
      const rows = [not(waits), waits].flatMap((which) =>
        db
          .select()
          .from(sightings)
          .where(and(isOpen, which))
          .orderBy(asc(sightings.firstSeenAtMs))
          .limit(limit)
          .all(),
      );
      return {
        items: rows.map((row) => ({ ...row, path: decodeName(row.path), state: row.state as SightingState })),
        total: countOpen(),
      };
    },
    latestVideos: (page) => readLatestVideos(db, page, judging()),
    video: (id) => readVideo(db, id, judging()),
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
    summary: () => ({
      ...judged(),
      inboxWaiting: countOpen(),
      freeBytes: condition('space')?.freeBytes ?? null,
    }),
  };
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
