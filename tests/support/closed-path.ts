import { symlinkSync } from 'node:fs';

/**
 * Makes a name of which the system tells nobody anything, not even root: a link to itself, at which it gives up (ELOOP).
 * What stands there, or below it, is neither there nor not there.
 */
export function makeClosedPath(path: string): void {
  symlinkSync(path, path);
}
