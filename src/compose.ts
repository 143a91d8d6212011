import { randomUUIDv7 } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createCatalogueBackups } from '#catalogue/backup.ts';
import type { CatalogueDatabase } from '#catalogue/database.ts';
import { openOwnCatalogue } from '#catalogue/health.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import type { VaultRefusal } from '#core/archive-format.ts';
import { defaultPromiseMs } from '#core/assess.ts';
import { describeError } from '#core/errors.ts';
import { createLocalDay } from '#core/local-day.ts';
import { createLocalTime } from '#core/local-time.ts';
import { type ProofSettings, paceOf } from '#core/plan-proof.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { CatalogueBackups } from '#core/ports/catalogue-backups.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Library } from '#core/ports/library.ts';
import type { Log } from '#core/ports/log.ts';
import { proofSettings } from '#core/settings.ts';
import { type ChangeGuard, createChangeGuard } from '#daemon/change-guard.ts';
import { createSourceLook, type SourceLook } from '#daemon/import/source-look.ts';
import { createIntake, type Intake, type IntakeDeps } from '#daemon/intake/intake.ts';
import { createLedger, type Ledger } from '#daemon/ledger.ts';
import { createAdopt } from '#daemon/operations/adopt.ts';
import { createChange } from '#daemon/operations/change.ts';
import { createCheckJournal } from '#daemon/operations/check-journal.ts';
import { createErase } from '#daemon/operations/erase.ts';
import { createNoteKit } from '#daemon/operations/note-kit.ts';
import { createProve } from '#daemon/operations/prove.ts';
import { createVaultProver } from '#daemon/operations/prover.ts';
import { createRebuild } from '#daemon/operations/rebuild.ts';
import { createRefreshLibrary } from '#daemon/operations/refresh-library.ts';
import { createScrub } from '#daemon/operations/scrub.ts';
import { createVerify } from '#daemon/operations/verify.ts';
import { createCipherLedger } from '#daemon/places/cipher-ledger.ts';
import { requestErasing } from '#daemon/places/erase-copies.ts';
import { requestMirrors } from '#daemon/places/mirror.ts';
import { type ReconcileOptions, type Reconciliation, reconcile } from '#daemon/reconcile.ts';
import { requestShownAgain } from '#daemon/request-library.ts';
import { createSpaceGuard, type SpaceGuard } from '#daemon/space-guard.ts';
import type { Handler } from '#daemon/worker.ts';
import { createFfmpegMedia } from '#media/ffmpeg-media.ts';
import { createDiskBlobStore } from '#store/disk-blob-store.ts';
import { createDiskJournal } from '#store/disk-journal.ts';
import { createDiskLibrary } from '#store/disk-library.ts';
import { readDiskSpace } from '#store/file-space.ts';
import { createHashLists } from '#store/hash-list-file.ts';
import { createHashPool } from '#store/hash-pool.ts';
import { loadInstallation, saveInstallation } from '#store/installation.ts';
import { createSourceFiles } from '#store/source-files.ts';
import { openVault, type VaultOutcome } from '#store/vault.ts';
import type { Program } from '#store/vault-lock.ts';
import { systemClock } from './clock.ts';
import { createPlaces, type Places } from './compose-places.ts';
import { createSharesVaultDisk, createSpoolRoom, createWays } from './compose-ways.ts';
import type { Config } from './config.ts';
import { kitDeps } from './kit-secrets.ts';
import { createKitWays } from './kit-ways.ts';
import { createOpenLocation, type Ways } from './open-location.ts';
import { createOpenMeMaker } from './open-me.ts';
import { ownFolderAt } from './own-folders.ts';
import { carryRemoteConfig } from './place-folders.ts';
import { compareKit } from './recovery-kit.ts';
import { tellFailures } from './tell-failures.ts';

/** The archive, opened for writing by this process alone. */
export interface OpenArchive extends AsyncDisposable {
  readonly kind: 'open';
  readonly location: string;
  readonly clock: Clock;
  readonly store: BlobStore;
  readonly catalogue: Catalogue;
  readonly database: CatalogueDatabase;
  readonly backups: CatalogueBackups;
  readonly ledger: Ledger;
  readonly intake: Intake;
  readonly space: SpaceGuard;
  readonly changes: ChangeGuard;
  /** For files that are taken from anywhere; inboxes have their own. */
  readonly look: SourceLook;
  readonly library: Library | null;
  readonly refreshLibrary: Handler | null;
  /** Unites journal, store and catalogue; comes before anything is taken. */
  reconcile(options?: ReconcileOptions): Promise<Reconciliation>;
  readonly adopt: Handler;
  readonly change: Handler;
  readonly checkJournal: Handler;
  readonly rebuild: Handler;
  readonly places: Places;
  /** Reads the vault's copies back: those that never were, a night's share, all of them. */
  readonly prove: Handler;
  readonly scrub: Handler;
  readonly verify: Handler;
  readonly erase: Handler;
  readonly noteKit: Handler;
  /** How often copies are read back, as it is set now. */
  proofSettings(): ProofSettings;
}

/** What differs between a daemon, whose page must not wait, and a command, which wants to be done. */
export interface ArchiveUse extends Pick<IntakeDeps, 'onTaken' | 'largestBatch'> {
  readonly program: Program;
  /** Told of each failure of the catalogue, and of each file that could not be taken, also where it is handled. */
  readonly onFailure?: (error: unknown) => void;
  /** The machine's own where none is given. */
  readonly clock?: Clock;
  /** The ways to drives and remotes; this installation's own where none are given. */
  readonly ways?: Ways;
}

export type ArchiveOutcome =
  | OpenArchive
  | Extract<VaultOutcome, { kind: 'locked' }>
  | { readonly kind: 'refused'; readonly reason: VaultRefusal };

export function posterFile(config: Config, hex: string): string {
  return join(config.configDir, 'posters', hex.slice(0, 2), `${hex}.webp`);
}

/** Takes the vault for this process, opens its catalogue, and wires what takes files into them. */
export async function openArchive(config: Config, log: Log, use: ArchiveUse): Promise<ArchiveOutcome> {
  const clock = use.clock ?? systemClock;
  const installation = await loadInstallation(config.configDir);
  const vault = await openVault({
    root: config.vaultDir,
    writer: installation.writer,
    knownArchive: installation.archive,
    knownLocation: installation.location ?? null,
    program: use.program,
  });
  if (vault.kind !== 'open') return vault;
  await using stack = new AsyncDisposableStack();
  stack.use(vault);
  for (const file of vault.mended) {
    log.warn(
      { file, vault: vault.root },
      'A mark of the vault was damaged; it was made again from what is known.',
    );
  }
  for (const { name, error } of vault.unwritten) {
    log.warn(
      { file: name, error: describeError(error) },
      'A file for people could not be written to the vault.',
    );
  }
  if (installation.archive !== vault.archive || installation.location !== vault.location) {
    const { archive, location } = vault;
    await saveInstallation(config.configDir, { ...installation, archive, location });
  }
  const database = stack.use(openOwnCatalogue({ file: config.catalogueFile, log, nowMs: clock.nowMs }));
  const pool = stack.use(createHashPool(Math.min(4, Math.max(2, availableParallelism()))));
  const tell = use.onFailure ?? (() => {});
  const catalogue = tellFailures(createTransactor(database), tell);
  const store = createDiskBlobStore({ root: vault.root, pool });
  const journal = createDiskJournal({ root: vault.root });
  const ledger = tellFailures(createLedger({ journal, catalogue, clock, writer: installation.writer }), tell);
  const common = {
    store,
    catalogue,
    ledger,
    clock,
    location: vault.location,
    newId: randomUUIDv7,
    localDay: createLocalDay(config.timeZone),
  };
  const library =
    config.libraryMode === 'off'
      ? null
      : createDiskLibrary({
          root: config.libraryDir,
          mode: config.libraryMode,
          pool,
          blobFile: (ref) => store.localPath(ref) ?? '',
        });
  const intake = tellFailures(createIntake({ ...common, ...use }), tell);
  const reconcileArchive: OpenArchive['reconcile'] = (options) =>
    reconcile({ ...common, journal, log }, options);
  const promise = () => proofSettings(catalogue.archive.setting, defaultPromiseMs.nas);
  const change = createChange(common);
  const places = createPlaces({
    ...{ ...common, journal, log, vaultRoot: vault.root, archiveMark: vault.mark },
    ...{ writer: installation.writer, media: createFfmpegMedia(), proofSettings: promise },
    open: createOpenLocation(
      use.ways ?? createWays({ config, pool, clock, ledgerOf: (place) => createCipherLedger(common, place) }),
    ),
    ...{ spoolRoom: createSpoolRoom(config), localTime: createLocalTime(config.timeZone) },
    sharesVaultDisk: use.ways === undefined ? createSharesVaultDisk(config) : async () => false,
    carryOver: (from, to) => carryRemoteConfig(config, from, to),
    ownFolderAt: (path) => ownFolderAt(config, path),
    makeOpenMe: createOpenMeMaker({
      database,
      clock,
      localDay: common.localDay,
      posterFile: (hex) => posterFile(config, hex),
    }),
    openByKit: createKitWays({ config, clock }),
    compareKit: () =>
      compareKit(
        kitDeps(config, catalogue.places.list(), clock.nowMs()),
        catalogue.archive.kit(),
        catalogue.notes,
      ),
  });
  const reading = { ...common, log, prover: createVaultProver({ store, intake, clock }) };
  const changes = createChangeGuard({ catalogue, clock, log });
  const files = createSourceFiles();
  const owned = stack.move();
  return {
    kind: 'open',
    location: vault.location,
    clock,
    store,
    catalogue,
    database,
    backups: tellFailures(createCatalogueBackups(config.catalogueFile), tell),
    ledger,
    intake,
    look: createSourceLook({ files, hashLists: createHashLists(files), catalogue, clock }),
    changes,
    space: createSpaceGuard({ readSpace: () => readDiskSpace(vault.root), catalogue, clock, log }),
    library,
    refreshLibrary: library === null ? null : createRefreshLibrary({ library, catalogue, log }),
    reconcile: reconcileArchive,
    adopt: createAdopt({ ...common, intake, log }),
    async change(operation, context) {
      const before = promise();
      const result = await change(operation, context);
      if (!isDeepStrictEqual(promise(), before)) notePace(common, promise());
      places.book.noteAll();
      return result;
    },
    proofSettings: promise,
    checkJournal: createCheckJournal({ ...common, journal, log }),
    places,
    prove: createProve({ ...reading, onProven: () => requestMirrors({ ...common, book: places.book }) }),
    scrub: createScrub({
      ...{ ...reading, settings: promise },
      notePace: (pace) => catalogue.notes.setCondition('proofs', pace, clock.nowMs()),
    }),
    verify: createVerify({
      ...reading,
      onGoodAgain: (digest) => requestShownAgain(catalogue, digest, clock.nowMs()),
    }),
    erase: createErase({
      ...common,
      requestElsewhere: () => requestErasing({ catalogue, clock, book: places.book }),
      isMassChange: () => !changes.mayRemove(),
    }),
    noteKit: createNoteKit({ ...common, onNoted: () => requestMirrors({ ...common, book: places.book }) }),
    rebuild: createRebuild({ ...common, reconcile: reconcileArchive }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Says, for page and `status`, that the vault is open and what kind of place it is. */
export function noteVault(archive: OpenArchive): void {
  archive.catalogue.notes.setCondition('vault', { state: 'open' }, archive.clock.nowMs());
  archive.places.book.noteAll();
}

/** How long reading everything back takes, by what the owner set. */
function notePace({ catalogue, clock, location }: Noting, settings: ProofSettings): void {
  const pace = paceOf(catalogue.proofs.heldBytes(location), settings);
  catalogue.notes.setCondition('proofs', pace, clock.nowMs());
}

type Noting = Pick<OpenArchive, 'catalogue' | 'clock' | 'location'>;

/** Makes the folder a still goes into, and gives its path. */
export async function preparePosterFile(config: Config, hex: string): Promise<string> {
  const file = posterFile(config, hex);
  await mkdir(dirname(file), { recursive: true });
  return file;
}
