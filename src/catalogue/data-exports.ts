import { sql } from 'drizzle-orm';
import { dataExportFolder, dataExportNames } from '#core/data-export.ts';

/** SQL that says whether a row is of a platform's data export: by its own name, or by a folder that it came in. */
export const isExportedVersion = (table: string) => sql.raw(`(${isNamedSo(table)})`);

export const isExportedPart = (table: string) =>
  sql.raw(`(${isNamedSo(table)} OR lower('/' || coalesce(${table}.path, '')) GLOB '*/${dataExportFolder}')`);

/** Bytes that some file has which is a data export, whatever else has them too. */
export const exportedDigests = sql`
  SELECT digest FROM versions WHERE ${isExportedVersion('versions')}
  UNION SELECT digest FROM parts WHERE ${isExportedPart('parts')}`;

/** The names are our own: nothing in them is anybody else's. */
function isNamedSo(table: string): string {
  return dataExportNames.map((name) => `lower(${table}.name) GLOB '${name}'`).join(' OR ');
}
