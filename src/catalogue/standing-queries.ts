import { ReelholdError } from '#core/errors.ts';
import { type CatalogueDatabase, openForReading } from './database.ts';
import { createQueries, type Queries } from './queries.ts';

/** Queries that outlive the file they are asked of: it may not be there yet, go away, or be made again. */
export interface StandingQueries extends Queries, Disposable {
  /** Opens the file afresh at the next question, and keeps it open. */
  hold(): void;
  /** Keeps nothing open: the file is opened for each question, so that its disk can be taken away. */
  letGo(): void;
}

interface Held {
  readonly database: CatalogueDatabase;
  readonly queries: Queries;
}

/** Each opening counts the versions afresh: they must not look like those of the one before. */
const versionsOfOneFile = 2 ** 32;

/** Asks the catalogue in this file; each question fails with a `ReelholdError` where it cannot be asked. */
export function createStandingQueries(file: string, nowMs: () => number): StandingQueries {
  let held: Held | null = null;
  let isHolding = false;
  let turns = 0;

  const open = (): Held => {
    const database = openForReading(file);
    if (database === null) {
      throw new ReelholdError({ kind: 'missing', operation: 'read', object: file }, 'it is not there yet');
    }
    return { database, queries: createQueries(database, nowMs) };
  };

  const close = () => {
    held?.database[Symbol.dispose]();
    held = null;
  };

  const turn = (toHolding: boolean) => {
    close();
    isHolding = toHolding;
    turns += 1;
  };

  const ask = <T>(question: (queries: Queries) => T): T => {
    try {
      held ??= open();
      return question(held.queries);
    } finally {
      if (!isHolding) close();
    }
  };

  return {
    arrivals: (limit) => ask((queries) => queries.arrivals(limit)),
    latestVideos: (page) => ask((queries) => queries.latestVideos(page)),
    video: (id) => ask((queries) => queries.video(id)),
    version: (id) => ask((queries) => queries.version(id)),
    parts: (video, limit) => ask((queries) => queries.parts(video, limit)),
    part: (id) => ask((queries) => queries.part(id)),
    suggestions: () => ask((queries) => queries.suggestions()),
    summary: () => ask((queries) => queries.summary()),
    places: () => ask((queries) => queries.places()),
    loads: (settings) => ask((queries) => queries.loads(settings)),
    report: () => ask((queries) => queries.report()),
    vaultCounts: () => ask((queries) => queries.vaultCounts()),
    kit: () => ask((queries) => queries.kit()),
    condition: (name) => ask((queries) => queries.condition(name)),
    dataVersion: () => ask((queries) => queries.dataVersion() + turns * versionsOfOneFile),
    videosFingerprint: () => ask((queries) => queries.videosFingerprint()),
    hold: () => turn(true),
    letGo: () => turn(false),
    [Symbol.dispose]: close,
  };
}
