import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CatalogueDatabase, openForWriting } from '#catalogue/database.ts';
import { createQueries, type Queries } from '#catalogue/queries.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import type { InboxCondition } from '#core/conditions.ts';
import type { DiskSpace } from '#core/disk-space.ts';
import { encodeName } from '#core/file-name.ts';
import type { InboxKind, InboxMode } from '#core/inbox-mode.ts';
import { createLocalDay } from '#core/local-day.ts';
import type { Mount } from '#core/mount-info.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { createChangeGuard } from '#daemon/change-guard.ts';
import { createInbox, type Inbox } from '#daemon/inbox/inbox.ts';
import { readMounts } from '#daemon/inbox/mounts.ts';
import { type WatchFolder, watchInbox } from '#daemon/inbox/watch.ts';
import { createIntake, type Intake } from '#daemon/intake/intake.ts';
import { createLedger, type Ledger } from '#daemon/ledger.ts';
import { createProve } from '#daemon/operations/prove.ts';
import { createSpaceGuard } from '#daemon/space-guard.ts';
import { createDiskBlobStore } from '#store/disk-blob-store.ts';
import { createDiskJournal } from '#store/disk-journal.ts';
import { createHashLists } from '#store/hash-list-file.ts';
import { createHashPool } from '#store/hash-pool.ts';
import { createSourceFiles } from '#store/source-files.ts';
import { openVault } from '#store/vault.ts';
import { digestOf } from './digests.ts';
import { proving } from './provers.ts';
import { createTestClock, type TestClock } from './test-clock.ts';
import { createTestLog, type TestLog } from './test-log.ts';
import { until } from './until.ts';

export interface BenchOptions {
  readonly quietMs?: number;
  readonly mode?: InboxMode;
  readonly kind?: InboxKind;
  readonly readSpace?: () => Promise<DiskSpace>;
  /** Puts something between the intake and the real store. */
  readonly wrapStore?: (store: BlobStore) => BlobStore;
  readonly wrapCatalogue?: (catalogue: Catalogue) => Catalogue;
  /** Runs once the inbox's folder stands, before anybody looks at it. */
  readonly prepare?: (root: string) => Promise<void>;
  /** Where the inbox is, instead of a new folder. */
  readonly root?: string;
  readonly clock?: TestClock;
  /** In place of the real watcher, and of the system's list of mounts. */
  readonly watch?: WatchFolder;
  readonly readMounts?: () => Promise<readonly Mount[]>;
  /** As short as a test wants to wait. */
  readonly scanEveryMs?: number;
  readonly farQuietMs?: number;
}

/** A real inbox over a real vault in a temporary folder, without the rest of the daemon. */
export interface InboxBench extends AsyncDisposable {
  readonly folder: string;
  readonly root: string;
  readonly vaultDir: string;
  readonly catalogue: Catalogue;
  readonly queries: Queries;
  readonly database: CatalogueDatabase;
  readonly store: BlobStore;
  readonly intake: Intake;
  readonly inbox: Inbox;
  readonly clock: TestClock;
  readonly log: TestLog;
  /** Reads the vault's unproven copies back, as the daemon does in a quiet minute. */
  prove(): Promise<void>;
  /** Stops watching; what was being taken is broken off. */
  stop(): Promise<void>;
  /** As after a new start of the daemon: everything is made afresh over the same folders. */
  restart(options?: BenchOptions): Promise<InboxBench>;
}

const plenty: DiskSpace = { totalBytes: 1e12, freeBytes: 5e11 };

export async function openBench(options: BenchOptions = {}): Promise<InboxBench> {
  const folder = await mkdtemp(join(tmpdir(), 'reelhold-inbox-'));
  const root = options.root ?? join(folder, 'inbox');
  await mkdir(root, { recursive: true });
  await options.prepare?.(root);
  return start(folder, root, options);
}

async function start(folder: string, root: string, options: BenchOptions): Promise<InboxBench> {
  const stack = new AsyncDisposableStack();
  const vaultDir = join(folder, 'vault');
  const writer = '0123456789ab';
  const vault = await openVault({ root: vaultDir, writer, knownArchive: null });
  if (vault.kind !== 'open') throw new Error(`the vault is ${vault.kind}`);
  stack.use(vault);
  const clock = options.clock ?? createTestClock();
  const log = createTestLog();
  const database = stack.use(openForWriting(join(folder, 'catalogue.sqlite')));
  const catalogue = createTransactor(database);
  const pool = stack.use(createHashPool(2));
  const disk = createDiskBlobStore({ root: vaultDir, pool });
  const store = options.wrapStore?.(disk) ?? disk;
  const ledger = createLedger({ journal: createDiskJournal({ root: vaultDir }), catalogue, clock, writer });
  const location = vault.location;
  const localDay = createLocalDay('Europe/Berlin');
  const common = { store, catalogue, ledger, clock, log, location, newId: randomUUID };
  const intake = createIntake({ ...common, localDay, largestBatch: 250, onTaken: () => {} });
  const inbox = createInbox({
    ...common,
    catalogue: options.wrapCatalogue?.(catalogue) ?? catalogue,
    inbox: 'inbox',
    root,
    mode: options.mode ?? 'consume',
    kind: options.kind ?? 'loose',
    watch: options.watch ?? watchInbox,
    readMounts: options.readMounts ?? readMounts,
    ...(options.scanEveryMs === undefined ? {} : { scanEveryMs: options.scanEveryMs }),
    ...(options.farQuietMs === undefined ? {} : { farQuietMs: options.farQuietMs }),
    quietMs: options.quietMs ?? 250,
    intake,
    files: createSourceFiles(),
    hashLists: createHashLists(createSourceFiles()),
    changes: createChangeGuard({ catalogue, clock, log }),
    space: createSpaceGuard({ readSpace: options.readSpace ?? (async () => plenty), catalogue, clock, log }),
  });
  const stopping = new AbortController();
  const running = inbox.run(stopping.signal);
  running.catch(() => {}); // told by stop()
  const stop = async () => {
    stopping.abort();
    await running;
  };
  const close = async () => {
    await stop();
    await stack.disposeAsync();
  };
  return {
    ...{ folder, root, vaultDir, catalogue, database, store, intake, inbox, clock, log, stop },
    queries: createQueries(database, clock.nowMs),
    prove: () => proveAll({ ...common, ledger, intake }),
    async restart(changed = {}) {
      await close();
      return start(folder, root, { ...options, ...changed });
    },
    async [Symbol.asyncDispose]() {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function proveAll(deps: {
  store: BlobStore;
  catalogue: Catalogue;
  ledger: Ledger;
  intake: Intake;
  clock: TestClock;
  log: TestLog;
  location: string;
}): Promise<void> {
  const operation = {
    id: 0,
    kind: 'prove',
    lane: 'vault',
    subject: deps.location,
    state: 'running',
  } as const;
  const rest = { attempt: 1, notBeforeMs: 0, createdAtMs: 0, error: null };
  await createProve(proving(deps))(
    { ...operation, ...rest },
    { signal: new AbortController().signal, setProgress: () => {} },
  );
}

/** Lets time go by, much faster than it does, until it is so: a slow machine gets as much of it as it needs. */
export function patiently(
  bench: InboxBench,
  what: string,
  isSo: () => boolean | Promise<boolean>,
  stepMs = 1_000,
): Promise<boolean> {
  return until(what, () => {
    bench.clock.advance(stepMs);
    return isSo();
  });
}

/** Bytes that were never there before; a video by their name only. */
export function someBytes(sizeBytes = 10_000): Buffer {
  return randomBytes(sizeBytes);
}

/** Writes a file into the inbox in one go, folders and all; the name may stand for bytes that are no UTF-8. */
export async function put(bench: InboxBench, path: string, bytes: Uint8Array = someBytes()): Promise<Buffer> {
  const slash = path.lastIndexOf('/');
  if (slash > 0) await mkdir(inside(bench, path.slice(0, slash)), { recursive: true });
  await writeFile(inside(bench, path), bytes);
  return Buffer.from(bytes);
}

/** The bytes by which the system knows a path below the inbox. */
export function inside(bench: Pick<InboxBench, 'root'>, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${bench.root}/`), Buffer.from(encodeName(path))]);
}

export function isHeld(bench: InboxBench, bytes: Uint8Array): boolean {
  return bench.catalogue.archive.isHeld(digestOf(bytes));
}

/** Everything taken so far, oldest first. */
export function versions(bench: InboxBench): readonly VersionFacts[] {
  const rows = bench.database.sqlite.prepare(
    'SELECT video_id AS video, number, digest, name, seen_again AS seenAgain FROM versions ORDER BY seq',
  );
  return rows.all() as VersionFacts[];
}

export interface VersionFacts {
  readonly video: string;
  readonly number: number;
  readonly digest: string;
  readonly name: string;
  readonly seenAgain: number;
}

export function condition(bench: InboxBench): InboxCondition | null {
  return bench.queries.condition('inbox:inbox');
}

/** Paths of the files that stand in the inbox, hold and all. */
export async function filesIn(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort();
}
