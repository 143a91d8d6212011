/**
 * Lets each entrant run once a round, by turns, the order rotating, so that nobody always goes first. Gives the runs by
 * the entrant's id; `runOnce` gives one, with its `seconds`.
 */
export async function takeTurns({ rounds, say }, name, entrants, runOnce) {
  const runs = Object.fromEntries(entrants.map(({ id }) => [id, []]));
  for (let round = 0; round < rounds; round += 1) {
    const shift = round % entrants.length;
    for (const entrant of [...entrants.slice(shift), ...entrants.slice(0, shift)]) {
      const run = await runOnce(entrant, round);
      runs[entrant.id].push(run);
      const seconds = run.seconds.toFixed(2).padStart(8);
      say(`${name}, round ${round + 1} of ${rounds}: ${seconds} s  ${entrant.id}`);
    }
  }
  return runs;
}
