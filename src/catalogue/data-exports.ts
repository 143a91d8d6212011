import { sql } from 'drizzle-orm';
import { dataExportNames } from '#core/data-export.ts';

/** SQL that says whether a row is of a platform's data export: by its own name, or by a folder that it came in. */
export const isExportedVersion = (table: string) => sql.raw(`(${anyOf(`${table}.name`)})`);

export const isExportedPart = (table: string) =>
  sql.raw(`(${anyOf(`${table}.name`)} OR ${anyOf(`'/' || coalesce(${table}.path, '') || '/'`, '*/')})`);

/** Bytes that some file has which is a data export, whatever else has them too. */
export const exportedDigests = sql`
  SELECT digest FROM versions WHERE ${isExportedVersion('versions')}
  UNION SELECT digest FROM parts WHERE ${isExportedPart('parts')}`;

/** The names are our own: nothing in them is anybody else's. */
function anyOf(text: string, before = ''): string {
  return dataExportNames.map((name) => `lower(${text}) GLOB '${before}${name}'`).join(' OR ');
}
