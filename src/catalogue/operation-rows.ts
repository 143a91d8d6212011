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
import { operations } from './schema.ts';

/** How many due rows are looked at for the next one: the oldest due, so that the first is always among them. */
const window = 16;

export function createOperationRows(db: Drizzle): OperationRows {
  const { selectPending, insertPending } = prepareInsert(db);
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
      return db.transaction(
        (tx) => {
          const rows = tx
            .select()
            .from(operations)
            .where(
              and(
                eq(operations.state, 'pending'),
                eq(operations.lane, lane),
                or(lte(operations.notBeforeMs, nowMs), gt(operations.notBeforeMs, nowMs + farthestAheadMs)),
              ),
            )
            .orderBy(asc(operations.createdAtMs), asc(operations.id))
            .limit(window)
            .all();
          const next = nextOperation(rows.map(toOperation), nowMs);
          if (next === null) return null;
          const attempt = next.attempt + 1;
          tx.update(operations)
            .set({ state: 'running', attempt, progress: null })
            .where(eq(operations.id, next.id))
            .run();
          return { ...next, state: 'running', attempt };
        },
        { behavior: 'immediate' },
      );
    },
    nextDueMs(lane) {
      const row = db
        .select({ due: min(operations.notBeforeMs) })
        .from(operations)
        .where(and(eq(operations.state, 'pending'), eq(operations.lane, lane)))
        .get();
      return row?.due ?? null;
    },
    finish(id, { state, notBeforeMs, error, result }, nowMs) {
      const isOver = state === 'done' || state === 'failed';
      db.update(operations)
        .set({
          state,
          notBeforeMs,
          error,
          progress: null,
          finishedAtMs: isOver ? nowMs : null,
          ...(result === undefined ? {} : { result }),
        })
        .where(eq(operations.id, id))
        .run();
    },
    setProgress(id, percent) {
      db.update(operations)
        .set({ progress: Math.round(percent) })
        .where(eq(operations.id, id))
        .run();
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
      return row === undefined ? null : { ...toOperation(row), progress: row.progress, result: row.result };
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
