import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type CatalogueDatabase, openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';

interface OpenCatalogue {
  readonly file: string;
  readonly database: CatalogueDatabase;
  readonly catalogue: Catalogue;
}

/** Gives each test a real, empty catalogue in its folder. */
export function useCatalogue(folder: { readonly path: string }): OpenCatalogue {
  const open = {} as { -readonly [Key in keyof OpenCatalogue]: OpenCatalogue[Key] };
  beforeEach(() => {
    open.file = join(folder.path, 'catalogue.sqlite');
    open.database = openForWriting(open.file);
    open.catalogue = createTransactor(open.database);
  });
  afterEach(() => {
    open.database.sqlite.close();
  });
  return open;
}

/** All rows of some tables, in an order that does not hang on when they were written. */
export function dumpTables(
  { sqlite }: CatalogueDatabase,
  tables: Readonly<Record<string, string>>,
): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(
    Object.entries(tables).map(([table, columns]) => [
      table,
      sqlite.prepare(`SELECT ${columns} FROM ${table} ORDER BY ${columns}`).all(),
    ]),
  );
}

/** What the journal alone decides of the catalogue, column by column. */
export const projectedColumns = {
  videos: 'id, title, folder, folder_key, trashed_at_ms, merged_into, project_key, changed_seq',
  versions:
    'id, video_id, number, digest, ext, size_bytes, name, name_base64, name_key, role, how, modified_at_ms, taken_at_ms, seq',
  parts: 'id, video_id, kind, digest, ext, size_bytes, name, name_base64, path, damaged, taken_at_ms, seq',
  links: 'platform, post, version_id, seq',
  settings: 'name, value',
  segments: 'name, is_applied, is_whole, content, "index"',
} as const;
