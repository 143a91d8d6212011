import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { createArchiveDaemon } from '#archive-daemon.ts';
import { type OpenArchive, openArchive } from '#compose.ts';
import { parseDigest } from '#core/digest.ts';
import { farthestAheadMs, type Lane } from '#core/operation.ts';
import type { Change } from '#core/plan-change.ts';
import type { PlaceChange } from '#core/plan-place.ts';
import type { Daemon } from '#daemon/daemon.ts';
import { formatChange } from '#daemon/operations/change.ts';
import { formatPlaceChange } from '#daemon/places/change-place.ts';
import { createHashPool, type HashPool } from '#store/hash-pool.ts';
import { digestOf } from '#tests/support/digests.ts';
import { createManualClock } from '#tests/support/manual-clock.ts';
import { emptyState, type ModelFile, type ModelState } from '#tests/support/model/state.ts';
import { writeFlushed } from '#tests/support/model/world.ts';
import { createTestLog } from '#tests/support/test-log.ts';
import { withoutTools } from '#tests/support/without-tools.ts';
import { DamageBook } from './damage-book.ts';
import { driveNames, type House, makeHouse, type PlaceName, placeNames, remoteName } from './house.ts';

export const hourMs = 60 * 60_000;
const mostRounds = 60_000;
/** After so many looks at work that is not done, whoever waits for a moment is let go on. */
const roundsAtOnce = 10;
const momentMs = 500;

/** An archive with all its places over the years: the real daemon, by a clock that runs as fast as it can work. */
export class World implements AsyncDisposable {
  readonly clock = createManualClock(Date.UTC(2026, 8, 30, 12));
  readonly startMs = this.clock.nowMs();
  readonly house: House;
  readonly damage = new DamageBook();
  /** All bytes that were ever brought, by digest. */
  readonly files = new Map<string, Buffer>();
  /** What the owner had deleted everywhere. */
  readonly erased = new Set<string>();
  readonly counts = {
    days: 0,
    steps: 0,
    faults: 0,
    healed: 0,
    restored: 0,
    starts: 0,
    vaults: 0,
    catalogues: 0,
  };
  /** Since when a drive is in its drawer, as far as the archive can know that; ms of the wall clock. */
  readonly inDrawerSinceMs = new Map<PlaceName, number>();
  /** The wall clock is as wrong as this, ms. */
  wrongByMs = 0;
  state: ModelState = emptyState;
  log = createTestLog();
  readonly #seed: number;
  readonly #stack = new AsyncDisposableStack();
  /** Of what is open. */
  #pool: HashPool | null = null;
  #locations: ReadonlyMap<string, PlaceName> = new Map();
  #archive: OpenArchive | null = null;
  #daemon: Daemon | null = null;
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #failure: unknown = null;
  #due: Database.Statement<[number, number], string> | null = null;

  constructor(house: House, seed: number) {
    this.house = house;
    this.#seed = seed;
    this.#stack.use(house);
    this.#stack.use(withoutTools(join(house.home.shelf, 'bin')));
  }

  get archive(): OpenArchive {
    if (this.#archive === null) throw new Error('the archive is closed');
    return this.#archive;
  }

  /** Days since the beginning, by a clock that is right. */
  get day(): number {
    return (this.clock.nowMs() + this.wrongByMs - this.startMs) / (24 * hourMs);
  }

  /** Opens it as the daemon does; gives why not, where it refuses to. */
  async tryToOpen(): Promise<string | null> {
    this.log = createTestLog();
    this.counts.starts += 1;
    const { config } = this.house.home;
    const pool = createHashPool(2);
    this.#pool = pool;
    const ways = this.house.ways(this.clock, pool);
    const onTaken = () => this.#daemon?.poke();
    const use = { program: 'daemon', onTaken, largestBatch: 64, clock: this.clock, ways } as const;
    const archive = await openArchive(config, this.log, use);
    if (archive.kind !== 'open') {
      await this.close();
      return archive.kind === 'refused' ? archive.reason : archive.kind;
    }
    this.#archive = archive;
    await archive.reconcile();
    this.#stop = new AbortController();
    this.#failure = null;
    this.#daemon = await createArchiveDaemon(config, this.log, archive);
    this.#running = this.#daemon.run(this.#stop.signal).catch((error: unknown) => {
      this.#failure = error;
    });
    await this.idle();
    return null;
  }

  async open(): Promise<void> {
    const reason = await this.tryToOpen();
    if (reason !== null) throw new Error(`the archive is not opened: ${reason}`);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#daemon = null;
    const archive = this.#archive;
    this.#archive = null;
    await archive?.[Symbol.asyncDispose]();
    await this.#pool?.[Symbol.asyncDispose]();
    this.#pool = null;
  }

  /** A new archive, with its places. */
  async begin(): Promise<void> {
    await this.open();
    for (const name of driveNames) {
      const wish = { name, placeKind: 'drive', path: this.house.pathOf(name), set: 'shelf' } as const;
      await this.changePlace({ kind: 'add', wish });
    }
    const wish = { name: remoteName, placeKind: 'remote', path: this.house.pathOf(remoteName) } as const;
    await this.changePlace({ kind: 'add', wish: { ...wish, encrypted: false } });
    const listed = this.archive.catalogue.places.list().map(({ location, name }) => [location, name]);
    this.#locations = new Map([...(listed as [string, PlaceName][]), [this.archive.location, 'vault']]);
  }

  placeOf(location: string): PlaceName {
    const name = this.#locations.get(location);
    if (name === undefined) throw new Error(`nobody knows the place ${location}`);
    return name;
  }

  locationOf(name: PlaceName): string {
    return [...this.#locations].find(([, own]) => own === name)?.[0] ?? '';
  }

  /** Lets time go by while the machine is awake, half a day or a day at once, and whatever becomes due be done. */
  async live(hours: number): Promise<void> {
    for (let left = hours; left > 0; ) {
      const atOnce = left > 48 ? 24 : Math.min(left, 12);
      await this.clock.advance(atOnce * hourMs);
      await this.idle();
      left -= atOnce;
    }
  }

  /** Waits until nothing is due; time stands still but for whoever sleeps for a moment. */
  async idle(): Promise<void> {
    let quiet = 0;
    for (let round = 0; quiet < 3; round += 1) {
      if (this.#failure !== null) throw this.#failure;
      const left = this.#left();
      if (round > mostRounds) throw new Error(`it does not finish: ${left.join(', ')}`);
      quiet = left.length === 0 ? quiet + 1 : 0;
      if (left.length > 0 && round % roundsAtOnce === roundsAtOnce - 1) {
        this.#daemon?.poke();
        await this.clock.advance(momentMs);
      }
      await sleep(1);
    }
  }

  #left(): readonly string[] {
    const nowMs = this.clock.nowMs();
    const { sqlite } = this.archive.database;
    if (this.#due?.database !== sqlite) {
      this.#due = sqlite
        .prepare<[number, number], string>(
          `SELECT kind || ' ' || subject || ' ' || state || ' ' || attempt FROM operations
         WHERE state IN ('running', 'pending') AND (state = 'running' OR not_before_ms <= ? OR not_before_ms > ?)`,
        )
        .pluck();
    }
    return this.#due.all(nowMs, nowMs + farthestAheadMs);
  }

  /** Asks for something as the page and the command line do; fails where that fails. */
  async ask(kind: string, lane: Lane, subject: string): Promise<string | null> {
    const { operations } = this.archive.catalogue;
    const nowMs = this.clock.nowMs();
    const id = operations.insert({ kind, lane, subject, notBeforeMs: nowMs }, nowMs);
    await this.idle();
    const row = operations.get(id);
    if (row?.state !== 'done') throw new Error(`${kind} ${subject}: ${row?.state} ${row?.error}`);
    return row.result;
  }

  async change(change: Change): Promise<void> {
    await this.ask('change', 'intake', formatChange(change));
  }

  async changePlace(change: PlaceChange): Promise<void> {
    await this.ask('place', 'intake', formatPlaceChange(change));
  }

  /** Brings a file as `reelhold add` does. */
  async take({ digest, name }: ModelFile): Promise<void> {
    const folder = join(this.house.home.shelf, 'sources', `${this.counts.steps}`);
    mkdirSync(folder, { recursive: true });
    const bytes = this.files.get(digest) ?? Buffer.alloc(0);
    const path = writeFlushed(folder, name, bytes);
    const signal = new AbortController().signal;
    const request = { source: { path, within: null }, continues: null, sizeBytes: bytes.length, signal };
    const taken = await this.archive.intake.take(request);
    if (taken.digest !== digest) throw new Error(`${name} was taken as ${taken.digest}`);
    await this.idle();
  }

  /** Puts a file into the inbox, and waits until it has been taken. */
  async putIntoInbox({ digest, name }: ModelFile): Promise<void> {
    const { inboxDir } = this.house.home;
    writeFlushed(inboxDir, name, this.files.get(digest) ?? Buffer.alloc(0));
    for (let tries = 0; existsSync(join(inboxDir, name)); tries += 1) {
      if (tries > 20_000) throw new Error(`${name} stays in the inbox`);
      await this.clock.advance(1_000);
      await sleep(2);
    }
    await this.idle();
  }

  newBytes(): string {
    const outputLength = 200 + (this.files.size % 7) * 500;
    const bytes = createHash('shake256', { outputLength })
      .update(`${this.#seed} ${this.files.size}`)
      .digest();
    const digest = digestOf(bytes);
    this.files.set(digest, bytes);
    return digest;
  }

  idsOf(digest: string): { readonly video: string; readonly version: string } {
    const held = this.archive.catalogue.archive.heldVersion(parseDigest(digest));
    if (held === null) throw new Error(`${digest} is not held`);
    return held;
  }

  /** The places at which good bytes of it stand, whoever knows of that. */
  goodPlaces(digest: string): readonly PlaceName[] {
    return placeNames.filter((place) => this.house.blobsAt(place).get(digest) === digest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => undefined);
    await this.#stack.disposeAsync();
  }
}

export async function makeWorld(seed: number): Promise<World> {
  return new World(await makeHouse(), seed);
}
