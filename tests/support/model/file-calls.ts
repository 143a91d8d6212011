import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const counted = [
  ...(['open', 'rename', 'link', 'rm', 'unlink', 'mkdir', 'rmdir'] as const),
  ...(['readdir', 'readFile', 'writeFile', 'lstat', 'stat', 'realpath'] as const),
];

/**
 * Runs something, and comes between just before its n-th call of the file system (those of other threads are not
 * counted): so a run is stopped at the same point each time. Gives how many calls there were.
 */
export async function stopBeforeCall(
  n: number,
  stop: () => void | Promise<void>,
  run: () => Promise<void>,
): Promise<number> {
  const real = new Map<string, unknown>();
  let calls = 0;
  for (const name of counted) {
    const call = promises[name] as (...args: unknown[]) => Promise<unknown>;
    real.set(name, call);
    const counting = (...args: unknown[]) => {
      calls += 1;
      const stopping = calls === n ? stop() : undefined;
      return stopping === undefined ? call(...args) : stopping.then(() => call(...args));
    };
    Object.assign(promises, { [name]: counting });
  }
  syncBuiltinESMExports();
  try {
    await run();
  } finally {
    Object.assign(promises, Object.fromEntries(real));
    syncBuiltinESMExports();
  }
  return calls;
}
