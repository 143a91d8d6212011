import { readFile } from 'node:fs/promises';
import { watchPeakMemory } from './processes.mjs';
import { findProgram, programs } from './programs.mjs';
import { plainEnvironment } from './reelhold.mjs';
import { SayableError } from './workspace.mjs';

/** What a program leaves may be a little smaller than what it was given, never much: it is all noise. */
const LEAST_SHARE = 0.98;

/**
 * Lets every one of these programs that is there take the set, each once a round, the order rotating. Gives the runs by the
 * program's id: seconds, and for Reelhold the peak of its memory.
 */
export async function measureAdding(bench, set, ids = programs.map(({ id }) => id)) {
  const entrants = programs.filter(({ id, tool }) => ids.includes(id) && findProgram(tool) !== null);
  const runs = Object.fromEntries(entrants.map(({ id }) => [id, []]));
  for (let round = 0; round < bench.rounds; round += 1) {
    const shift = round % entrants.length;
    for (const program of [...entrants.slice(shift), ...entrants.slice(0, shift)]) {
      const run = await runOnce(bench, set, program);
      runs[program.id].push(run);
      const seconds = run.seconds.toFixed(2).padStart(8);
      bench.say(`${set.name}, round ${round + 1} of ${bench.rounds}: ${seconds} s  ${program.id}`);
    }
  }
  return runs;
}

async function runOnce({ workspace, processes, signal }, set, program) {
  const target = await workspace.fresh();
  const env = await plainEnvironment(workspace);
  const context = { processes, set, target, env };
  await program.prepare?.(context);
  await warm(set, signal);
  await processes.sync();
  let memory = null;
  const { seconds } = await processes.run(program.command(context), (pid) => {
    if (program.id === 'reelhold') memory = watchPeakMemory(pid);
  });
  const peakBytes = memory?.stop() ?? null;
  await checkSize(processes, set, target, program);
  await workspace.retire(target, set);
  return { seconds, peakBytes };
}

/** All read the set from the page cache, so that it is writing that is compared. */
async function warm(set, signal) {
  for (const file of set.files) {
    signal.throwIfAborted();
    await readFile(file);
  }
}

/** A program that had left something out would have been measured for less. */
async function checkSize(processes, set, target, { id }) {
  const { output } = await processes.run({
    command: 'du',
    args: ['-s', '--block-size=1', '--apparent-size', target],
  });
  if (Number.parseInt(output, 10) >= set.bytes * LEAST_SHARE) return;
  throw new SayableError(`${id} did not take all of the data set "${set.name}".`);
}
