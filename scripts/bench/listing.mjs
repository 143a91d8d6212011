import { createHash } from 'node:crypto';
import { link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askCatalogue, catalogueIn } from './catalogue.mjs';
import { freePort, untilAnswered } from './ports.mjs';
import { forgetPeakMemory, watchPeakMemory, watchPeakOfChildren } from './processes.mjs';
import { findProgram } from './programs.mjs';
import { foldersBelow, plainEnvironment, projectFolder, projectNode, projectScript } from './reelhold.mjs';
import { canServe, startServer } from './servers.mjs';
import { SayableError } from './workspace.mjs';

const ASK_EVERY_MS = 500;
const LISTED_WITHIN_MS = 5 * 60_000;
const NAME = 'listing';

/**
 * Lets the daemon list a remote that holds a copy of each of these files, again and again. Only the list is measured, so
 * the copies are made without Reelhold. Null where it cannot be.
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

/** Takes one video, and makes the others as they would be: files at the place, and rows of the catalogue. */
async function makePlace({ workspace, processes, signal, say }, set, archive, server) {
  const env = { ...(await plainEnvironment(workspace)), ...foldersBelow(archive), ...server.env };
  const reelhold = (...args) => processes.run(projectScript('reelhold', args, env));
  const [first, ...others] = set.files;
  await reelhold('add', first);
  await reelhold('verify', '--location', 'vault', '--full');
  await reelhold('location', 'add', 'remote', NAME, server.remote(NAME), '--plain');
  await reelhold('mirror', NAME);
  say(`Making ${others.length} copies.`);
  const lines = [];
  for (const file of others) {
    signal.throwIfAborted();
    lines.push(await addBlob([join(server.root, NAME), join(archive, 'vault')], file));
  }
  const list = join(archive, 'list');
  await writeFile(list, lines.join(''));
  await processes.run({
    command: projectNode,
    args: [join(projectFolder, 'scripts', 'bench', 'fill-catalogue.mjs'), catalogueIn(archive), list],
  });
  await server.restart();
}

/** Lays a file down as a blob below each of the roots; gives its line for the catalogue. */
async function addBlob(roots, file) {
  const content = await readFile(file);
  const digest = createHash('sha256').update(content).digest('hex');
  for (const root of roots) {
    const folder = join(root, 'blobs', 'sha256', digest.slice(0, 2));
    await mkdir(folder, { recursive: true });
    await link(file, join(folder, `${digest}${extname(file)}`));
  }
  return `sha256:${digest} ${content.length}\n`;
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
  const [daemon, rclone] = [watchPeakMemory(pid), watchPeakOfChildren(pid, 'rclone')];
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
