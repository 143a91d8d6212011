import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createArchiveDaemon } from '#archive-daemon.ts';
import { dayMs } from '#core/assess.ts';
import { farthestAheadMs } from '#core/operation.ts';
import { createHeldOriginals, createLibraryCopies } from '#daemon/operations/byte-sources.ts';
import { createHeal } from '#daemon/operations/heal.ts';
import { createProve } from '#daemon/operations/prove.ts';
import { createScrub } from '#daemon/operations/scrub.ts';
import { createWorker } from '#daemon/worker.ts';
import { runHandler } from '#tests/support/operations.ts';
import { proving } from '#tests/support/provers.ts';
import { withoutTools } from '#tests/support/without-tools.ts';
import { waitingInInbox } from './deeds.ts';
import { quietMs } from './home.ts';
import { digestOfBlob, digestsBelow, filesBelow, observeState } from './observe.ts';
import * as model from './state.ts';
import type { Deed, World } from './world.ts';

interface Orphan {
  readonly digest: string;
  readonly ext: string;
}

/** Blobs that nobody has a record of, and that no fault explains. */
function orphansOf(world: World): readonly Orphan[] {
  const known = new Set([...model.digestsOf(world.state), ...world.tolerance.unsure.digests]);
  return filesBelow(join(world.home.config.vaultDir, 'blobs'))
    .map((path) => ({ digest: digestOfBlob(path), ext: path.slice(path.lastIndexOf('.') + 1) }))
    .filter(({ digest }) => !known.has(digest));
}

export function adoptOrphans(world: World): Deed {
  const orphans = orphansOf(world);
  return {
    async run() {
      await runHandler(world.archive.adopt);
      if (!world.isStopped) mustBeListed(world);
    },
    whole: model.allOf(world.state, orphans, model.adopt),
    broken: model.anyOf(world.state, orphans, model.adopt),
  };
}

/** The whole daemon, until it has nothing left to do. */
export function runDaemon(world: World): Deed {
  const todo = [
    ...waitingInInbox(world).map((file) => (state: model.ModelState) => model.take(state, file)),
    ...orphansOf(world).map((orphan) => (state: model.ModelState) => model.adopt(state, orphan)),
  ];
  const apply = (state: model.ModelState, item: (state: model.ModelState) => model.ModelState) => item(state);
  return {
    async run() {
      {
        using _ = withoutTools(join(world.home.shelf, 'bin'));
        await runUntilIdle(world);
      }
      if (world.isStopped) return;
      mustBeListed(world);
      mustBeShown(world);
    },
    whole: model.allOf(world.state, todo, apply),
    broken: model.anyOf(world.state, todo, apply),
  };
}

/** Whatever a damaged journal forgot: bytes that stand in the store are listed once they were adopted. */
function mustBeListed(world: World): void {
  const listed = new Set(model.digestsOf(observeState(world.archive.database)));
  for (const path of filesBelow(join(world.home.config.vaultDir, 'blobs'))) {
    if (!listed.has(digestOfBlob(path))) throw new Error(`${digestOfBlob(path)} was not adopted`);
  }
}

/**
 * The readable tree has every good version that is not in the trash, and nothing that is; as long as no catalogue was
 * lost that knew of its files: what stands there is somebody else's from then on.
 */
function mustBeShown(world: World): void {
  const { libraryDir, libraryMode } = world.home.config;
  if (libraryMode === 'off' || world.tolerance.wasCatalogueLost) return;
  const shown = new Set(digestsBelow(libraryDir).values());
  const bad = new Set(world.badBlobs());
  for (const { title, trashed, versions } of observeState(world.archive.database).videos) {
    for (const { digest } of versions) {
      if (!world.files.has(digest) || bad.has(digest) || shown.has(digest) !== trashed) continue;
      throw new Error(
        `${digest} of "${title}" ${trashed ? 'is in the trash, and' : 'is not'} in the library`,
      );
    }
  }
}

const mostRounds = 6_000;
const roundMs = 10;
/** After this much of its own time without work a proof or a retry is due, and may make another one due. */
const patienceMs = 60 * 60_000;
const idleHours = 3;

async function runUntilIdle(world: World): Promise<void> {
  const { archive, home, log, clock } = world;
  const daemon = await createArchiveDaemon(home.config, log, archive);
  const stop = new AbortController();
  let failure: unknown = null;
  const running = daemon.run(stop.signal).catch((error: unknown) => {
    failure = error;
  });
  try {
    let idleRounds = 0;
    for (let rounds = 0; idleRounds < idleHours + 2; rounds += 1) {
      if (failure !== null || world.isStopped) break;
      const left = leftIn(world);
      if (rounds === mostRounds) throw new Error(`the daemon does not finish: ${left.join(', ')}`);
      const isIdle = left.length === 0;
      // What is done each hour anyway is no reason to wait for another hour: a busy machine is always seen at it.
      if (isIdle) idleRounds += 1;
      if (isAdoptionPlanned(world) || waitingInInbox(world).length > 0) idleRounds = 0;
      clock.advance(isIdle && idleRounds <= idleHours ? patienceMs : quietMs);
      daemon.poke();
      await sleep(roundMs);
    }
  } finally {
    stop.abort();
    await running;
  }
  if (failure !== null) throw failure;
}

/** A clock that was set back by some days puts it off for as long. */
function isAdoptionPlanned({ archive }: World): boolean {
  const planned = "SELECT 1 FROM operations WHERE kind = 'adopt' AND state = 'pending'";
  return archive.database.sqlite.prepare(planned).get() !== undefined;
}

function leftIn(world: World): readonly string[] {
  const nowMs = world.clock.nowMs();
  const due = world.archive.database.sqlite
    .prepare(
      `SELECT kind || ' ' || subject || ' ' || state FROM operations WHERE state = 'running'
       OR state = 'pending' AND (not_before_ms <= ? OR not_before_ms > ?)`,
    )
    .pluck()
    .all(nowMs, nowMs + farthestAheadMs);
  return [...due.map(String), ...waitingInInbox(world).map(({ name }) => `${name} in the inbox`)];
}

/** Reads every blob, and heals what can be healed. */
export function scrub(world: World): Deed {
  return {
    async run() {
      const { clock } = world;
      const { store, catalogue, ledger, intake, location, checkJournal } = world.archive;
      const deps = { store, catalogue, ledger, intake, location, clock, log: world.log };
      const { inboxDir, config } = world.home;
      const sources = [
        createHeldOriginals({ catalogue, inbox: inboxDir, root: inboxDir }),
        createLibraryCopies({ catalogue, root: config.libraryDir }),
      ];
      clock.advance(2 * dayMs);
      const nowMs = clock.nowMs();
      const bad = worthReading(world);
      const healable = healableOf(world, bad);
      catalogue.operations.insert({ kind: 'scrub', lane: 'vault', subject: '', notBeforeMs: nowMs }, nowMs);
      const handlers = {
        'check-journal': checkJournal,
        prove: createProve(proving(deps)),
        scrub: createScrub({ ...proving(deps), settings: () => ({ promiseMs: dayMs, budgetBytes: null }) }),
        heal: createHeal({ ...deps, sources }),
        tidy: async () => undefined,
      };
      const worker = createWorker({ lane: 'vault', handlers, catalogue, clock, log: world.log });
      await worker.drain(AbortSignal.timeout(180_000));
      if (!world.isStopped) mustBeFound(world, bad, healable);
    },
    whole: [world.state],
    broken: [world.state],
  };
}

/** Bad blobs that were not read back a few hours ago, so that they would be let rest. */
function worthReading(world: World): readonly string[] {
  const nowMs = world.clock.nowMs();
  const rested = world.archive.database.sqlite
    .prepare('SELECT digest FROM copies WHERE state = ? AND proven_at_ms BETWEEN ? AND ?')
    .pluck()
    .all('present', nowMs - dayMs / 4, nowMs + dayMs);
  return world.badBlobs().filter((digest) => !rested.includes(digest));
}

/** Those of which good bytes lie in the hold, with a row that says so. */
function healableOf(world: World, bad: readonly string[]): readonly string[] {
  const there = digestsBelow(world.home.inboxDir);
  const held = world.archive.catalogue.holds
    .list(world.home.inboxDir)
    .filter(({ heldPath, digest }) => there.get(heldPath) === digest)
    .map(({ digest }) => String(digest));
  return bad.filter((digest) => held.includes(digest));
}

/** What does not read back is not called present any more. */
function mustBeFound(world: World, bad: readonly string[], healable: readonly string[]): void {
  const present = world.presentCopies();
  const still = new Set(world.badBlobs());
  for (const digest of bad.filter((one) => still.has(one))) {
    if (healable.includes(digest)) {
      throw new Error(`${digest} was not healed, though its original is in the hold`);
    }
    if (present.has(digest)) throw new Error(`${digest} is damaged, and called present`);
  }
}

/** The catalogue made again, as `reelhold rebuild` does. */
export function rebuild(world: World): Deed {
  return journalDeed(world, async () => {
    await runHandler(world.archive.rebuild);
  });
}

export function checkJournal(world: World): Deed {
  return journalDeed(world, async () => {
    await runHandler(world.archive.checkJournal);
  });
}

function journalDeed(world: World, work: () => Promise<void>): Deed {
  return {
    async run() {
      await work();
      if (!world.isStopped) mustBeMended(world);
    },
    whole: [world.state],
    broken: [world.state],
  };
}

/** Whatever the catalogue has whole stands whole in the journal again. */
function mustBeMended({ home, tolerance }: World): void {
  for (const name of tolerance.damagedSegments) {
    const hash = createHash('sha256').update(readFileSync(join(home.config.vaultDir, 'journal', name)));
    if (!name.endsWith(`-${hash.digest('hex')}.jsonl`)) throw new Error(`${name} was not put right`);
    tolerance.noteMended(name);
  }
  tolerance.damagedIndexes.clear();
}

export function restart(world: World): Deed {
  return {
    async run() {
      await world.close();
      await world.open();
    },
    whole: [world.state],
    broken: [world.state],
  };
}
