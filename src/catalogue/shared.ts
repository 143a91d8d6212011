import { type CatalogueDatabase, openForReading, openForWriting } from './database.ts';
import { firstPending } from './migration.ts';

/**
 * Opens for writing the catalogue of somebody else, who holds the vault and keeps it in shape; null while it is not
 * in this version's shape, as when that one has only just started.
 */
export function openShared(file: string): CatalogueDatabase | null {
  using reader = openForReading(file);
  return reader !== null && isInShape(reader) ? openForWriting(file) : null;
}

function isInShape({ sqlite }: CatalogueDatabase): boolean {
  const table = sqlite
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'operations'")
    .get();
  return table !== undefined && firstPending(sqlite) === null;
}
