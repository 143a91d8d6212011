import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askCatalogue } from './catalogue.mjs';
import { freePort, untilAnswered } from './ports.mjs';
import { forgetPeakMemory, watchPeakMemory, watchPeakOfChildren } from './processes.mjs';
import { findProgram } from './programs.mjs';
import { foldersBelow, plainEnvironment, projectScript } from './reelhold.mjs';
import { canServe, startServer } from './servers.mjs';
import { SayableError } from './workspace.mjs';

const ASK_EVERY_MS = 500;
const LISTED_WITHIN_MS = 5 * 60_000;
const NAME = 'listing';

/**
 * Lets the daemon list a remote that holds a copy of each of these files, again and again. Only the list is measured,
 * so the copies are made without it: as hard links of the vault's, and as rows of the catalogue. Null where it cannot be.
 */
export async function measureListing(bench, set) {
  if (!canServe('webdav')) return null;
  const { workspace } = bench;
  const archive = await workspace.fresh('listed');
  const served = await workspace.fresh('served');
  const server = await startServer(bench, 'webdav', served);
  try {
    await makePlace(bench, set, archive, server);
    return { fileCount: set.files.length, runs: await listByDaemon(bench, set, archive) };
  } finally {
    await server.stop();
    await workspace.remove(served);
    await workspace.remove(archive);
  }
}

async function makePlace({ workspace, processes, say }, set, archive, server) {
  const env = { ...(await plainEnvironment(workspace)), ...foldersBelow(archive), ...server.env };
  const reelhold = (...args) => processes.run(projectScript('reelhold', args, env));
  say(`Taking the data set "${set.name}" into an archive.`);
  await reelhold('add', '--recursive', '--yes', set.folder);
  await reelhold('location', 'add', 'remote', NAME, server.remote(NAME), '--plain');
  const [blobs, place] = [join(archive, 'vault', 'blobs'), join(server.root, NAME)];
  await processes.run({ command: 'cp', args: ['-al', blobs, place] });
  await server.restart();
  await askCatalogue(
    { processes },
    archive,
    `INSERT INTO copies (digest, location, state, listed_at_ms, proven_at_ms)
     SELECT digest, locations.id, 'present', ${Date.now()}, ${Date.now()} FROM copies, locations`,
  );
  // Looking into all those videos would take the daemon longer than everything else here.
  await askCatalogue({ processes }, archive, 'DELETE FROM operations');
}

async function listByDaemon(bench, set, archive) {
  const { workspace, processes, say } = bench;
  const env = await plainEnvironment(workspace);
  const port = await freePort();
  const daemon = processes.start({
    ...projectScript('start', [], {
      ...{ ...env, ...foldersBelow(archive), REELHOLD_PORT: String(port) },
      PATH: await pathWithoutMedia(workspace),
    }),
    logFile: join(workspace.root, 'daemon.log'),
  });
  try {
    await untilAnswered(port, daemon);
    await listOnce(bench, set, archive, daemon.pid); // what is loaded for the first one only is there then
    const runs = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      const run = await listOnce(bench, set, archive, daemon.pid);
      runs.push(run);
      say(`listing, round ${round + 1} of ${bench.rounds}: ${run.seconds.toFixed(2)} s`);
    }
    return runs;
  } finally {
    daemon.kill('SIGTERM');
    await daemon.ended;
  }
}

/** Without ffmpeg the daemon has nothing to do but what is measured. */
async function pathWithoutMedia(workspace) {
  const folder = await workspace.fresh('programs');
  for (const name of ['sh', 'rclone']) await symlink(findProgram(name), join(folder, name));
  return folder;
}

async function listOnce(bench, set, archive, pid) {
  const beforeBytes = forgetPeakMemory(pid);
  const [daemon, rclone] = [watchPeakMemory(pid), watchPeakOfChildren(pid)];
  const nowMs = Date.now();
  const [{ id }] = await askCatalogue(
    bench,
    archive,
    `INSERT INTO operations (kind, lane, subject, state, not_before_ms, created_at_ms)
     SELECT 'list', 'location:' || id, id, 'pending', ${nowMs}, ${nowMs} FROM locations RETURNING id`,
  );
  const sql = `SELECT * FROM operations WHERE id = ${id}`;
  const isOver = ([{ state, error }]) => state === 'done' || error !== null;
  const [operation] = await until(bench, archive, sql, isOver, LISTED_WITHIN_MS);
  const [peakBytes, rcloneBytes] = [daemon.stop(), rclone.stop()];
  const result = JSON.parse(operation.result ?? '{}');
  if (result.files !== set.files.length || result.gone !== 0)
    throw new SayableError(`The list is wrong: ${operation.error ?? operation.result}`);
  const seconds = (operation.finished_at_ms - operation.created_at_ms) / 1000;
  return { seconds, beforeBytes, peakBytes, rcloneBytes };
}

async function until(bench, archive, sql, isRight, withinMs) {
  const startedMs = performance.now();
  while (performance.now() - startedMs < withinMs) {
    bench.signal.throwIfAborted();
    const rows = await askCatalogue(bench, archive, sql);
    if (isRight(rows)) return rows;
    await sleep(ASK_EVERY_MS);
  }
  throw new SayableError(`The daemon was not where it should be after ${withinMs / 1000} s.`);
}
