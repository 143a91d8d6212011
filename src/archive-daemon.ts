import { translating } from '#catalogue/sqlite-errors.ts';
import { createLocalDay } from '#core/local-day.ts';
import type { Log } from '#core/ports/log.ts';
import { createDaemon, type Daemon } from '#daemon/daemon.ts';
import { createBackUp } from '#daemon/operations/back-up.ts';
import { createHeldOriginals, createLibraryCopies } from '#daemon/operations/byte-sources.ts';
import { createLibraryGuard } from '#daemon/operations/check-library.ts';
import { createHashStreams, requestStreams } from '#daemon/operations/hash-streams.ts';
import { createHeal } from '#daemon/operations/heal.ts';
import { createImporter, createImportFiles } from '#daemon/operations/import-files.ts';
import { createProbe, probeAgain } from '#daemon/operations/probe.ts';
import { createReadSidecar, readSidecarsAgain } from '#daemon/operations/read-sidecar.ts';
import { createFileTaker, createTakeFile } from '#daemon/operations/take-file.ts';
import { createTakeInboxFile } from '#daemon/operations/take-inbox-file.ts';
import { watchPlaces } from '#daemon/places/watch-places.ts';
import { createFfmpegMedia } from '#media/ffmpeg-media.ts';
import { createStreamHasher } from '#media/stream-hashes.ts';
import { findTools } from '#media/tools.ts';
import { noteVault, type OpenArchive, preparePosterFile } from './compose.ts';
import type { Config } from './config.ts';
import { createInboxes } from './inboxes.ts';

/** Wires the daemon of an open archive: its inboxes, its operations, its clock. */
export async function createArchiveDaemon(config: Config, log: Log, archive: OpenArchive): Promise<Daemon> {
  const { store, catalogue, ledger, intake, space, changes, library, location, clock } = archive;
  const common = { store, catalogue, ledger, intake, clock, log, location };
  const guard = library === null ? null : createLibraryGuard({ ...common, library });
  const { book } = archive.places;
  noteVault(archive);
  await archive.places.compareKit();
  const inboxes = createInboxes(config, log, archive);
  const tools = await findTools();
  catalogue.notes.setCondition('tools', { tools }, clock.nowMs());
  if (tools.every((tool) => tool.found || tool.feature === 'remotes')) {
    probeAgain(catalogue, clock.nowMs());
    requestStreams(catalogue, clock.nowMs());
  }
  readSidecarsAgain(catalogue, clock.nowMs());
  return createDaemon({
    catalogue,
    clock,
    log,
    space,
    changes,
    inboxes,
    handlers: {
      intake: {
        add: createTakeFile(createFileTaker(archive)),
        import: createImportFiles(createImporter(archive)),
        'take-inbox-file': createTakeInboxFile(inboxes),
        adopt: archive.adopt,
        change: archive.change,
        rebuild: archive.rebuild,
        place: archive.places.change,
        'note-kit': archive.noteKit,
        'tend-places': archive.places.tend,
        rehearse: archive.places.askForDrills,
      },
      media: {
        probe: createProbe({
          store,
          catalogue,
          clock,
          media: createFfmpegMedia(),
          posterFile: (hex) => preparePosterFile(config, hex),
        }),
        'hash-streams': createHashStreams({ ...common, hasher: createStreamHasher() }),
        'read-sidecar': createReadSidecar({ store, catalogue, ledger, clock }),
      },
      library: {
        library: archive.refreshLibrary ?? nothingToDo,
        'check-library': guard?.checkAll ?? nothingToDo,
        'back-up': createBackUp({
          ...common,
          backups: archive.backups,
          localDay: createLocalDay(config.timeZone),
        }),
      },
      vault: {
        'check-journal': archive.checkJournal,
        prove: archive.prove,
        scrub: archive.scrub,
        verify: archive.verify,
        erase: archive.erase,
        heal: createHeal({
          ...common,
          sources: [
            ...config.inboxes.map(({ dir }) => createHeldOriginals({ catalogue, inbox: dir, root: dir })),
            createLibraryCopies({ catalogue, root: config.libraryDir }),
            archive.places.copies,
          ],
        }),
      },
    },
    places: {
      handlersOf: archive.places.handlersOf,
      watch: (onCame, signal) => watchPlaces({ book, catalogue, clock, log, onCame }, signal),
    },
    library: guard === null ? null : { root: config.libraryDir, look: guard.look },
    timeZone: config.timeZone,
    foreignWrites: () =>
      translating('read', () => Number(archive.database.sqlite.pragma('data_version', { simple: true }))),
  });
}

/** Whoever asks does not know whether there is a library. */
const nothingToDo = async () => undefined;
