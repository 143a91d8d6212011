import { and, asc, eq, gt, inArray, lt, lte, min, or, sql } from 'drizzle-orm';
import {
  farthestAheadMs,
  type Lane,
  nextOperation,
  type Operation,
  type OperationState,
} from '#core/operation.ts';
import type { OperationRows } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { operations } from './schema/work-tables.ts';

/** How many due rows are looked at for the next one: the oldest due, so that the first is always among them. */
const window = 16;

export function createOperationRows(db: Drizzle): OperationRows {
  const { selectPending, insertPending } = prepareInsert(db);
  const { selectDue, selectNextDue, start, finish, setProgress } = prepareWork(db);
  return {
    insert(operation, nowMs) {
      const { kind, subject, notBeforeMs } = operation;
      const open = selectPending.get({ kind, subject });
      if (open === undefined) return insertPending.get({ ...operation, nowMs }).id;
      if (notBeforeMs < open.notBeforeMs) {
        db.update(operations).set({ notBeforeMs }).where(eq(operations.id, open.id)).run();
      }
      return open.id;
    },
    claim(lane, nowMs) {
      const readDue = () => selectDue.all({ lane, nowMs, farMs: nowMs + farthestAheadMs });
      // Lanes are woken much more often than there is work: that takes no lock.
      if (readDue().length === 0) return null;
      return db.transaction(
        () => {
          const next = nextOperation(readDue().map(toOperation), nowMs);
          if (next === null) return null;
          const attempt = next.attempt + 1;
          start.run({ id: next.id, attempt });
          return { ...next, state: 'running', attempt };
        },
        { behavior: 'immediate' },
      );
    },
    nextDueMs: (lane) => selectNextDue.get({ lane })?.due ?? null,
    finish(id, { state, notBeforeMs, error, result = null, failure = null }, nowMs) {
      const isOver = state === 'done' || state === 'failed';
      const finishedAtMs = isOver ? nowMs : null;
      finish.run({ id, state, notBeforeMs, error, failure, finishedAtMs, result });
    },
    setProgress(id, percent) {
      setProgress.run({ id, percent: Math.round(percent) });
    },
    recover() {
      return db
        .update(operations)
        .set({ state: 'pending', progress: null })
        .where(eq(operations.state, 'running'))
        .run().changes;
    },
    get(id) {
      const row = db.select().from(operations).where(eq(operations.id, id)).get();
      if (row === undefined) return null;
      const { progress, result, failure } = row;
      return { ...toOperation(row), progress, result, failure };
    },
    prune(beforeMs) {
      db.delete(operations)
        .where(and(inArray(operations.state, ['done', 'failed']), lt(operations.finishedAtMs, beforeMs)))
        .run();
    },
  };
}

/** One of these runs for each file that is taken. */
function prepareInsert(db: Drizzle) {
  const p = sql.placeholder;
  return {
    selectPending: db
      .select({ id: operations.id, notBeforeMs: operations.notBeforeMs })
      .from(operations)
      .where(
        and(
          eq(operations.kind, p('kind')),
          eq(operations.subject, p('subject')),
          eq(operations.state, 'pending'),
        ),
      )
      .prepare(),
    insertPending: db
      .insert(operations)
      .values({
        kind: p('kind'),
        lane: p('lane'),
        subject: p('subject'),
        notBeforeMs: p('notBeforeMs'),
        state: 'pending',
        createdAtMs: p('nowMs'),
      })
      .returning({ id: operations.id })
      .prepare(),
  };
}

/** These run whenever a lane is woken, and for each thing that is done. */
function prepareWork(db: Drizzle) {
  const p = sql.placeholder;
  const isIt = eq(operations.id, p('id'));
  const isPending = and(eq(operations.state, 'pending'), eq(operations.lane, p('lane')));
  const isDue = or(lte(operations.notBeforeMs, p('nowMs')), gt(operations.notBeforeMs, p('farMs')));
  return {
    selectDue: db
      .select()
      .from(operations)
      .where(and(isPending, isDue))
      .orderBy(asc(operations.createdAtMs), asc(operations.id))
      .limit(window)
      .prepare(),
    selectNextDue: db
      .select({ due: min(operations.notBeforeMs) })
      .from(operations)
      .where(isPending)
      .prepare(),
    start: db
      .update(operations)
      .set({ state: 'running', attempt: sql`${p('attempt')}`, progress: null })
      .where(isIt)
      .prepare(),
    /** A result that was given before stays where none is given now. */
    finish: db
      .update(operations)
      .set({
        state: sql`${p('state')}`,
        notBeforeMs: sql`${p('notBeforeMs')}`,
        error: sql`${p('error')}`,
        failure: sql`${p('failure')}`,
        progress: null,
        finishedAtMs: sql`${p('finishedAtMs')}`,
        result: sql`coalesce(${p('result')}, ${operations.result})`,
      })
      .where(isIt)
      .prepare(),
    setProgress: db
      .update(operations)
      .set({ progress: sql`${p('percent')}` })
      .where(isIt)
      .prepare(),
  };
}

function toOperation(row: typeof operations.$inferSelect): Operation {
  return {
    id: row.id,
    kind: row.kind,
    lane: row.lane as Lane,
    subject: row.subject,
    state: row.state as OperationState,
    attempt: row.attempt,
    notBeforeMs: row.notBeforeMs,
    createdAtMs: row.createdAtMs,
    error: row.error,
  };
}
