import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSize, warm } from './fairness.mjs';
import { placeKinds, targetOf } from './place-kinds.mjs';
import { foldersBelow, plainEnvironment, projectScript } from './reelhold.mjs';
import { canServe, startServer } from './servers.mjs';
import { takeTurns } from './turns.mjs';

const reelhold = { id: 'reelhold' };

/**
 * Takes the set into an archive and has it read back there, then lets Reelhold and others bring it to places of each
 * kind, every time to an empty one. Gives the runs by kind and program; a kind that lacks something has none.
 */
export async function measureMirroring(bench, set) {
  const archive = await openArchive(bench, set);
  const mirrors = [];
  for (const kind of placeKinds) {
    const isPossible = kind.server === null || canServe(kind.server);
    mirrors.push({ id: kind.id, runs: isPossible ? await fill(bench, archive, set, kind) : {} });
  }
  await bench.workspace.remove(archive.folder);
  return mirrors;
}

async function openArchive({ workspace, processes, say }, set) {
  const folder = await workspace.fresh('archive');
  const reelholdAs = async (args, env = {}) =>
    projectScript('reelhold', args, {
      ...(await plainEnvironment(workspace)),
      ...foldersBelow(folder),
      ...env,
    });
  const run = async (args, env) => processes.run(await reelholdAs(args, env));
  say(`Taking the data set "${set.name}" into an archive.`);
  await run(['add', ...set.files]);
  await run(['verify', '--location', 'vault', '--full']);
  return { folder, blobs: join(folder, 'vault', 'blobs'), reelholdAs, run };
}

async function fill(bench, archive, set, kind) {
  const folder = await bench.workspace.fresh('places');
  const server = kind.server === null ? null : await startServer(bench, kind.server, folder);
  try {
    return await takeTurns(bench, kind.id, [reelhold, ...kind.peers], async (entrant, round) => {
      const name = `${entrant.id}-${kind.id}-${round + 1}`;
      const place = { name, server, target: targetOf({ server, folder, name }) };
      const run = entrant === reelhold ? mirrorOnce : copyOnce;
      const { seconds } = await run(bench, { archive, set, kind, place, peer: entrant });
      await checkSize(bench.processes, set, place.target, entrant.id);
      await bench.workspace.remove(place.target);
      return { seconds };
    });
  } finally {
    await server?.stop();
    await bench.workspace.remove(folder);
  }
}

async function mirrorOnce({ processes, signal }, { archive, kind, place }) {
  if (place.server === null) await mkdir(place.target);
  await archive.run(['location', 'add', ...kind.location(place)], place.server?.env);
  const command = await archive.reelholdAs(['mirror', place.name]);
  await warm(await filesBelow(archive.blobs), signal);
  await processes.sync();
  const run = await processes.run(command);
  await archive.run(['location', 'remove', place.name, '--anyway']);
  return run;
}

async function copyOnce({ processes, workspace, signal }, { set, place, peer }) {
  const env = await plainEnvironment(workspace);
  const command = await peer.command({ processes, set, env, ...place });
  await warm(set.files, signal);
  await processes.sync();
  return processes.run(command);
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
