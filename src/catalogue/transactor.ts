import type { Catalogue } from '#core/ports/catalogue.ts';
import { createArchiveRows } from './archive-rows.ts';
import type { CatalogueDatabase } from './database.ts';
import { createHoldRows } from './hold-rows.ts';
import { createLibraryRows } from './library-rows.ts';
import { createMediaRows } from './media-rows.ts';
import { createNoteRows } from './note-rows.ts';
import { createOperationRows } from './operation-rows.ts';
import { createSightingRows } from './sighting-rows.ts';

/** Everything that writes to the catalogue, over one connection. */
export function createTransactor({ sqlite, db }: CatalogueDatabase): Catalogue {
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

  return {
    archive: createArchiveRows(db),
    sightings: loose(createSightingRows(db)),
    holds: createHoldRows(db),
    operations: loose(createOperationRows(db)),
    media: loose(createMediaRows(db)),
    library: loose(createLibraryRows(db)),
    notes: loose(createNoteRows(db)),
    together(write) {
      return sqlite.inTransaction ? write() : sqlite.transaction(write).immediate();
    },
    looselyTogether(write) {
      return sqlite.inTransaction ? write() : loosely(() => sqlite.transaction(write).immediate());
    },
  };
}
