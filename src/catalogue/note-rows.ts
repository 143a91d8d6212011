import { eq } from 'drizzle-orm';
import type { ConditionName, Conditions } from '#core/conditions.ts';
import type { NoteRows } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { createFactRows } from './fact-rows.ts';
import { conditions, jobs } from './schema/work-tables.ts';

/** What was last found out about the surroundings; null where it never was. */
export function readCondition<Name extends ConditionName>(db: Drizzle, name: Name): Conditions[Name] | null {
  const row = db.select().from(conditions).where(eq(conditions.name, name)).get();
  return row === undefined ? null : (JSON.parse(row.json) as Conditions[Name]);
}

export function createNoteRows(db: Drizzle): NoteRows {
  const facts = createFactRows(db);
  return {
    fact: facts.get,
    setFact: facts.set,
    condition: (name) => readCondition(db, name),
    setCondition(name, value, nowMs) {
      const json = JSON.stringify(value);
      if (db.select().from(conditions).where(eq(conditions.name, name)).get()?.json === json) return;
      db.insert(conditions)
        .values({ name, json, atMs: nowMs })
        .onConflictDoUpdate({ target: conditions.name, set: { json, atMs: nowMs } })
        .run();
    },
    dropCondition(name) {
      db.delete(conditions).where(eq(conditions.name, name)).run();
    },
    lastSuccessMs: (job) => db.select().from(jobs).where(eq(jobs.name, job)).get()?.lastSuccessAtMs ?? null,
    setSuccess(job, nowMs) {
      db.insert(jobs)
        .values({ name: job, lastSuccessAtMs: nowMs })
        .onConflictDoUpdate({ target: jobs.name, set: { lastSuccessAtMs: nowMs } })
        .run();
    },
  };
}
