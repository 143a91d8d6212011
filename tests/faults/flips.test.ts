import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArchiveDaemon } from '#archive-daemon.ts';
import { openForReading } from '#catalogue/database.ts';
import { type OpenArchive, openArchive } from '#compose.ts';
import { loadConfig } from '#config.ts';
import { parseDigest } from '#core/digest.ts';
import { makeInstallation, startDaemon } from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { faultScope, recordFigures } from '#tests/support/reliability.ts';
import { createRandom, testSeed } from '#tests/support/seed.ts';
import { createTestLog } from '#tests/support/test-log.ts';
import { until } from '#tests/support/until.ts';
import { type Flippable, flipBit, flippable } from './fixtures/flip.ts';
import { settingsOf } from './fixtures/folders.ts';
import { type KnownVideo, type LivedIn, listKnown, makeLivedIn } from './fixtures/lived-in.ts';

const trials = faultScope === 'all' ? 6 : 1;
const section = 'Bits that flip';

describe('a bit that flips while nobody looks', () => {
  const random = createRandom(testSeed());
  let livedIn: LivedIn;
  let known: readonly KnownVideo[] = [];
  let root = '';
  beforeAll(async () => {
    livedIn = await makeLivedIn();
    root = await mkdtemp(join(tmpdir(), 'reelhold-flips-'));
    const folder = join(root, 'untouched');
    livedIn.copyTo(folder);
    using database = openForReading(join(folder, 'config', 'catalogue.sqlite'));
    known = database === null ? [] : listKnown(database);
    expect(known.map(({ title, number }) => `${title} ${number}`)).toEqual([
      ...['Bergen 1', 'Lisbon, at last 1', 'Rome 1', 'Rome 2', 'Winter in Oslo 1'],
    ]);
  }, 300_000);
  afterAll(async () => {
    rmSync(root, { recursive: true, force: true });
    await livedIn[Symbol.asyncDispose]();
  });

  it.each(Object.keys(flippable) as Flippable[])(
    'in %s loses nothing good, and the rest is finished',
    async (kind) => {
      const faults: string[] = [];
      let noticed = 0;
      for (let trial = 0; trial < trials; trial += 1) {
        const folder = join(root, `${kind} ${trial}`);
        livedIn.copyTo(folder);
        const where = flipBit(kind, folder, random);
        try {
          const lived = await live(folder, known);
          noticed += lived.noticed ? 1 : 0;
          faults.push(...lived.faults.map((words) => `${where}: ${words}`));
        } catch (error) {
          faults.push(`${where}: ${String(error)}`);
        }
        rmSync(folder, { recursive: true });
      }
      expect(faults).toEqual([]);
      recordFigures(section, [
        { what: `bits flipped in ${kind}`, figure: trials },
        { what: `of these, noticed and said so: ${kind}`, figure: noticed },
      ]);
    },
  );
});

describe.runIf(faultScope === 'all')('a daemon that starts on a bit that flipped', () => {
  const random = createRandom(testSeed());
  let livedIn: LivedIn;
  beforeAll(async () => {
    livedIn = await makeLivedIn();
  }, 300_000);
  afterAll(() => livedIn[Symbol.asyncDispose]());

  it.each(Object.keys(flippable) as Flippable[])(
    'in %s shows every video, and takes the next',
    async (kind) => {
      await using installation = await makeInstallation();
      rmSync(installation.inbox, { recursive: true });
      livedIn.copyTo(installation.folder);
      const where = flipBit(kind, installation.folder, random);
      writeFileSync(join(installation.inbox, 'Madrid.mp4'), randomBytes(30_000));
      await using daemon = await startDaemon(installation);
      const titles = async () => (await daemon.api.videos()).map(({ title }) => title).sort();
      await until(`Madrid, after ${where}`, async () => (await titles()).includes('Madrid'), 60_000);
      expect([where, await titles()]).toEqual([
        where,
        ['Lisbon, at last', 'Madrid', 'Rome', 'Winter in Oslo'],
      ]);
      expect(await daemon.stop()).toBe(0);
    },
  );
});

/** Runs the daemon's archive side on it until a new film is in and everything was read again; says what is wrong then. */
async function live(folder: string, known: readonly KnownVideo[]) {
  const film = randomBytes(30_000);
  writeFileSync(join(folder, 'inbox', 'Madrid.mp4'), film);
  const madrid = { title: 'Madrid', trashed: 0, number: 1, name: 'Madrid.mp4', digest: digestOf(film) };
  const wanted = [...known, madrid];
  const config = { ...loadConfig(settingsOf(folder)), quietMs: 20 };
  const log = createTestLog();
  let poke = () => {};
  const opened = await openArchive(config, log, {
    program: 'daemon',
    onTaken: () => poke(),
    largestBatch: 64,
  });
  if (opened.kind !== 'open') return { noticed: true, faults: [JSON.stringify(opened)] };
  await using archive = opened;
  await archive.reconcile();
  const daemon = await createArchiveDaemon(config, log, archive);
  poke = daemon.poke;
  readEverything(archive);
  const stop = new AbortController();
  const running = daemon.run(stop.signal);
  running.catch(() => {}); // told below
  const isOver = () => {
    poke(); // what one lane asks of another would otherwise wait for its next look, up to a minute
    return isDone(archive, madrid.digest);
  };
  await until('all that is due', isOver, 60_000).catch(() => {});
  const now = listKnown(archive.database);
  stop.abort();
  await running;
  const faults = [...differences(now, wanted), ...findDamage(folder, wanted)];
  const told = log.lines.filter(({ level }) => level === 'error' || level === 'warn');
  if (faults.length > 0) faults.push(`it said ${JSON.stringify(told)}`);
  return { noticed: told.length > 0, faults };
}

/** What is known now and was not, and the other way round. */
function differences(now: readonly KnownVideo[], wanted: readonly KnownVideo[]): readonly string[] {
  const [one, other] = [now, wanted].map((videos) => new Set(videos.map((video) => JSON.stringify(video))));
  return [
    ...[...(one ?? [])].filter((video) => !other?.has(video)).map((video) => `${video} is new`),
    ...[...(other ?? [])].filter((video) => !one?.has(video)).map((video) => `${video} is no longer known`),
    ...(now.length === wanted.length ? [] : [`${now.length} versions are known instead of ${wanted.length}`]),
  ];
}

const readingKinds = ['prove', 'scrub', 'check-journal'] as const;

/** All that would be read again in the nights to come, now. */
function readEverything({ catalogue, location }: OpenArchive): void {
  const notBeforeMs = Date.now() - 1;
  for (const kind of readingKinds) {
    const subject = kind === 'prove' ? location : '';
    catalogue.operations.insert({ kind, lane: 'vault', subject, notBeforeMs }, notBeforeMs);
  }
}

function isDone({ catalogue, database: { sqlite } }: OpenArchive, digest: string): boolean {
  const due = sqlite.prepare(
    "SELECT count(*) FROM operations WHERE state IN ('pending', 'running') AND not_before_ms <= ?",
  );
  const held = sqlite.prepare('SELECT count(*) FROM holds WHERE digest = ?');
  return (
    catalogue.archive.isHeld(parseDigest(digest)) &&
    Number(held.pluck().get(digest)) === 1 &&
    Number(due.pluck().get(Date.now())) === 0
  );
}

/** What on the disk is not as it must be: every video reads back, every segment is whole, every original is there. */
function findDamage(folder: string, wanted: readonly KnownVideo[]): readonly string[] {
  const blobs = new Map(
    hashesBelow(join(folder, 'vault/blobs')).map(([path, hash]) => [path.split('.')[0], hash]),
  );
  const inbox = new Set(hashesBelow(join(folder, 'inbox')).map(([, hash]) => hash));
  const index = readdirSync(join(folder, 'vault/index'));
  return [
    ...wanted.flatMap(({ name, digest }) => {
      const hex = digest.slice('sha256:'.length);
      const isHeld = blobs.get(`sha256/${hex.slice(0, 2)}/${hex}`) === hex;
      return [
        ...(isHeld ? [] : [`${name} does not read back`]),
        ...(inbox.has(hex) ? [] : [`the original of ${name} is gone`]),
      ];
    }),
    ...hashesBelow(join(folder, 'vault/journal')).flatMap(([name, hash]) => [
      ...(name.includes(hash) ? [] : [`${name} is damaged`]),
      ...(index.includes(name.replace('.jsonl', '.tsv')) ? [] : [`${name} has no index`]),
    ]),
  ];
}

function hashesBelow(folder: string): readonly (readonly [path: string, hash: string])[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return entries.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')];
  });
}
