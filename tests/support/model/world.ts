import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type OpenArchive, openArchive } from '#compose.ts';
import { parseDigest } from '#core/digest.ts';
import { digestOf } from '#tests/support/digests.ts';
import { createTestLog, type LogLine } from '#tests/support/test-log.ts';
import { findDifferences } from './compare.ts';
import { stopBeforeCall } from './file-calls.ts';
import { flushPath, type Home } from './home.ts';
import { createModelClock } from './model-clock.ts';
import { digestOfBlob, digestsBelow, observeState, presentCopies } from './observe.ts';
import { findFaults } from './oracle.ts';
import { emptyState, type ModelState } from './state.ts';
import { Tolerance } from './tolerance.ts';

/** Something that is done to the archive, and what the owner may have afterwards. */
export interface Deed {
  run(): Promise<void>;
  readonly whole: readonly ModelState[];
  /** Where it was interrupted. */
  readonly broken: readonly ModelState[];
}

export interface Stop {
  readonly how: 'kill' | 'cut';
  /** Before which call of the file system. */
  readonly call: number;
}

/** A copy of the catalogue that was taken earlier. */
export interface Backup {
  readonly path: string;
  /** Made by Reelhold itself. */
  readonly isOurs: boolean;
  /** The segments that it has whole. */
  readonly has: ReadonlySet<string>;
}

/** The real archive, what the model says of it, and what was done to both. */
export class World implements AsyncDisposable {
  readonly clock = createModelClock();
  readonly tolerance = new Tolerance();
  /** All bytes that were ever put in, by digest. */
  readonly files = new Map<string, Buffer>();
  /** What lies in the inbox, or lay there until it was taken. */
  readonly inboxed = new Map<string, string>();
  /** What somebody was told is held. */
  readonly acknowledged = new Set<string>();
  readonly counts = { steps: 0, kills: 0, cuts: 0, starts: 0, rebuilt: 0 };
  readonly home: Home;
  readonly #seed: number;
  state: ModelState = emptyState;
  log = createTestLog();
  #archive: OpenArchive | null = null;
  #isStopped = false;
  #cutting: Promise<void> | null = null;
  readonly backups: Backup[] = [];

  constructor(home: Home, seed: number) {
    this.home = home;
    this.#seed = seed;
  }

  get archive(): OpenArchive {
    if (this.#archive === null) throw new Error('the archive is closed');
    return this.#archive;
  }

  /** Whether the process that was running is dead already. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** As the daemon does at a start; gives what was said. */
  async open(): Promise<readonly LogLine[]> {
    this.log = createTestLog();
    this.counts.starts += 1;
    const use = { onTaken: () => {}, largestBatch: 64, clock: this.clock, program: 'daemon' as const };
    const archive = await openArchive(this.home.config, this.log, use);
    if (archive.kind !== 'open') throw new Error(`the archive is ${JSON.stringify(archive)}`);
    this.#archive = archive;
    await archive.reconcile();
    return this.log.lines;
  }

  async close(): Promise<void> {
    const archive = this.#archive;
    this.#archive = null;
    await archive?.[Symbol.asyncDispose]();
  }

  /** Does it, stopped where that is asked for, starts again after a stop, and compares. */
  async act(deed: Deed, stop: Stop | null): Promise<void> {
    if (stop === null) await deed.run();
    const wasInTime = stop === null || (await this.#stopDuring(deed, stop));
    await this.check(wasInTime ? deed.whole : deed.broken);
  }

  /** Gives whether it had come to its end before. */
  async #stopDuring(deed: Deed, { how, call }: Stop): Promise<boolean> {
    const stop = how === 'cut' && this.home.disks.length > 0 ? () => this.#cut() : () => this.#kill();
    this.#isStopped = false;
    let failure: unknown = null;
    const run = () =>
      deed.run().catch((error: unknown) => {
        failure = error;
      });
    await stopBeforeCall(call, stop, run);
    if (!this.#isStopped && failure !== null) throw failure;
    const wasInTime = !this.#isStopped;
    if (wasInTime) await stop();
    await this.#cutting;
    await this.close().catch(() => undefined); // nothing of it can be written any more
    await this.#comeBack();
    await this.open();
    return wasInTime;
  }

  #kill(): void {
    this.#isStopped = true;
    this.counts.kills += 1;
    this.home.freeze();
  }

  #cut(): Promise<void> {
    this.#isStopped = true;
    this.counts.cuts += 1;
    this.#cutting = Promise.all(this.home.disks.map((disk) => disk.cutPower())).then(() => undefined);
    return this.#cutting;
  }

  async #comeBack(): Promise<void> {
    if (this.#cutting === null) return this.home.revive();
    this.#cutting = null;
    for (const disk of this.home.disks) {
      await disk.unmount();
      await disk.mount();
    }
  }

  /** Acknowledgements of a process that is dead already reach nobody. */
  acknowledge(digest: string): void {
    if (!this.#isStopped) this.acknowledged.add(digest);
  }

  /** The archive has to be one of these; from now on it is what it is. */
  async check(allowed: readonly ModelState[]): Promise<void> {
    this.#isStopped = false;
    const observed = observeState(this.archive.database);
    const isReal = (digest: string) => this.files.has(digest);
    let nearest: readonly string[] | null = null;
    for (const state of allowed) {
      const differences = findDifferences(state, observed, this.tolerance.unsure, isReal);
      if (nearest === null || differences.length < nearest.length) nearest = differences;
      if (differences.length === 0) break;
    }
    const faults = [...(nearest ?? ['nothing is allowed']), ...findFaults(this, observed)];
    if (faults.length > 0) throw new Error(faults.join('\n'));
    this.state = observed;
    this.tolerance.settle(observed);
  }

  /** Whether the archive is what the model says, without being held to it. */
  isAsExpected(): boolean {
    const observed = observeState(this.archive.database);
    const isReal = (digest: string) => this.files.has(digest);
    return findDifferences(this.state, observed, this.tolerance.unsure, isReal).length === 0;
  }

  idsOf(digest: string): { readonly video: string; readonly version: string } {
    const held = this.archive.catalogue.archive.heldVersion(parseDigest(digest));
    if (held === null) throw new Error(`${digest} is not held`);
    return held;
  }

  presentCopies(): ReadonlySet<string> {
    return presentCopies(this.archive.database);
  }

  /** Digests of the blobs that do not have the bytes that they are named by. */
  badBlobs(): readonly string[] {
    return [...digestsBelow(join(this.home.config.vaultDir, 'blobs'))]
      .filter(([path, digest]) => digestOfBlob(path) !== digest)
      .map(([path]) => digestOfBlob(path));
  }

  mustBeGood(digest: string): void {
    if (this.badBlobs().includes(digest))
      throw new Error(`${digest} was brought again, and is still damaged`);
  }

  /** Bytes that nobody has seen before. */
  newBytes(): { readonly digest: string; readonly bytes: Buffer } {
    const outputLength = 200 + (this.files.size % 7) * 900;
    const bytes = createHash('shake256', { outputLength })
      .update(`${this.#seed} ${this.files.size}`)
      .digest();
    const digest = digestOf(bytes);
    this.files.set(digest, bytes);
    return { digest, bytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => undefined);
    await this.home[Symbol.asyncDispose]();
  }
}

/** Writes a file as a careful program does, so that what a power cut takes of it is not its writer's fault. */
export function writeFlushed(folder: string, name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  const file = openSync(path, 'w');
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
  flushPath(folder);
  return path;
}

/** Turns over one bit of a file at rest, as a bad disk does: its times stay as they are. */
export function flipBit(path: string, at: number): void {
  const { size, mode, atime, mtime } = statSync(path);
  if (size === 0) return;
  const bit = at % (size * 8);
  const byte = Buffer.from([(readFileSync(path)[bit >> 3] ?? 0) ^ (1 << (bit & 7))]);
  chmodSync(path, 0o600);
  const file = openSync(path, 'r+');
  writeSync(file, byte, 0, 1, bit >> 3);
  fsyncSync(file);
  closeSync(file);
  chmodSync(path, mode);
  utimesSync(path, atime, mtime);
}
