import { eq, gt, sql } from 'drizzle-orm';
import type { Segment } from '#core/ports/journal.ts';
import { parseSegmentName } from '#core/segment-name.ts';
import { type AnyRecord, mergeRecords, readRecords } from '#core/segment-records.ts';
import type { Drizzle } from './database.ts';
import { createFactRows } from './fact-rows.ts';
import { createProjector } from './projector.ts';
import { links, locations, parts, settings, tombstones, versions, videos } from './schema/journal-tables.ts';
import type { SegmentRows } from './segment-rows.ts';

/** Raised when records are projected differently: the rows are then made again from the segments. */
const projectionVersion = '4';

export interface Projection {
  /** Applies a segment that follows all others; one that was applied before changes nothing. */
  apply(segment: Segment): void;
  /**
   * Applies what is kept and not yet applied. Where a record comes before others that were applied, the rows
   * are made again from all segments, so that it is the order of the records that counts and never that of
   * their arrival. Gives how many segments there were, and whether it began again.
   */
  catchUp(): { readonly segments: number; readonly fromScratch: boolean };
  /** Makes the rows again from all segments; leaves them where a segment is known by its name only. */
  startAgain(): void;
  lastSeq(): number;
}

/** Makes the archive's rows from the journal's segments. Runs inside the caller's transaction. */
export function createProjection(db: Drizzle, segments: SegmentRows): Projection {
  const project = createProjector(db);
  const facts = createFactRows(db);
  const lastSeq = () => Number(facts.get('lastSeq') ?? 0);

  const projectAll = (records: Iterable<AnyRecord>): void => {
    let last = lastSeq();
    for (const record of records) {
      last = Math.max(last, record.seq);
      if (record.kind !== 'unknown') project(record);
    }
    facts.set('lastSeq', String(last));
  };

  const sourcesOf = (names: readonly string[]) =>
    names.map((name) => ({ name, read: () => segments.content(name) }));

  const startAgain = (): void => {
    if (segments.isAnyWithoutContent()) return;
    const seenAgain = db
      .select({ id: versions.id, times: versions.seenAgain })
      .from(versions)
      .where(gt(versions.seenAgain, 0))
      .all();
    for (const table of [links, settings, locations, tombstones, parts, versions, videos])
      db.delete(table).run();
    keepSeen(db, () => projectAll(mergeRecords(sourcesOf([...segments.list()].map(({ name }) => name)))));
    for (const { id, times } of seenAgain) {
      db.update(versions).set({ seenAgain: times }).where(eq(versions.id, id)).run();
    }
    segments.markApplied();
    facts.set('projection', projectionVersion);
  };

  return {
    lastSeq,
    startAgain,
    apply(segment) {
      if (segments.isKept(segment.name)) return;
      segments.keep({ ...segment, isWhole: true }, true);
      projectAll(readRecords(segment.content));
      if (facts.get('projection') === null) facts.set('projection', projectionVersion);
    },
    catchUp() {
      const names = segments.unapplied();
      const isLate = names.some((name) => (parseSegmentName(name)?.seq ?? 0) <= lastSeq());
      const isOutdated = facts.get('projection') !== projectionVersion;
      // What is known by name only cannot be made again: its rows stay, and the rest is added.
      const fromScratch = (isLate || isOutdated) && !segments.isAnyWithoutContent();
      if (fromScratch) startAgain();
      else projectAll(mergeRecords(sourcesOf(names)));
      segments.markApplied();
      return { segments: names.length, fromScratch };
    },
  };
}

/**
 * What was last seen of a copy no record tells, and `project` leaves it open where one was damaged and mended: there it
 * stays as it was, as nobody may come to look for weeks.
 */
function keepSeen(db: Drizzle, project: () => void): void {
  db.run(sql`CREATE TEMP TABLE seen (digest, location, state, PRIMARY KEY (digest, location)) WITHOUT ROWID`);
  db.run(sql`INSERT INTO seen SELECT digest, location, state FROM copies
    WHERE state IN ('present', 'missing', 'unreachable')`);
  project();
  db.run(sql`UPDATE copies SET state = seen.state FROM seen
    WHERE copies.state = 'unknown' AND copies.digest = seen.digest AND copies.location = seen.location`);
  db.run(sql`DROP TABLE seen`);
}
