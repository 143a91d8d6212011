import type { KitFacts, KitNote } from '#core/recovery-kit.ts';
import type { Drizzle } from './database.ts';
import { createFactRows } from './fact-rows.ts';

const key = 'kit';

/** The recovery kit that was made last; null where none was. */
export function readKit(db: Drizzle): KitNote | null {
  const json = createFactRows(db).get(key);
  return json === null ? null : (JSON.parse(json) as KitNote);
}

/** A kit with a smaller number was made before, whenever its record comes. */
export function applyKit(db: Drizzle, facts: KitFacts): void {
  const { version, places, phrase, confirmedAt, keptAt } = facts;
  if (version < (readKit(db)?.version ?? 0)) return;
  const note: KitNote = { version, places, phrase, confirmedAt, keptAt };
  createFactRows(db).set(key, JSON.stringify(note));
}
