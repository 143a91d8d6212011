import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openForReading, openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import {
  type ApiVersion,
  type DaemonProcess,
  type Installation,
  runCli,
  spawnCli,
  spawnDaemon,
} from './daemon.ts';
import { digestOf } from './digests.ts';
import type { Source } from './oracle.ts';
import { until } from './until.ts';

const run = promisify(execFile);

/** An installation on a disk that is going to fail, and everything that was ever put into it. */
export interface CutBench {
  readonly installation: Installation;
  readonly sources: Source[];
  readonly random: () => number;
}

/** A piece of work that is going on. */
export interface Work {
  /** Resolves when the work proper has begun: starting Node takes longer than all that follows. */
  readonly began: Promise<void>;
  /** Resolves when all of it is done. */
  readonly done: Promise<void>;
  /** Digests that were acknowledged so far, to a person or a program. */
  acknowledged(): Promise<readonly string[]>;
  kill9(): Promise<void>;
  /** Ends it in good order. */
  finish(): Promise<void>;
}

export interface Scenario {
  readonly name: string;
  /** Makes what the work needs, and sees to it that all of that is on the disk. */
  prepare(bench: CutBench): Promise<void>;
  start(bench: CutBench): Work;
  /** What a person does again when the power is back; null where the daemon goes on by itself. */
  readonly again: ((bench: CutBench) => Promise<void>) | null;
  /** Whether nothing of it is left to do. */
  isFinished(bench: CutBench): Promise<boolean>;
}

const patienceMs = 60_000;

/** Videos of 5 to 500 KB that nobody has seen before. */
async function makeVideos(bench: CutBench, count: number, folder: string): Promise<Source[]> {
  await mkdir(folder, { recursive: true });
  const made: Source[] = [];
  for (let n = 0; n < count; n += 1) {
    const bytes = randomBytes(Math.floor(5_000 * 100 ** bench.random()));
    const path = `Work no ${bench.sources.length + made.length}.mp4`;
    await writeFile(join(folder, path), bytes);
    made.push({ path, digest: digestOf(bytes) });
  }
  return made;
}

/** The daemon takes what lies in its inbox. */
export const takesFromInbox: Scenario = {
  name: 'the daemon takes videos from its inbox',
  async prepare(bench) {
    bench.sources.push(...(await makeVideos(bench, 40, bench.installation.inbox)));
    await run('sync', ['-f', bench.installation.inbox]);
  },
  start(bench) {
    const daemon = spawnDaemon(bench.installation);
    const isDone = async () => (await waiting(bench.installation)).length === 0;
    return daemonsWork(daemon, untilStaged(bench.installation), until('an empty inbox', isDone, patienceMs));
  },
  again: null,
  isFinished: async ({ installation }) => (await waiting(installation)).length === 0,
};

/** Folders on the disk that is not cut. */
const elsewhere: string[] = [];
process.once('exit', () => {
  for (const folder of elsewhere) rmSync(folder, { recursive: true, force: true });
});

/** The command line takes files from another disk. */
export function addsFromElsewhere(): Scenario {
  let files: readonly { readonly file: string; readonly digest: string }[] = [];
  const paths = () => files.map(({ file }) => file);
  return {
    name: '`reelhold add` takes videos',
    again: ({ installation }) => runToItsEnd(installation, 'add', ...paths()),
    isFinished: async () => true,
    async prepare(bench) {
      const folder = await mkdtemp(join(tmpdir(), 'reelhold-added-'));
      elsewhere.push(folder);
      const made = await makeVideos(bench, 20, folder);
      bench.sources.push(...made.map((source) => ({ ...source, isElsewhere: true })));
      files = made.map(({ path, digest }) => ({ file: join(folder, path), digest }));
    },
    start(bench) {
      const { installation } = bench;
      const command = spawnCli(installation, 'add', ...paths());
      const done = command.ended.then((code) => {
        if (code !== 0 && code !== null) throw new Error(`add ended with ${code}: ${command.output()}`);
      });
      return {
        began: untilStaged(installation),
        done,
        acknowledged: async () => {
          const lines = command.output().split('\n');
          const isSaid = (file: string) =>
            lines.some((line) => line.startsWith(`${file}: `) && /saved as|already held/.test(line));
          return files.filter(({ file }) => isSaid(file)).map(({ digest }) => digest);
        },
        kill9: command.kill9,
        finish: () => done,
      };
    },
  };
}

/** The catalogue is made again from journal and blobs. */
export const rebuilds: Scenario = {
  name: '`reelhold rebuild` makes the catalogue again',
  prepare: async () => {},
  again: ({ installation }) => runToItsEnd(installation, 'rebuild'),
  isFinished: async () => true,
  start({ installation }) {
    const command = spawnCli(installation, 'rebuild');
    const done = command.ended.then((code) => {
      if (code !== 0 && code !== null) throw new Error(`rebuild ended with ${code}: ${command.output()}`);
    });
    return {
      began: untilOpened(installation),
      done,
      acknowledged: async () => [],
      kill9: command.kill9,
      finish: () => done,
    };
  },
};

/** Every copy is read back from the disk, as in a night's check. */
export const readsBack: Scenario = {
  name: 'the daemon reads videos back',
  async prepare({ installation }) {
    const { location } = JSON.parse(await readFile(join(installation.vault, 'location.json'), 'utf8')) as {
      location: string;
    };
    using database = openForWriting(catalogueOf(installation));
    database.sqlite.prepare('UPDATE copies SET proven_at_ms = NULL').run();
    const { operations } = createTransactor(database);
    operations.insert({ kind: 'prove', lane: 'vault', subject: location, notBeforeMs: 0 }, Date.now());
    operations.insert({ kind: 'scrub', lane: 'vault', subject: '', notBeforeMs: 0 }, Date.now());
    database.sqlite.pragma('wal_checkpoint(TRUNCATE)');
  },
  start({ installation }) {
    const began = untilOpened(installation);
    const daemon = spawnDaemon(installation);
    const isDone = async () => countUnproven(installation) === 0;
    return daemonsWork(daemon, began, until('all proofs', isDone, patienceMs));
  },
  again: null,
  isFinished: async ({ installation }) => countUnproven(installation) === 0,
};

async function runToItsEnd(installation: Installation, ...args: readonly string[]): Promise<void> {
  const { code, output } = await runCli(installation, ...args);
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${output}`);
}

function daemonsWork(daemon: DaemonProcess, began: Promise<void>, done: Promise<unknown>): Work {
  let listed: readonly ApiVersion[] = [];
  return {
    began,
    done: done.then(() => undefined),
    async acknowledged() {
      listed = await daemon.api.versions().catch(() => listed);
      return listed.map(({ digest }) => digest);
    },
    kill9: daemon.kill9,
    async finish() {
      const code = await daemon.stop();
      if (code !== 0) throw new Error(`the daemon ended with ${code}: ${daemon.output()}`);
    },
  };
}

/** Files that the inbox still shows. */
async function waiting({ inbox }: Pick<Installation, 'inbox'>): Promise<readonly string[]> {
  const names = await readdir(inbox);
  return names.filter((name) => name !== '.reelhold-hold');
}

function catalogueOf({ config }: Installation): string {
  return join(config, 'catalogue.sqlite');
}

function countUnproven(installation: Installation): number {
  try {
    using database = openForReading(catalogueOf(installation));
    const row = database?.sqlite.prepare('SELECT count(*) FROM copies WHERE proven_at_ms IS NULL').pluck();
    return Number(row?.get() ?? 1);
  } catch {
    return 1; // cannot be asked while the disk fails
  }
}

/** What is staged now is about to be taken; looked at often, as it all takes less than a second. */
async function untilStaged({ vault }: Installation): Promise<void> {
  const countNow = () =>
    readdir(join(vault, 'staging')).then(
      (names) => names.length,
      () => 0,
    );
  await poll(async () => (await countNow()) > 0);
}

/** Whoever opens the archive says so in `.lock-holder`. */
async function untilOpened({ vault }: Installation): Promise<void> {
  const writtenAt = () =>
    stat(join(vault, '.lock-holder')).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  const before = await writtenAt();
  await poll(async () => (await writtenAt()) !== before);
}

async function poll(isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!(await isSo()) && performance.now() < deadlineMs) await sleep(1);
}
