// `npm run bench`: measures Reelhold beside other programs, and writes docs/performance.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { measureAdding } from './adding.mjs';
import { planDataSets, writeDataSet } from './data-sets.mjs';
import { measureInbox } from './inbox.mjs';
import { measureListing } from './listing.mjs';
import { readMachine, readVersions } from './machine.mjs';
import { measureMirroring } from './mirroring.mjs';
import { readOptions, usage } from './options.mjs';
import { createProcesses } from './processes.mjs';
import { projectFolder, setUpProject } from './reelhold.mjs';
import { report } from './report.mjs';
import { openWorkspace, SayableError } from './workspace.mjs';

const QUIET_SECONDS = 1;
const BUSY_LOAD = 0.5;
const FIRST_FILES = 4;
/** How often a set's bytes are there at most; tiny files fill a block each, in the set and in the vault. */
const timesKept = { small: 3, clips: 4, tiny: 25 };
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

const stopping = new AbortController();
for (const [name, number] of Object.entries(signalNumbers)) {
  process.on(name, () => {
    process.exitCode = 128 + number;
    stopping.abort();
  });
}

try {
  await run(readOptions(process.argv.slice(2)));
} catch (error) {
  if (stopping.signal.aborted) {
    say('Stopped; what was made for it is removed.');
  } else {
    say(error instanceof SayableError ? error.message : (error.stack ?? String(error)));
    process.exitCode = error.exitCode ?? 1;
  }
}

async function run(options) {
  if (options.help) return console.log(usage);
  const { signal } = stopping;
  const plans = planDataSets(options);
  const parent = resolve(process.env.REELHOLD_BENCH_DIR || tmpdir());
  const load = loadavg()[0] ?? 0;
  if (load > BUSY_LOAD) say(`Something else keeps this machine busy (load ${load.toFixed(1)}).`);
  await setUpProject();
  const workspace = await openWorkspace(parent, roomNeeded(plans));
  try {
    const processes = createProcesses({ logFile: join(workspace.root, 'output.log'), signal });
    const bench = { workspace, processes, signal, say, rounds: options.rounds };
    const facts = {
      isQuick: options.isQuick,
      rounds: options.rounds,
      quietSeconds: QUIET_SECONDS,
      date: new Date(),
      load,
      machine: await readMachine(workspace.root),
      versions: await readVersions(bench),
    };
    const results = await measure(bench, plans, options.parts);
    publish(report({ ...facts, ...results, notes: readNotes() }), options);
  } finally {
    say('Cleaning up.');
    await workspace.close();
  }
}

/** Measures the parts that are asked for, one data set after the other; what was not asked for is null. */
async function measure(bench, plans, parts) {
  const [isAdding, isInbox, isPlaces] = ['adding', 'inbox', 'places'].map((part) => parts.includes(part));
  const results = {
    sets: isAdding ? [] : null,
    firstStart: isAdding || isInbox ? await startForTheFirstTime(bench, plans) : null,
    inbox: null,
    places: null,
  };
  for (const name of ['large', 'small']) {
    if (!isAdding && !(isInbox && name === 'small')) continue;
    await withSet(bench, plans, name, async (set, facts) => {
      if (isAdding) results.sets.push({ ...facts, runs: await measureAdding(bench, set) });
      if (isInbox && name === 'small')
        results.inbox = { ...facts, runs: await measureInbox(bench, set, QUIET_SECONDS) };
    });
  }
  if (isPlaces) results.places = await measurePlaces(bench, plans);
  return results;
}

async function measurePlaces(bench, plans) {
  const mirroring = await withSet(bench, plans, 'clips', async (set, facts) => ({
    ...facts,
    mirrors: await measureMirroring(bench, set),
  }));
  const listing = await withSet(bench, plans, 'tiny', (set) => measureListing(bench, set));
  return { mirroring, listing };
}

/** Makes a data set for as long as it is measured. */
async function withSet({ workspace, signal }, plans, name, run) {
  const plan = plans.find((one) => one.name === name);
  say(`Making the data set "${plan.name}": ${plan.files.length} files.`);
  const set = await writeDataSet(plan, workspace.root, signal);
  const result = await run(set, { name, fileCount: set.files.length, bytes: set.bytes });
  await workspace.remove(set.folder);
  return result;
}

/**
 * Node's cache of compiled files is empty after an installation: the first start fills it, and needs more memory.
 * It is measured by itself, so that all that follows is measured as it is from the second start on.
 */
async function startForTheFirstTime(bench, plans) {
  say('Starting Reelhold for the first time.');
  const small = plans.find(({ name }) => name === 'small');
  const files = small.files.slice(0, FIRST_FILES);
  const plan = { ...small, name: 'first', files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  const set = await writeDataSet(plan, bench.workspace.root, bench.signal);
  const once = { ...bench, rounds: 1 };
  const [run] = await measureInbox(once, set, QUIET_SECONDS);
  await measureAdding(once, set, ['reelhold']);
  await bench.workspace.remove(set.folder);
  return run;
}

/** The sets are not there at the same time; beside one stand the copy that is measured and what Reelhold leaves free. */
function roomNeeded(plans) {
  const reserve = 2 * 1024 ** 3;
  const largest = Math.max(...plans.map(({ name, bytes }) => bytes * (timesKept[name] ?? 2)));
  return Math.ceil(largest * 1.2) + reserve;
}

function readNotes() {
  try {
    return readFileSync(join(projectFolder, 'docs', 'performance-notes.md'), 'utf8').trim();
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A trial, or a part, is not the whole of it, so it never lands in the documentation by itself. */
function publish(text, { out, isQuick, isWhole }) {
  if (out === null && (isQuick || !isWhole)) return process.stdout.write(text);
  const file = out ?? join(projectFolder, 'docs', 'performance.md');
  writeFileSync(file, text);
  say(`Written: ${file}`);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
