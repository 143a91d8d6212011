import { checkSize, warm } from './fairness.mjs';
import { watchPeakMemory } from './processes.mjs';
import { findProgram, programs } from './programs.mjs';
import { plainEnvironment } from './reelhold.mjs';
import { takeTurns } from './turns.mjs';

/**
 * Lets every one of these programs that is there take the set. Gives the runs by the program's id: seconds, and for
 * Reelhold the peak of its memory.
 */
export async function measureAdding(bench, set, ids = programs.map(({ id }) => id)) {
  const entrants = programs.filter(({ id, tool }) => ids.includes(id) && findProgram(tool) !== null);
  return takeTurns(bench, set.name, entrants, (program) => runOnce(bench, set, program));
}

async function runOnce({ workspace, processes, signal }, set, program) {
  const target = await workspace.fresh();
  const env = await plainEnvironment(workspace);
  const context = { processes, set, target, env };
  await program.prepare?.(context);
  await warm(set.files, signal);
  await processes.sync();
  let memory = null;
  const { seconds } = await processes.run(program.command(context), (pid) => {
    if (program.id === 'reelhold') memory = watchPeakMemory(pid);
  });
  const peakBytes = memory?.stop() ?? null;
  await checkSize(processes, set, target, program.id);
  await workspace.retire(target, set);
  return { seconds, peakBytes };
}
