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
  return {
    archive: createArchiveRows(db),
    sightings: createSightingRows(db),
    holds: createHoldRows(db),
    operations: createOperationRows(db),
    media: createMediaRows(db),
    library: createLibraryRows(db),
    notes: createNoteRows(db),
    together(write) {
      return sqlite.inTransaction ? write() : sqlite.transaction(write).immediate();
    },
  };
}
