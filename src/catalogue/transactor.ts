import type { Catalogue } from '#core/ports/catalogue.ts';
import { createArchiveRows } from './archive-rows.ts';
import { createCipherRows } from './cipher-rows.ts';
import type { CatalogueDatabase } from './database.ts';
import { createHoldRows } from './hold-rows.ts';
import { createImportRows } from './import-rows.ts';
import { createLibraryRows } from './library-rows.ts';
import { createMediaRows } from './media-rows.ts';
import { createNoteRows } from './note-rows.ts';
import { createOperationRows } from './operation-rows.ts';
import { createPlaceRows } from './place-rows.ts';
import { createProofRows } from './proof-rows.ts';
import { createSidecarRows } from './sidecar-rows.ts';
import { createSightingRows } from './sighting-rows.ts';
import { guarded, guarding } from './sqlite-errors.ts';

const operation = 'write to';

/**
 * Everything that writes to the catalogue, over one connection. Whatever the disk or the file is to blame for
 * leaves as a `ReelholdError` (`translateSqlite`), and the transaction it broke off is rolled back.
 */
export function createTransactor(database: CatalogueDatabase): Catalogue {
  const { sqlite, db } = database;
  /**
   * Commits without waiting for the disk: a power cut may take back the last of these, but never their order,
   * and the next durable commit makes them durable too.
   */
  const loosely = <T>(write: () => T): T => {
    if (sqlite.inTransaction) return write();
    sqlite.pragma('synchronous = NORMAL');
    try {
      return write();
    } finally {
      sqlite.pragma('synchronous = FULL');
    }
  };

  /** Every call of these rows on its own is loose: what they say is found out again where it is lost. */
  const loose = <Rows extends object>(rows: Rows): Rows =>
    Object.fromEntries(
      Object.entries(rows).map(([name, call]: [string, (...args: unknown[]) => unknown]) => [
        name,
        (...args: unknown[]) => loosely(() => call(...args)),
      ]),
    ) as Rows;

  const transact = <T>(write: () => T): T =>
    sqlite.inTransaction ? write() : sqlite.transaction(write).immediate();

  const durableRows = <Rows extends object>(rows: Rows): Rows => guarded(rows, operation, database);
  const looseRows = <Rows extends object>(rows: Rows): Rows => guarded(loose(rows), operation, database);
  return {
    archive: durableRows(createArchiveRows(db)),
    proofs: durableRows(createProofRows(db)),
    imports: looseRows(createImportRows(db)),
    sightings: looseRows(createSightingRows(db)),
    holds: durableRows(createHoldRows(db)),
    operations: looseRows(createOperationRows(db)),
    media: looseRows(createMediaRows(db)),
    sidecars: looseRows(createSidecarRows(db)),
    library: looseRows(createLibraryRows(db)),
    notes: looseRows(createNoteRows(db)),
    places: durableRows(createPlaceRows(db)),
    ciphers: durableRows(createCipherRows(db)),
    together: (write) => guarding(operation, database, () => transact(write)),
    looselyTogether: (write) => guarding(operation, database, () => loosely(() => transact(write))),
  };
}
