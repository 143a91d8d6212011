import { mkdirSync } from 'node:fs';
import { createPlaces, type Places } from '#compose-places.ts';
import { dayMs, type Place } from '#core/assess.ts';
import { blobPath, type Digest, parseDigest } from '#core/digest.ts';
import { createLocalTime } from '#core/local-time.ts';
import { placeLane } from '#core/operation.ts';
import { type PlaceResult, parsePlaceResult } from '#core/place-result.ts';
import type { PlaceChange, PlaceWish } from '#core/plan-place.ts';
import type { Location, PlaceIdentity } from '#core/ports/location.ts';
import type { ProbeOutcome } from '#core/ports/media.ts';
import { createHeal } from '#daemon/operations/heal.ts';
import { createProve } from '#daemon/operations/prove.ts';
import { formatPlaceChange } from '#daemon/places/change-place.ts';
import type { OpenByKit } from '#daemon/places/drill.ts';
import { createWorker } from '#daemon/worker.ts';
import { createMemoryLocation, createMemoryPlace, type MemoryPlace } from '#locations/memory-location.ts';
import { createDiskJournal } from '#store/disk-journal.ts';
import type { HashPool } from '#store/hash-pool.ts';
import { type DiskArchive, openDiskArchive } from './disk-archive.ts';
import { vaultOf } from './memory-archive.ts';
import { runHandler } from './operations.ts';
import { proving } from './provers.ts';
import { writer } from './records.ts';

/** An archive on a disk, whose other places are in memory: the whole of what mirrors, proves, heals and rehearses. */
export interface PlaceBench extends DiskArchive {
  readonly places: Places;
  /** Its own vault, as a location. */
  readonly vault: string;
  /** What stands in a slot that a drive is plugged into, or behind a remote's path. */
  readonly slots: Map<string, MemoryPlace>;
  /** Takes a video and has the vault prove it; gives its digest. */
  hold(name: string, bytes: string): Promise<Digest>;
  changePlace(change: PlaceChange): Promise<string | undefined>;
  /** Adds a drive in a slot of its name, and brings it up to date; gives its id and its disk. */
  addDrive(
    name: string,
    wish?: Partial<PlaceWish>,
  ): Promise<{ readonly id: string; readonly place: MemoryPlace }>;
  /** Has work done at a place, with all that follows from it there; gives what it came to. */
  at(id: string, kind: string): Promise<PlaceResult | null>;
  /** Does all that is due in the lane of a place. */
  drain(id: string): Promise<void>;
  /** Does all that is due in the vault's lane. */
  drainVault(): Promise<void>;
  copy(digest: Digest, id: string): ReturnType<DiskArchive['catalogue']['archive']['copy']>;
  listed(): readonly Place[];
}

export interface BenchChange {
  /** Who writes: another installation has another name. */
  readonly writer?: string;
  readonly probe?: (file: string) => Promise<ProbeOutcome>;
  /** Puts something between the daemon and a place. */
  readonly wrap?: (location: Location) => Location;
  readonly slots?: Map<string, MemoryPlace>;
  readonly budgetBytes?: number | null;
  readonly openByKit?: OpenByKit;
  readonly ownFolderAt?: (path: string) => string | null;
  /** The page that a place shows its videos by. */
  readonly openMe?: string;
  /** How much of what a place lacks is looked up at once. */
  readonly pageSize?: number;
  /** Room for what is encrypted before it is brought. */
  readonly spoolBytes?: () => number;
}

const archiveMark = {
  format: 1,
  archive: '0198f2a0-0000-7000-8000-00000000000a',
  createdAt: '2026-11-22T17:00:00.000Z',
};

export function openPlaceBench(folder: string, pool: HashPool, change: BenchChange = {}): PlaceBench {
  mkdirSync(folder, { recursive: true });
  const vault = vaultOf(change.writer);
  const archive = openDiskArchive(folder, pool, 'hardlink', change.writer);
  const { catalogue, clock, ledger, log, blobs, vaultDir } = archive;
  const slots = change.slots ?? new Map<string, MemoryPlace>();
  const open = ({ path }: { readonly path: string }, identity: PlaceIdentity): Location => {
    const slot = slots.get(path) ?? createMemoryPlace();
    slots.set(path, slot);
    /** Whatever stands in the slot when it is asked. */
    const now = (): Location => createMemoryLocation(slots.get(path) ?? slot, identity);
    const through: Location = {
      kind: 'memory',
      look: (...args) => now().look(...args),
      prepare: (...args) => now().prepare(...args),
      put: (...args) => now().put(...args),
      list: (...args) => now().list(...args),
      prove: (...args) => now().prove(...args),
      fetch: (...args) => now().fetch(...args),
      read: (...args) => now().read(...args),
      putMutable: (...args) => now().putMutable(...args),
      replaceUnproven: (...args) => now().replaceUnproven(...args),
      erase: (...args) => now().erase(...args),
    };
    return change.wrap?.(through) ?? through;
  };
  const facts: ProbeOutcome = { kind: 'unavailable', tool: 'ffprobe' };
  const places = createPlaces({
    ...{ catalogue, clock, ledger, log, archiveMark, open },
    ...{ store: blobs.store, journal: createDiskJournal({ root: vaultDir }), vaultRoot: vaultDir },
    ...{ location: vault, writer: change.writer ?? writer },
    media: { probe: change.probe ?? (async () => facts) },
    sharesVaultDisk: async () => false,
    spoolRoom: async () => change.spoolBytes?.() ?? null,
    pageSize: change.pageSize,
    localTime: createLocalTime('Europe/Berlin'),
    carryOver: async () => {},
    ownFolderAt: change.ownFolderAt ?? (() => null),
    makeOpenMe: async () => (change.openMe === undefined ? null : new TextEncoder().encode(change.openMe)),
    compareKit: async () => [],
    openByKit:
      change.openByKit ??
      (async ({ location }) => ({ fetch: location.fetch, async [Symbol.asyncDispose]() {} })),
    proofSettings: () => ({ promiseMs: 90 * dayMs, budgetBytes: change.budgetBytes ?? null }),
  });
  places.book.noteAll();
  const untouched = new AbortController().signal;
  const deps = { catalogue, clock, ledger, log, location: vault, store: blobs.store, intake: archive.intake };
  const runChange = (asked: PlaceChange) => runHandler(places.change, formatPlaceChange(asked));
  const drain = (id: string) =>
    createWorker({
      ...{ catalogue, clock, log },
      ...{ lane: placeLane(id), handlers: places.handlersOf(id) },
    }).drain(untouched);
  const drainVault = () => {
    const handlers = {
      prove: createProve(proving(deps)),
      heal: createHeal({ ...deps, sources: [places.copies] }),
    };
    return createWorker({ catalogue, clock, log, lane: 'vault', handlers }).drain(untouched);
  };
  return {
    ...archive,
    ...{ places, slots, vault, drain, drainVault },
    async hold(name, bytes) {
      const { digest } = await archive.take(name, bytes);
      await runHandler(createProve(proving(deps)), vault);
      return parseDigest(digest);
    },
    changePlace: runChange,
    async addDrive(name, wish = {}) {
      const id = await runChange({ kind: 'add', wish: { name, placeKind: 'drive', path: name, ...wish } });
      const place = slots.get(wish.path ?? name);
      if (id === undefined || place === undefined) throw new Error('it was added');
      await drain(id);
      return { id, place };
    },
    async at(id, kind) {
      const nowMs = clock.nowMs();
      const operation = { kind, lane: placeLane(id), subject: id, notBeforeMs: nowMs };
      const row = catalogue.operations.insert(operation, nowMs);
      await drain(id);
      return parsePlaceResult(catalogue.operations.get(row)?.result);
    },
    copy: (digest, id) => catalogue.archive.copy(digest, id),
    listed: () => catalogue.notes.condition('places')?.places ?? [],
  };
}

/** Turns a bit of a film's copy at a place over. */
export function flipCopy({ files }: MemoryPlace, digest: Digest): void {
  const path = blobPath({ digest, ext: 'mp4' });
  const bytes = Uint8Array.from(files.get(path) ?? []);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  files.set(path, bytes);
}
