import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CatalogueDatabase, openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { isReelholdError } from '#core/errors.ts';
import { createLocalDay } from '#core/local-day.ts';
import type { Change } from '#core/plan-change.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Journal } from '#core/ports/journal.ts';
import { createSourceLook, type SourceLook } from '#daemon/import/source-look.ts';
import { createIntake, type Intake } from '#daemon/intake/intake.ts';
import type { Taken, TakeRequest } from '#daemon/intake/take.ts';
import { createLedger, type Ledger } from '#daemon/ledger.ts';
import { type AdoptDeps, createAdopt } from '#daemon/operations/adopt.ts';
import { createChange, formatChange } from '#daemon/operations/change.ts';
import {
  type ReconcileDeps,
  type ReconcileOptions,
  type Reconciliation,
  reconcile,
} from '#daemon/reconcile.ts';
import { createHashLists } from '#store/hash-list-file.ts';
import { createMemoryBlobStore, type MemoryBlobStore } from '#store/memory-blob-store.ts';
import { createMemoryJournal, type MemoryJournal } from '#store/memory-journal.ts';
import { createSourceFiles } from '#store/source-files.ts';
import { runHandler } from './operations.ts';
import { writer as firstWriter } from './records.ts';
import { countedIds } from './taken-files.ts';
import { createTestClock, type TestClock } from './test-clock.ts';
import { createTestLog, type TestLog } from './test-log.ts';

/** Where the archive of a test is. */
export const location = 'vault';

/** The vault of an installation, as a location. */
export function vaultOf(writer = firstWriter): string {
  return writer === firstWriter ? location : `vault of ${writer}`;
}

/** An archive and its intake, over whatever keeps its bytes and its journal. */
export interface TestArchive extends Disposable {
  readonly database: CatalogueDatabase;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly intake: Intake;
  readonly clock: TestClock;
  readonly log: TestLog;
  /** How often the intake said that something was taken. */
  takenCount(): number;
  /** Writes a file of these bytes and takes it. */
  take(name: string, bytes: string | Uint8Array, change?: Partial<TakeRequest>): Promise<Taken>;
  /** What `reconcile` does at a start, with this archive or parts of another. */
  reconcile(change?: Partial<ReconcileDeps>, options?: ReconcileOptions): Promise<Reconciliation>;
  /** Does what the owner asks for, where it is possible. */
  change(change: Change): Promise<string | undefined>;
  /** Adopts what stands in the store without a record. */
  adopt(change?: Partial<AdoptDeps>): Promise<string | undefined>;
}

export interface MemoryArchive extends TestArchive {
  readonly store: MemoryBlobStore;
  readonly journal: MemoryJournal;
}

interface Wraps {
  /** Puts something between the intake and the store, such as a failure. */
  readonly store?: (store: MemoryBlobStore) => BlobStore;
  readonly journal?: (journal: Journal) => Journal;
}

/** Opens an archive of which the bytes and the journal are in memory, and the catalogue is real. */
export function openMemoryArchive(folder: string, wraps: Wraps = {}): MemoryArchive {
  const store = createMemoryBlobStore();
  const journal = createMemoryJournal();
  const archive = openTestArchive(folder, wraps.store?.(store) ?? store, wraps.journal?.(journal) ?? journal);
  return { ...archive, store, journal };
}

/** Opens a real, empty catalogue in the folder over this store and this journal. */
export function openTestArchive(
  folder: string,
  store: BlobStore,
  journal: Journal,
  /** Which installation writes; two of one archive have names of their own. */
  writer = firstWriter,
): TestArchive {
  const sources = join(folder, 'sources');
  mkdirSync(sources, { recursive: true });
  const database = openForWriting(join(folder, 'catalogue.sqlite'));
  const catalogue = createTransactor(database);
  const clock = createTestClock();
  const log = createTestLog();
  let taken = 0;
  const ledger = createLedger({ journal, catalogue, clock, writer });
  const localDay = createLocalDay('Europe/Berlin');
  const common = {
    store,
    catalogue,
    ledger,
    clock,
    location: vaultOf(writer),
    newId: countedIds(writer === firstWriter ? 'id' : writer),
    localDay,
  };
  const onTaken = () => {
    taken += 1;
  };
  const intake = createIntake({ ...common, largestBatch: 250, onTaken });
  return {
    ...{ database, catalogue, ledger, intake, clock, log },
    takenCount: () => taken,
    take(name, bytes, change = {}) {
      const path = writeSource(sources, name, bytes);
      const base = { source: { path, within: sources }, continues: null, sizeBytes: bytes.length };
      return intake.take({ ...base, signal: new AbortController().signal, ...change });
    },
    reconcile: (change = {}, options = {}) => reconcile({ ...common, journal, log, ...change }, options),
    change: (change) =>
      runHandler(createChange(common), formatChange(change)).catch((error: unknown) => {
        if (isReelholdError(error, 'unsupported')) return 'refused';
        throw error;
      }),
    adopt: (change = {}) => runHandler(createAdopt({ ...common, intake, log, ...change }), ''),
    [Symbol.dispose]: () => database.sqlite.close(),
  };
}

let written = 0;

/** Each file stands in a folder of its own, so that many of one name can be on their way at once. */
function writeSource(sources: string, name: string, bytes: string | Uint8Array): string {
  written += 1;
  const folder = join(sources, `${written}`);
  mkdirSync(folder);
  writeFileSync(join(folder, name), bytes);
  const day = Date.UTC(2026, 10, 20) / 1000;
  utimesSync(join(folder, name), day, day);
  return join(folder, name);
}

/** Looks into real files for who takes them into such an archive. */
export function lookOf({ catalogue, clock }: Pick<TestArchive, 'catalogue' | 'clock'>): SourceLook {
  const files = createSourceFiles();
  return createSourceLook({ files, hashLists: createHashLists(files), catalogue, clock });
}
