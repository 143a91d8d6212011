import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { faultScope, recordFigures } from '#tests/support/reliability.ts';
import { createRandom, testSeed } from '#tests/support/seed.ts';
import {
  callsBelow,
  type Fault,
  injectFault,
  noInjectionBecause,
  recordCalls,
} from '#tests/support/strace.ts';
import { withoutTools } from '#tests/support/without-tools.ts';
import { findFilmFaults } from './fixtures/film-oracle.ts';
import { finish } from './fixtures/finish.ts';
import { putFilm } from './fixtures/folders.ts';
import { type IngestProcess, startIngest } from './fixtures/ingest-process.ts';
import type { Said, Trouble } from './fixtures/said.ts';

if (noInjectionBecause !== null)
  console.warn(`The tests that make system calls fail are skipped: ${noInjectionBecause}.`);

const filmBytes = 2 * 2 ** 20;
const sampleOf = 4;
/** As many as the machine is likely to have cores for. */
const atOnce = 2;
/**
 * Where a call is looked for whose thread made one more or less of its name than when it was recorded: it may have
 * woken another thread once more, or two writes that wait side by side changed places.
 */
const driftsToTry = [0, 1, -1, 0, 2, -2, 1, -1, 3, -3];

/** A place of the ingest where a system call may fail: the `ordinal`th of its name in that thread. */
interface Point {
  readonly thread: string;
  readonly name: string;
  readonly ordinal: number;
  /** The call without what differs from run to run. */
  readonly shape: string;
}

describe.skipIf(noInjectionBecause !== null)('the ingest of one file', () => {
  let root = '';
  let points: readonly Point[] = [];
  let count = 0;
  let tools: Disposable | null = null;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'reelhold-injection-'));
    tools = withoutTools(join(root, 'bin'));
    points = await findPoints(join(root, 'recorded'));
  });
  afterAll(() => {
    tools?.[Symbol.dispose]();
    rmSync(root, { recursive: true, force: true });
  });
  const newFolder = () => {
    count += 1;
    return join(root, String(count));
  };

  it('goes through all that is promised to be flushed, renamed and written', () => {
    const calls = points.map(({ shape }) => shape);
    for (const expected of [
      /^write\(N<\/vault\/staging\/U>/,
      /^fsync\(N<\/vault\/staging\/U>/,
      /^rename\w*\(.*"\/vault\/staging\/U", .*"\/vault\/blobs\/sha256\/S\/H\.mp4"/,
      /^fsync\(N<\/vault\/blobs\/sha256\/S>/,
      /^fsync\(N<\/vault\/index>/,
      /^rename\w*\(.*"\/vault\/journal\//,
      /^fsync\(N<\/vault\/journal>/,
      /^(fsync|fdatasync)\(N<\/config\/catalogue\.sqlite-wal>/,
      /^rename\w*\(.*"\/inbox\/film\.mp4", .*"\/inbox\/\.reelhold-hold\//,
    ]) {
      expect(calls).toContainEqual(expect.stringMatching(expected));
    }
    recordFigures('System calls of the ingest that fail', [
      { what: 'points in the ingest of one file', figure: points.length },
    ]);
  });

  it.each(['SIGKILL', 'EIO', 'ENOSPC'] as const)(
    'loses nothing at any call that meets %s, and is finished later',
    async (fault) => {
      const chosen = faultScope === 'all' ? points : sample(points);
      const { faults, failed, missed } = await tryAll(chosen, fault, newFolder);
      expect(faults).toEqual([]);
      expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(Math.max(2, 0.05 * chosen.length));
      recordFigures('System calls of the ingest that fail', [
        { what: `points that met ${fault}`, figure: chosen.length - missed.length },
        {
          what: `points that did not come by again for ${fault}, in ${driftsToTry.length} tries`,
          figure: missed.length,
        },
        { what: `of these, ingests that ${fault} ended or made fail`, figure: failed },
      ]);
    },
  );
});

/** Some of each kind of call: chance chooses, and says from what. */
function sample(points: readonly Point[]): readonly Point[] {
  const random = createRandom(testSeed());
  const left = [...points];
  return Array.from({ length: sampleOf }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
}

async function findPoints(folder: string): Promise<readonly Point[]> {
  const bytes = putFilm(folder, filmBytes);
  await using ingest = startIngest();
  const threads = await openAt(ingest, folder);
  const trace = await recordCalls(ingest.pid, join(folder, 'strace.log'));
  const said = await ingest.do('go');
  const log = await trace.stop();
  expect(said.map(({ say }) => say)).toEqual(['taken', 'held', 'over']);
  expect(findFilmFaults(folder, digestOf(bytes), said)).toEqual([]);
  return callsBelow(log, folder).map(({ tid, name, ordinal, text }) => ({
    ...{ name, ordinal },
    thread: threads.get(tid) ?? 'a new thread',
    shape: shapeOf(text, folder),
  }));
}

/** Opens an archive, and gives the threads that work on it by their number; each of these names is there once. */
async function openAt(ingest: IngestProcess, folder: string): Promise<ReadonlyMap<number, string>> {
  const [ready] = await ingest.do(`open ${folder}`);
  if (ready?.say !== 'ready') throw new Error(`it did not open: ${JSON.stringify(ready)}`);
  const names = ready.threads.map(({ name }) => name);
  const alone = ready.threads.filter(({ name }) => names.indexOf(name) === names.lastIndexOf(name));
  return new Map(alone.map(({ tid, name }) => [tid, name]));
}

/** A call as strace wrote it down, without what differs from run to run. */
function shapeOf(text: string, folder: string): string {
  return text
    .replace(/^\d+ +/, '')
    .replace(/\)? += [^=]*$| <unfinished \.\.\.>$/, '')
    .replaceAll(folder, '')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'U')
    .replace(/[0-9a-f]{12}-\d{12}-[0-9a-f]{64}/g, 'SEGMENT')
    .replace(/[0-9a-f]{64}/g, 'H')
    .replace(/sha256\/[0-9a-f]{2}(?=[/">])/g, 'sha256/S')
    .replace(/\b\d+\b/g, 'N');
}

async function tryAll(points: readonly Point[], fault: Fault, newFolder: () => string) {
  const faults: string[] = [];
  const missed: string[] = [];
  let failed = 0;
  const queue = points.values();
  const lane = async () => {
    const processes = keepProcess();
    for (const point of queue) {
      const where = `${fault} at ${point.thread} ${point.name} ${point.ordinal}, ${point.shape}`;
      try {
        const result = await tryPoint(processes, point, fault, newFolder);
        failed += result.failed ? 1 : 0;
        if (!result.isMet) missed.push(where);
        faults.push(...result.faults.map((words) => `${where}: ${words}`));
      } catch (error) {
        faults.push(`${where}: ${String(error)}`);
        await processes.end();
      }
    }
    await processes.end();
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, points.length) }, lane));
  return { faults, failed, missed };
}

/** One process for as many ingests as it survives. */
function keepProcess() {
  let ingest: IngestProcess | null = null;
  return {
    get() {
      if (ingest === null || ingest.end() !== null) ingest = startIngest();
      return ingest;
    },
    async end() {
      await ingest?.[Symbol.asyncDispose]();
      ingest = null;
    },
  };
}

async function tryPoint(
  processes: ReturnType<typeof keepProcess>,
  point: Point,
  fault: Fault,
  newFolder: () => string,
): Promise<{ readonly isMet: boolean; readonly failed: boolean; readonly faults: readonly string[] }> {
  for (const [tries, drift] of driftsToTry.entries()) {
    const folder = newFolder();
    const digest = digestOf(putFilm(folder, filmBytes));
    const ingest = processes.get();
    const ordinal = Math.max(1, point.ordinal + drift);
    const met = await meetFault(ingest, folder, { ...point, ordinal }, fault);
    if (!met.hit && tries < driftsToTry.length - 1) {
      await processes.end();
      continue;
    }
    const faults = [...findFilmFaults(folder, digest, met.said)];
    // Threads took turns otherwise each time: it may have been libuv's own wake-up that failed, which ends a process.
    if (!met.hit) {
      await processes.end();
      faults.push(...(await finish(folder, digest)));
      rmSync(folder, { recursive: true });
      return { isMet: false, failed: false, faults };
    }
    faults.push(...judgeWords(met.said, fault));
    if (ingest.end() === null) {
      const later = await ingest.do('go');
      faults.push(...findFilmFaults(folder, digest, [...met.said, ...later]));
      await ingest.do('close');
    } else if (fault !== 'SIGKILL') {
      faults.push(`it ended: ${ingest.end()}`);
    }
    faults.push(...(await finish(folder, digest)));
    faults.push(...findFilmFaults(folder, digest, met.said));
    rmSync(folder, { recursive: true });
    return { isMet: true, failed: !met.said.some(({ say }) => say === 'held'), faults };
  }
  throw new RangeError('no try is left');
}

async function meetFault(ingest: IngestProcess, folder: string, point: Point, fault: Fault) {
  const threads = await openAt(ingest, folder);
  const [tid] = [...threads].find(([, name]) => name === point.thread) ?? [];
  if (tid === undefined) throw new Error(`there is no thread ${point.thread}`);
  const trace = await injectFault({ ...point, tid }, fault, join(folder, 'strace.log'));
  const said = await ingest.do('go');
  const lines = (await trace.stop()).split('\n').filter((line) => line.startsWith(point.name));
  const injected = fault === 'SIGKILL' ? lines.at(-1) : lines.find((line) => line.includes('(INJECTED)'));
  const isHit = injected !== undefined && shapeOf(injected, folder) === point.shape;
  return { said, hit: isHit && (fault !== 'SIGKILL' || ingest.end() !== null) };
}

/** An error says what was being done to what, and why it could not be; a step that failed is not acknowledged. */
function judgeWords(said: readonly Said[], fault: Fault): readonly string[] {
  const troubles = said.filter((one): one is Trouble => one.say === 'trouble');
  const wordless = troubles.filter(
    ({ step, kind, message }) => step !== 'log' && (kind === null || !/^[a-z][a-z ]+ \S.*: \S/.test(message)),
  );
  const isAcknowledged = said.some(({ say }) => say === 'taken');
  const isRefused = troubles.some(({ step }) => step === 'take');
  const isPutOff =
    isRefused ||
    troubles.some(
      ({ step, message }) =>
        step === 'look' ||
        step === 'examine' ||
        message.startsWith('A folder in the inbox could not be looked at.'),
    );
  return [
    ...wordless.map(({ step, message }) => `${step} failed with "${message}", which is no sentence of ours`),
    ...(isAcknowledged && isRefused ? ['it is acknowledged and refused at once'] : []),
    ...(fault !== 'SIGKILL' && !isAcknowledged && !isPutOff
      ? ['it is neither acknowledged nor refused']
      : []),
  ];
}
