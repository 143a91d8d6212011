import { eq, sql } from 'drizzle-orm';
import type { ConditionName, Conditions } from '#core/conditions.ts';
import type { NoteRows } from '#core/ports/catalogue.ts';
import type { Drizzle } from './database.ts';
import { createFactRows } from './fact-rows.ts';
import { lazily } from './lazily.ts';
import { conditions, jobs } from './schema/work-tables.ts';

/** Gives what was last found out about the surroundings; null where it never was. */
type ReadCondition = <Name extends ConditionName>(name: Name) => Conditions[Name] | null;

export function createConditionReader(db: Drizzle, select = lazily(() => prepareSelect(db))): ReadCondition {
  return <Name extends ConditionName>(name: Name) => {
    const row = select().get({ name });
    return row === undefined ? null : (JSON.parse(row.json) as Conditions[Name]);
  };
}

function prepareSelect(db: Drizzle) {
  const isIt = eq(conditions.name, sql.placeholder('name'));
  return db.select({ json: conditions.json }).from(conditions).where(isIt).prepare();
}

export function createNoteRows(db: Drizzle): NoteRows {
  const facts = createFactRows(db);
  const select = lazily(() => prepareSelect(db));
  return {
    fact: facts.get,
    setFact: facts.set,
    condition: createConditionReader(db, select),
    setCondition(name, value, nowMs) {
      const json = JSON.stringify(value);
      if (select().get({ name })?.json === json) return;
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
